import type * as Y from 'yjs';
import type { Attributes } from '../../../shared/document/index.ts';

/** An operation on the body, at an index of the body as the operations before it left it. */
export type BodyOp =
  | { kind: 'insert'; at: number; insert: string | object; attributes: Attributes }
  | { kind: 'delete'; at: number; length: number }
  /** Null takes an attribute off; those that are not named stay. */
  | { kind: 'format'; at: number; length: number; attributes: Attributes };

/** Applies operations to a body, in order. To be called in a transaction. */
export function applyOps(body: Y.Text, ops: readonly BodyOp[]): void {
  for (let i = 0; i < ops.length; i += 1) {
    const inserts = insertsFrom(ops, i);
    const op = ops[i];
    if (inserts.length > 1) {
      insertAll(body, inserts);
      i += inserts.length - 1;
    } else if (op) applyOp(body, op);
  }
}

function applyOp(body: Y.Text, op: BodyOp): void {
  // Yjs writes nulls into the attributes that it is given, so it gets copies. Without attributes
  // an insert would take over those of its neighbours.
  if (op.kind === 'delete') body.delete(op.at, op.length);
  else if (op.kind === 'format') body.format(op.at, op.length, { ...op.attributes });
  else if (typeof op.insert === 'string') body.insert(op.at, op.insert, { ...op.attributes });
  else body.insertEmbed(op.at, op.insert, { ...op.attributes });
}

type Insert = BodyOp & { kind: 'insert' };

/** The inserts that begin at operation `from`, each right behind the one before it. */
function insertsFrom(ops: readonly BodyOp[], from: number): Insert[] {
  const run: Insert[] = [];
  let end: number | undefined;
  for (let i = from; i < ops.length; i += 1) {
    const op = ops[i];
    if (op?.kind !== 'insert' || (end !== undefined && op.at !== end)) break;
    run.push(op);
    end = op.at + insertLength(op.insert);
  }
  return run;
}

/**
 * In one delta: Yjs looks for the index of each single insert from the start of a text with formats. A
 * pasted megabyte of 125,000 stretches would take minutes.
 */
function insertAll(body: Y.Text, inserts: readonly Insert[]): void {
  const at = inserts[0]?.at ?? 0;
  body.applyDelta([
    ...(at > 0 ? [{ retain: at }] : []),
    ...inserts.map(({ insert, attributes }) => ({ insert, attributes: { ...attributes } })),
  ]);
}

/** Body indexes that an operation's content takes. */
export function insertLength(insert: string | object): number {
  return typeof insert === 'string' ? insert.length : 1;
}

/**
 * Operations on a document in which every line has its break, turned into operations on the body
 * whose last break may be missing (`ended` false; see `positions.ts`). The break is put in when an
 * operation needs it: to carry attributes, to have something behind it. `length` is the document's
 * flat length before the operations. `ended` of the result is whether the break is there afterwards.
 */
export function settleLastBreak(
  ops: readonly BodyOp[],
  length: number,
  ended: boolean,
): { ops: BodyOp[]; ended: boolean } {
  const settled: BodyOp[] = [];
  for (const op of ops) {
    const last = length - 1;
    if (op.kind === 'insert') length += insertLength(op.insert);
    if (op.kind === 'delete') length -= op.length;
    if (ended || !reaches(op, last)) settled.push(op);
    else {
      ended = true;
      if (op.kind === 'insert') settled.push(lastBreak(last), op);
      else if (op.kind === 'delete') {
        // The break that was never there goes with the text: now the one before is the last.
        if (op.at < last) settled.push({ ...op, length: last - op.at });
      } else {
        if (op.at < last) settled.push({ ...op, length: last - op.at });
        settled.push(lastBreak(last, op.attributes));
      }
    }
  }
  return { ops: settled, ended };
}

/** Puts a line break where the body has none. */
export function lastBreak(at: number, attributes: Attributes = {}): BodyOp {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null);
  return { kind: 'insert', at, insert: '\n', attributes: Object.fromEntries(entries) };
}

function reaches(op: BodyOp, index: number): boolean {
  return op.kind === 'insert' ? op.at > index : op.at + op.length > index;
}
