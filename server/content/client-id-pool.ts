import { randomInt } from 'node:crypto';

/** Whom clientIDs are kept for, at most; of others a new one is made. Some 150 bytes each. */
const mostKept = 10_000;

/**
 * ClientIDs for edits that are made on a copy of a piece. One that has been used is used again: each is a
 * part of the piece for good, and a script that writes it anew every minute would use up in two weeks what
 * a piece may have of them (B3). One is lent to one edit at a time, and its next copy has all that was
 * written with it, or the same ids would mean two words.
 */
export class ClientIdPool {
  /** By piece and person, whoever used one last at the end. */
  readonly #idle = new Map<string, number[]>();

  /**
   * Lends a clientID for an edit of a piece by a person. `edit` resolves when what it wrote is in the piece,
   * or nothing is. Where it rejects nobody knows, and the clientID is not used again.
   */
  async lend<T>(
    pieceId: string,
    person: string,
    edit: (clientId: number) => Promise<T>,
  ): Promise<T> {
    const key = `${pieceId} ${person}`;
    const idle = this.#idle.get(key) ?? [];
    const clientId = idle.pop() ?? randomInt(1, 2 ** 32);
    const done = await edit(clientId);
    this.#keep(key, clientId);
    return done;
  }

  #keep(key: string, clientId: number): void {
    const idle = this.#idle.get(key) ?? [];
    idle.push(clientId);
    this.#idle.delete(key);
    this.#idle.set(key, idle);
    if (this.#idle.size <= mostKept) return;
    const [oldest] = this.#idle.keys();
    if (oldest !== undefined) this.#idle.delete(oldest);
  }
}
