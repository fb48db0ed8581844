import { readBlocks, type Line } from '../blocks.ts';
import { DeltaReader } from '../delta/delta-reader.ts';
import { normalDelta } from '../delta/delta.ts';
import { headDelta, type HeadField } from '../head.ts';
import type { DocumentModel } from '../model.ts';
import type { DeltaOp, LineKind } from '../schema.ts';
import { compareAttributes, compareDeltas, embedText, oneSided } from './compare-deltas.ts';
import { compareFootnotes } from './compare-footnotes.ts';
import { compareMeta } from './compare-meta.ts';
import type { Comparison, LineBlock, LineChange } from './comparison.ts';
import { countChanges, isSame } from './count-changes.ts';
import { pairLines, type Pair } from './pair-lines.ts';

/** What was changed between two states of a document, by lines and words, and in how it looks. */
export function compareDocuments(before: DocumentModel, after: DocumentModel): Comparison {
  const head = (field: HeadField) =>
    compareDeltas(headDelta(before, field), headDelta(after, field));
  const [title, standfirst] = [head('title'), head('standfirst')];
  const lines = compareBodies(before.body, after.body);
  const footnotes = compareFootnotes(before.footnotes, after.footnotes, lines);
  const meta = compareMeta(before.meta, after.meta);
  const same =
    isSame([...title, ...standfirst]) &&
    [...lines, ...footnotes, ...meta].every(({ change }) => change === 'same');
  const fields = { title, standfirst, lines, footnotes };
  return { same, ...fields, meta, ...countChanges(fields) };
}

/** A line with the text that it holds. */
interface TextLine {
  readonly line: Line;
  readonly text: readonly DeltaOp[];
}

function compareBodies(before: readonly DeltaOp[], after: readonly DeltaOp[]): LineChange[] {
  const [old, young] = [textLines(before), textLines(after)];
  return inOrder(old, young, pairLines(old.map(signs), young.map(signs)));
}

function textLines(body: readonly DeltaOp[]): TextLine[] {
  const delta = normalDelta(body);
  const reader = new DeltaReader(delta);
  return readBlocks(delta).map((line) => {
    const text = reader.take(line.to - line.from);
    if (line.ended) reader.take(1);
    return { line, text };
  });
}

/** What a line is paired by; an embed is one sign, whichever it is. */
function signs({ text }: TextLine): string {
  return text.map(({ insert }) => (typeof insert === 'string' ? insert : embedText)).join('');
}

/** The later lines in their order, with those that are gone before what followed them. */
function inOrder(
  old: readonly TextLine[],
  young: readonly TextLine[],
  pairs: ReadonlyMap<number, Pair>,
): LineChange[] {
  const kept = new Set([...pairs.values()].map(({ before }) => before));
  const changes: LineChange[] = [];
  let next = 0;
  const passGone = (to: number) => {
    for (; next < to; next++) {
      const line = old[next];
      if (line !== undefined && !kept.has(next)) changes.push(alone(line, 'removed'));
    }
  };
  young.forEach((line, later) => {
    const pair = pairs.get(later);
    const was = pair === undefined ? undefined : old[pair.before];
    if (pair === undefined || was === undefined) {
      changes.push(alone(line, 'added'));
      return;
    }
    if (!pair.moved) passGone(pair.before);
    changes.push(paired(was, line, pair.moved));
  });
  passGone(old.length);
  return changes;
}

function alone({ line, text }: TextLine, change: 'added' | 'removed'): LineChange {
  const isAdded = change === 'added';
  const block = blockOf(line);
  return {
    ...{ change, restyled: false, kind: line.kind },
    ...(isAdded ? { before: null, after: line.from } : { before: line.from, after: null }),
    block: isAdded ? { before: null, after: block } : { before: block, after: null },
    parts: oneSided(change, text),
  };
}

function paired(was: TextLine, is: TextLine, moved: boolean): LineChange {
  const parts = compareDeltas(was.text, is.text);
  const formats = compareAttributes(was.line.attributes, is.line.attributes);
  const restyled = formats.length > 0 || parts.some((part) => part.formats !== undefined);
  const same =
    !restyled && was.line.ended === is.line.ended && parts.every(({ change }) => change === 'same');
  return {
    change: moved ? 'moved' : same ? 'same' : 'changed',
    ...{ restyled, kind: is.line.kind, before: was.line.from, after: is.line.from },
    block: { before: blockOf(was.line), after: blockOf(is.line) },
    ...(formats.length > 0 && { formats }),
    parts,
  };
}

function blockOf(line: Line): LineBlock {
  const { attributes, ended } = line;
  return {
    ...kindOf(line),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(!ended && { ended }),
  };
}

/** Without what else a line has. */
function kindOf(line: Line): LineKind {
  switch (line.kind) {
    case 'heading':
      return { kind: line.kind, level: line.level };
    case 'thesis':
      return { kind: line.kind, id: line.id };
    case 'counterpoint': {
      const { kind, id, answers } = line;
      return { kind, id, ...(answers !== undefined && { answers }) };
    }
    case 'list':
      return { kind: line.kind, style: line.style, indent: line.indent };
    case 'raw':
      return { kind: line.kind, format: line.format };
    case 'paragraph':
    case 'quote':
    case 'code':
      return { kind: line.kind };
  }
}
