import { blockAttributes, inlineAttributes, type Attributes, type DeltaOp } from '../schema.ts';

/**
 * The one form of a delta: neighbours with equal attributes are one op, empty inserts, null
 * attributes and anything that is not an insert are left out. Two documents are the same when
 * their normal deltas are. Accepts anything, never throws.
 */
export function normalDelta(delta: readonly unknown[]): DeltaOp[] {
  const ops: DeltaOp[] = [];
  for (const raw of delta) {
    const op = readOp(raw);
    if (!op || op.insert === '') continue;
    const last = ops.at(-1);
    if (
      last &&
      typeof last.insert === 'string' &&
      typeof op.insert === 'string' &&
      sameValue(last.attributes, op.attributes)
    ) {
      last.insert += op.insert;
    } else ops.push(op);
  }
  return ops;
}

/** A fresh op with sorted attributes, or undefined where `raw` is not an insert. */
export function readOp(raw: unknown): DeltaOp | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { insert, attributes } = raw as { insert?: unknown; attributes?: unknown };
  if (typeof insert !== 'string' && (typeof insert !== 'object' || insert === null)) {
    return undefined;
  }
  const kept = readAttributes(attributes);
  return Object.keys(kept).length > 0 ? { insert, attributes: kept } : { insert };
}

/** Attributes without nulls, sorted by name. */
export function readAttributes(raw: unknown): Attributes {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return {};
  const entries = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined);
  if (entries.length > 1) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/** Deep equality of JSON values; an object's key order does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** The text of a delta; embeds are left out. */
export function deltaText(delta: readonly DeltaOp[]): string {
  return delta.map((op) => (typeof op.insert === 'string' ? op.insert : '')).join('');
}

/**
 * A body as readers see it: block attributes that got onto text, and inline ones that got onto line
 * breaks, are left out. They come by merges, and by a plain `insert` behind a line break, which
 * takes the break's attributes over. Unknown attributes stay.
 */
export function withoutStrays(delta: readonly DeltaOp[]): DeltaOp[] {
  const ops: DeltaOp[] = [];
  for (const { insert, attributes } of delta) {
    const onText = without(attributes, blockAttributes);
    if (typeof insert !== 'string') {
      ops.push({ insert, attributes: onText });
      continue;
    }
    const onBreak = without(attributes, inlineAttributes);
    for (const part of insert.split(/(\n)/)) {
      if (part !== '') ops.push({ insert: part, attributes: part === '\n' ? onBreak : onText });
    }
  }
  return normalDelta(ops);
}

/** Whether an attribute counts for nothing there; unknown ones count everywhere. */
export function isStray(attribute: string, on: 'text' | 'break'): boolean {
  const strays: readonly string[] = on === 'text' ? blockAttributes : inlineAttributes;
  return strays.includes(attribute);
}

function without(attributes: Attributes = {}, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}
