import * as Y from 'yjs';
import { normalDelta } from './delta.ts';
import type { DeltaOp } from '../schema.ts';

/** A text as a normal delta. Shared types nested in it, which no client of ours makes, as JSON. */
export function readText(text: Y.Text): DeltaOp[] {
  const ops = (text.toDelta() as { insert: unknown }[]).map((op) =>
    op.insert instanceof Y.AbstractType ? { ...op, insert: { nested: toJson(op.insert) } } : op,
  );
  return normalDelta(ops);
}

function toJson(type: Y.AbstractType<unknown>): unknown {
  return type.toJSON() as unknown;
}
