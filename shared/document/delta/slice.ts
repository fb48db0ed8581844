import type { DeltaOp } from '../schema.ts';

/** A stretch of a delta, by indexes; an embed is one character. */
export function sliceDelta(delta: readonly DeltaOp[], from: number, to: number): DeltaOp[] {
  const ops: DeltaOp[] = [];
  let index = 0;
  for (const { insert, attributes } of delta) {
    const length = typeof insert === 'string' ? insert.length : 1;
    const [start, end] = [Math.max(from, index), Math.min(to, index + length)];
    if (start < end) {
      const part = typeof insert === 'string' ? insert.slice(start - index, end - index) : insert;
      ops.push({ insert: part, ...(attributes && { attributes }) });
    }
    index += length;
  }
  return ops;
}
