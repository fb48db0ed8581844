import * as Y from 'yjs';
import { compareDocuments } from '../../shared/document/compare.ts';
import { diffDeltas, type Change } from '../../shared/document/diff.ts';
import {
  applyStored,
  newDocument,
  readBlocks,
  readDocument,
  sharedTypes,
  type DeltaOp,
  type DocumentModel,
  type Line,
} from '../../shared/document/index.ts';
import { sliceDelta } from '../../shared/document/slice.ts';
import { rewrite } from '../../shared/document/rewrite.ts';
import { replaceFootnotes } from '../content/replace-document.ts';
import type { Queryable } from '../db/connect.ts';
import { replaceText } from '../pieces/replace-text.ts';
import { readRows } from './read-rows.ts';
import { replay } from './replay.ts';
import type { RestoreAsk, RestorePlan } from './tasks.ts';

/**
 * The edit that brings a piece, or one section of it, back to what it was: made on a copy of the
 * document as it is now, so what is typed while it is being made is merged with it like any other
 * edit, and stays.
 */
export async function planRestore(sql: Queryable, ask: RestoreAsk): Promise<RestorePlan | null> {
  const past = await replay(readRows(sql, ask.pieceId), { seq: ask.seq });
  const wanted = readDocument(past.doc);
  past.doc.destroy();
  return planEdit(wanted, ask);
}

/** The same, once it is known what it was. Null: no section begins there. */
export function planEdit(
  wanted: DocumentModel,
  { now, clientId, section }: Pick<RestoreAsk, 'now' | 'clientId' | 'section'>,
): RestorePlan | null {
  const doc = newDocument();
  applyStored(doc, [now]);
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  const was = Y.snapshot(doc);
  const present = readDocument(doc);
  const found = doc.transact(() =>
    section === null ? restoreAll(doc, wanted) : restoreSection(doc, wanted, section),
  );
  if (!found) return null;
  const same = Y.equalSnapshots(was, Y.snapshot(doc));
  const update = same ? null : Y.encodeStateAsUpdate(doc, before);
  const changes = compareDocuments(present, readDocument(doc));
  doc.destroy();
  return { update, changes };
}

function restoreAll(doc: Y.Doc, wanted: DocumentModel): true {
  replaceText(doc.getText(sharedTypes.title), wanted.title);
  replaceText(doc.getText(sharedTypes.standfirst), wanted.standfirst);
  replaceFootnotes(doc.getMap(sharedTypes.footnotes), wanted.footnotes);
  const body = doc.getText(sharedTypes.body);
  const present = readDocument(doc).body;
  rewrite(body, present, wanted.body, diffDeltas(present, wanted.body), { looks: true });
  return true;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** False: no section begins there. Footnotes that it refers to, and that are gone, come back too. */
function restoreSection(doc: Y.Doc, wanted: DocumentModel, at: number): boolean {
  const lines = readBlocks(wanted.body);
  const past = sectionAt(lines, at);
  if (past === null) return false;
  const present = readDocument(doc);
  const place = placeOf(present.body, wanted.body, lines, past);
  const old = sliceDelta(present.body, place.from, place.to);
  const young = sliceDelta(wanted.body, past.from, past.to);
  const map = doc.getMap(sharedTypes.footnotes);
  const missing = footnotesIn(young).filter((id) => !map.has(id) && wanted.footnotes[id]);
  replaceFootnotes(map, {
    ...present.footnotes,
    ...Object.fromEntries(missing.map((id) => [id, wanted.footnotes[id] ?? []])),
  });
  const body = doc.getText(sharedTypes.body);
  rewrite(body, old, young, diffDeltas(old, young), { at: place.from, looks: true });
  return true;
}

/** The section whose heading begins there, up to the next of its level or above; 0 is the lede's. */
function sectionAt(lines: readonly Line[], at: number): Span | null {
  const index = lines.findIndex((line) => line.from === at);
  const first = lines[index];
  if (first === undefined) return null;
  if (first.kind !== 'heading' && index > 0) return null;
  const level = first.kind === 'heading' ? first.level : Infinity;
  const next = lines
    .slice(index + 1)
    .find((line) => line.kind === 'heading' && line.level <= level);
  return { from: at, to: next?.from ?? endOf(lines) };
}

const endOf = (lines: readonly Line[]) => {
  const last = lines.at(-1);
  return last === undefined ? 0 : last.to + (last.ended ? 1 : 0);
};

/**
 * Where a section of the past is now: its heading is the one whose letters, or else whose words, are
 * still there. A section that is gone comes back where what stood before it ends.
 */
function placeOf(
  present: readonly DeltaOp[],
  past: readonly DeltaOp[],
  pastLines: readonly Line[],
  section: Span,
): Span {
  const lines = readBlocks(present);
  const changes = diffDeltas(past, present);
  const heading = pastLines.find((line) => line.from === section.from);
  const isLede = heading?.kind !== 'heading';
  const at = moved(changes, section.from);
  const same = lines.find((line) => line.from === at && line.kind === 'heading');
  const words = heading === undefined ? '' : textOf(heading);
  const byWords = lines.filter((line) => line.kind === 'heading' && textOf(line) === words);
  const kept = same !== undefined && touches(changes, section.from, heading?.to) ? same : null;
  const found = isLede ? undefined : (kept ?? (byWords.length === 1 ? byWords[0] : undefined));
  if (found !== undefined) return sectionAt(lines, found.from) ?? { from: at, to: at };
  if (isLede) {
    const first = lines.find((line) => line.kind === 'heading');
    return { from: 0, to: first?.from ?? endOf(lines) };
  }
  // At the beginning of a line, so that no paragraph is cut in two.
  const line = lines.find(({ from }) => from >= at);
  const from = line?.from ?? endOf(lines);
  return { from, to: from };
}

/** Whether some of a line is still there. */
function touches(changes: readonly Change[], from: number, to = from): boolean {
  const gone = changes.some((change) => change.at <= from && change.at + change.remove > to);
  return !gone;
}

/** Where a place of the one text is in the other; of one that was removed, where it was. */
function moved(changes: readonly Change[], index: number): number {
  let shift = 0;
  for (const { at, remove, from, to } of changes) {
    if (index < at) break;
    if (index < at + remove) return from;
    shift = to - (at + remove);
  }
  return index + shift;
}

function textOf(line: Line): string {
  return line.spans.map((span) => ('text' in span ? span.text : '')).join('');
}

function footnotesIn(delta: readonly DeltaOp[]): string[] {
  return delta.flatMap(({ insert }) => {
    const { footnote } = (typeof insert === 'string' ? {} : insert) as { footnote?: unknown };
    return typeof footnote === 'string' ? [footnote] : [];
  });
}
