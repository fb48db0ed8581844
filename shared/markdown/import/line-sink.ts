import type { Attributes, DeltaOp, RawFormat } from '../../document/schema.ts';

/** Lines of a document on their way in. */
export class LineSink {
  readonly ops: DeltaOp[] = [];
  /** The raw block that was put in last: where its source ends, and how many ops there were then. */
  lastRaw?: { format: RawFormat; end: number; length: number };

  /** Adds one line; a "\n" in `ops` ends one and begins the next of the same kind. */
  line(ops: readonly DeltaOp[], attributes: Attributes): void {
    const end: DeltaOp =
      Object.keys(attributes).length > 0 ? { insert: '\n', attributes } : { insert: '\n' };
    for (const op of ops) this.ops.push(op.insert === '\n' ? { ...end } : op);
    this.ops.push(end);
  }

  /** Adds a line of plain text. */
  text(text: string, attributes: Attributes): void {
    this.line([{ insert: text }], attributes);
  }

  append(ops: readonly DeltaOp[]): void {
    for (const op of ops) this.ops.push(op);
  }
}
