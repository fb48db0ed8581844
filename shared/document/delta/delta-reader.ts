import type { Attributes, DeltaOp } from '../schema.ts';

/** A stretch of a delta. */
export interface DeltaPiece {
  readonly insert: string | object;
  /** A copy of its own: Yjs writes into what it is given. */
  readonly attributes: Attributes;
}

/** Characters; an embed is one. */
export const insertLength = (insert: string | object) =>
  typeof insert === 'string' ? insert.length : 1;

/** Reads a delta from its beginning to its end, by characters. */
export class DeltaReader {
  /** How many characters have been read. */
  index = 0;
  readonly #ops: readonly DeltaOp[];
  #op = 0;
  #offset = 0;

  constructor(ops: readonly DeltaOp[]) {
    this.#ops = ops;
  }

  take(length: number): DeltaPiece[] {
    const pieces: DeltaPiece[] = [];
    let left = length;
    for (let op = this.#ops[this.#op]; op !== undefined && left > 0; op = this.#ops[this.#op]) {
      const { insert, attributes } = op;
      const size = Math.min(left, insertLength(insert) - this.#offset);
      const part =
        typeof insert === 'string' ? insert.slice(this.#offset, this.#offset + size) : insert;
      pieces.push({ insert: part, attributes: { ...attributes } });
      left -= size;
      this.#offset += size;
      this.index += size;
      if (this.#offset < insertLength(insert)) break;
      this.#op++;
      this.#offset = 0;
    }
    return pieces;
  }

  rest(): DeltaPiece[] {
    return this.take(Infinity);
  }
}
