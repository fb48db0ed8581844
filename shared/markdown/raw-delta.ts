import { readOp } from '../document/delta/delta.ts';
import type { DeltaOp } from '../document/schema.ts';

/*
 * What Markdown has no form for (an unknown attribute or embed, a line with two block attributes)
 * is written in the working profile as the delta itself, in a fenced code block with one of these
 * info strings. So a working export holds every document.
 */
export const rawDeltaInfo = 'counterpoint-delta';
export const rawFootnotesInfo = 'counterpoint-footnotes';

export function writeRawDelta(delta: readonly DeltaOp[]): string {
  return fence(rawDeltaInfo, delta.map((op) => JSON.stringify(op)).join(',\n'), '[', ']');
}

export function writeRawFootnotes(footnotes: readonly (readonly [string, DeltaOp[]])[]): string {
  const entries = footnotes.map(([id, delta]) => `${JSON.stringify(id)}: ${JSON.stringify(delta)}`);
  return fence(rawFootnotesInfo, entries.join(',\n'), '{', '}');
}

/** The delta in such a block; undefined where the text is not one. */
export function readRawDelta(text: string): DeltaOp[] | undefined {
  return toDelta(parseJson(text));
}

/** The footnotes in such a block; undefined where the text is none. */
export function readRawFootnotes(text: string): [string, DeltaOp[]][] | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries: [string, DeltaOp[]][] = [];
  for (const [id, raw] of Object.entries(value)) {
    const delta = toDelta(raw);
    if (!delta) return undefined;
    entries.push([id, delta]);
  }
  return entries;
}

/** JSON never holds a line of backticks: within strings it has no line ends. */
function fence(info: string, text: string, open: string, close: string): string {
  return ['```' + info, open, text, close, '```'].join('\n');
}

function toDelta(value: unknown): DeltaOp[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ops = value.map(readOp);
  return ops.every((op) => op !== undefined) ? ops : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody's own code block of that name: the caller keeps it as code and says so.
    return undefined;
  }
}
