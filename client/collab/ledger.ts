/**
 * What of one's own writing is committed. Local edits are numbered from 1 as they come; each sync
 * message of a connection is noted with the number of the last edit that is in it, so that "the
 * first n messages are saved" says which edits are.
 */
export class Ledger {
  #written = 0;
  #saved = 0;
  /** For each sync message of the present connection that is not saved: the last edit in it. */
  #sent: number[] = [];
  #savedMessages = 0;

  get hasUnsaved(): boolean {
    return this.#saved < this.#written;
  }

  /** Whether something was sent on this connection that is not reported saved. */
  get isWaiting(): boolean {
    return this.#sent.length > 0;
  }

  /** How many edits there have been. */
  get written(): number {
    return this.#written;
  }

  edited(): void {
    this.#written++;
  }

  /** A new connection: the server counts from the start. */
  connected(): void {
    this.#sent = [];
    this.#savedMessages = 0;
  }

  /** A sync message left that holds every edit so far which the server may lack. */
  sent(): void {
    this.#sent.push(this.#written);
  }

  /** The first `count` messages of this connection are committed. True where that says more. */
  saved(count: number): boolean {
    const more = this.#sent.splice(0, count - this.#savedMessages);
    this.#savedMessages = Math.max(this.#savedMessages, count);
    const last = more.at(-1);
    if (last === undefined || last <= this.#saved) return false;
    this.#saved = last;
    return true;
  }
}
