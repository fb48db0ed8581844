import { randomInt } from 'node:crypto';

/** Whom clientIDs are kept for, at most; of others a new one is made. Some 150 bytes each. */
const mostKept = 10_000;

/** A clientID that an edit may be made with. */
export class LentClientId {
  readonly clientId: number;
  #known = true;

  constructor(clientId: number) {
    this.clientId = clientId;
  }

  /** Whether the piece has all that was written with it, as far as is known. */
  get isKnown(): boolean {
    return this.#known;
  }

  /** `merge` puts what was written with it into the piece; where that rejects, it may be there all the same. */
  async merging<T>(merge: () => Promise<T>): Promise<T> {
    this.#known = false;
    const merged = await merge();
    this.#known = true;
    return merged;
  }
}

/**
 * ClientIDs for edits that are made on a copy of a piece. One that has been used is used again: each is a
 * part of the piece for good, and a script that writes it anew every minute would use up in two weeks what
 * a piece may have of them (B3). One is lent to one edit at a time, and its next copy has all that was
 * written with it, or the same ids would mean two words.
 */
export class ClientIdPool {
  /** By piece and person, whoever used one last at the end. */
  readonly #idle = new Map<string, number[]>();

  /** Lends a clientID for an edit of a piece by a person, which ends with `edit`. */
  async lend<T>(
    pieceId: string,
    person: string,
    edit: (lent: LentClientId) => Promise<T>,
  ): Promise<T> {
    const key = `${pieceId} ${person}`;
    const idle = this.#idle.get(key) ?? [];
    const lent = new LentClientId(idle.pop() ?? randomInt(1, 2 ** 32));
    try {
      return await edit(lent);
    } finally {
      if (lent.isKnown) this.#keep(key, lent.clientId);
    }
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
