/** Positions that are counted together. */
const block = 1_024;

/** Which letters stand in the text, so that neighbours can be told however much has gone between. */
export class Standing {
  readonly #stands: Uint8Array;
  readonly #inBlock: Uint16Array;

  constructor(count: number) {
    this.#stands = new Uint8Array(count);
    this.#inBlock = new Uint16Array(Math.ceil(count / block));
  }

  set(position: number, stands: boolean): void {
    const value = stands ? 1 : 0;
    if (this.#stands[position] === value) return;
    this.#stands[position] = value;
    const index = Math.floor(position / block);
    this.#inBlock[index] = (this.#inBlock[index] ?? 0) + (stands ? 1 : -1);
  }

  at(position: number): boolean {
    return this.#stands[position] === 1;
  }

  /** Whether any letter stands between two positions, both without. */
  between(left: number, right: number): boolean {
    for (let i = left + 1; i < right;) {
      if (i % block === 0 && i + block <= right && this.#inBlock[i / block] === 0) i += block;
      else if (this.#stands[i] === 1) return true;
      else i++;
    }
    return false;
  }
}
