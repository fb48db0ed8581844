import { normalDelta } from '../delta/delta.ts';
import type { DocumentModel } from '../model.ts';
import type { DeltaOp } from '../schema.ts';
import { compareDeltas, oneSided } from './compare-deltas.ts';
import { isSame } from './count-changes.ts';
import type { FootnoteChange, LineChange, TextPart } from './comparison.ts';

/** `lines`: of the body, which has the marks. */
export function compareFootnotes(
  before: DocumentModel['footnotes'],
  after: DocumentModel['footnotes'],
  lines: readonly LineChange[],
): FootnoteChange[] {
  const [old, young] = [deltasOf(before), deltasOf(after)];
  const [marksBefore, marksAfter] = [firstMarks(lines, 'before'), firstMarks(lines, 'after')];
  const moved = movedMarks(lines);
  const ids = [...new Set([...old.keys(), ...young.keys()])];
  const place = (id: string) => [marksAfter.get(id) ?? Infinity, marksBefore.get(id) ?? Infinity];
  ids.sort((a, b) => compare(place(a), place(b)) || (a < b ? -1 : 1));
  return ids.map((id) => {
    const marks = { before: marksBefore.get(id) ?? null, after: marksAfter.get(id) ?? null };
    return { id, ...compareNote(old.get(id), young.get(id), moved.has(id)), ...marks };
  });
}

function deltasOf(notes: DocumentModel['footnotes']): Map<string, DeltaOp[]> {
  return new Map(Object.entries(notes).map(([id, text]) => [id, normalDelta(text)]));
}

function compareNote(
  before: readonly DeltaOp[] | undefined,
  after: readonly DeltaOp[] | undefined,
  moved: boolean,
): Pick<FootnoteChange, 'change' | 'parts'> {
  if (before === undefined) return { change: 'added', parts: oneSided('added', after ?? []) };
  if (after === undefined) return { change: 'removed', parts: oneSided('removed', before) };
  const parts = compareDeltas(before, after);
  return { change: moved ? 'moved' : isSame(parts) ? 'same' : 'changed', parts };
}

/** Where the first mark of each footnote stands in the body of one side. */
function firstMarks(
  lines: readonly LineChange[],
  side: 'before' | 'after',
): ReadonlyMap<string, number> {
  const marks = new Map<string, number>();
  const other = side === 'before' ? 'added' : 'removed';
  for (const line of lines) {
    const from = line[side];
    if (from === null) continue;
    let index = from;
    for (const part of line.parts) {
      if (part.change === other) continue;
      const id = footnoteOf(part);
      if (id !== undefined) marks.set(id, Math.min(index, marks.get(id) ?? Infinity));
      index += part.text.length;
    }
  }
  return marks;
}

/** Footnotes whose mark was taken out in one place and put in at another. */
function movedMarks(lines: readonly LineChange[]): ReadonlySet<string> {
  const ids = (change: TextPart['change']) =>
    new Set(
      lines.flatMap(({ parts }) =>
        parts.flatMap((part) => (part.change === change ? (footnoteOf(part) ?? []) : [])),
      ),
    );
  const removed = ids('removed');
  return new Set([...ids('added')].filter((id) => removed.has(id)));
}

/** The id of the footnote that a part is the mark of. */
export function footnoteOf({ embed }: TextPart): string | undefined {
  const { footnote } = (embed ?? {}) as { footnote?: unknown };
  return typeof footnote === 'string' && footnote !== '' ? footnote : undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
}
