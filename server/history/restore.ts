import * as Y from 'yjs';
import { compareDocuments, type Comparison } from '../../shared/document/compare/index.ts';
import { diffDeltas, type Change } from '../../shared/document/text/diff.ts';
import {
  applyStored,
  changeMeta,
  headFields,
  newDocument,
  readBlocks,
  readDocument,
  readMeta,
  readText,
  sharedTypes,
  type DeltaOp,
  type DocumentModel,
  type Line,
} from '../../shared/document/index.ts';
import { sliceDelta } from '../../shared/document/delta/slice.ts';
import { rewrite } from '../../shared/document/editing/rewrite.ts';
import { replaceFootnotes } from '../content/replace-document.ts';
import type { Queryable } from '../db/connect.ts';
import { putBack, type Span } from './provenance/put-back.ts';
import { readRows } from './read-rows.ts';
import { replay } from './replay.ts';
import type { RestoreAsk } from '../workers/tasks.ts';

export interface RestorePlan {
  /** Null: it reads so already. */
  readonly update: Uint8Array | null;
  readonly changes: Comparison;
}

/**
 * The edit that brings a piece, or one section of it, back to what it was: made on a copy of the
 * document as it is now, so what is typed while it is being made is merged with it like any other
 * edit, and stays.
 */
export async function planRestore(sql: Queryable, ask: RestoreAsk): Promise<RestorePlan | null> {
  const { doc } = await replay(readRows(sql, ask.pieceId), { seq: ask.seq });
  const plan = planEdit(doc, ask);
  doc.destroy();
  return plan;
}

/** The same, of the document that it was. Null: no section begins there. */
export function planEdit(
  past: Y.Doc,
  { now, clientId, section }: Pick<RestoreAsk, 'now' | 'clientId' | 'section'>,
): RestorePlan | null {
  const doc = newDocument();
  applyStored(doc, [now]);
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  const was = Y.snapshot(doc);
  const present = readDocument(doc);
  const found = section === null ? restoreAll(doc, past) : restoreSection(doc, past, section);
  if (!found) return null;
  const same = Y.equalSnapshots(was, Y.snapshot(doc));
  const update = same ? null : Y.encodeStateAsUpdate(doc, before);
  const changes = compareDocuments(present, readDocument(doc));
  doc.destroy();
  return { update, changes };
}

function restoreAll(doc: Y.Doc, past: Y.Doc): true {
  const wanted = readDocument(past);
  for (const name of [...headFields, sharedTypes.body]) {
    restoreWhole(doc.getText(name), past.getText(name));
  }
  restoreNotes(doc, past, wanted.footnotes);
  changeMeta(doc.getMap(sharedTypes.meta), readMeta(past.getMap(sharedTypes.meta)));
  return true;
}

/** Makes the footnotes read as is wanted, those that are still there by their own letters. */
function restoreNotes(doc: Y.Doc, past: Y.Doc, wanted: DocumentModel['footnotes']): void {
  const [map, old] = [doc, past].map((one) => one.getMap(sharedTypes.footnotes)) as [
    Y.Map<unknown>,
    Y.Map<unknown>,
  ];
  for (const id of Object.keys(wanted)) {
    const [text, was] = [map.get(id), old.get(id)];
    if (text instanceof Y.Text && was instanceof Y.Text && isOne(text, was))
      restoreWhole(text, was);
  }
  doc.transact(() => replaceFootnotes(map, wanted));
}

/** Whether two texts are the same one in two states: no letter of another can be put back in it. */
function isOne(text: Y.Text, other: Y.Text): boolean {
  return Y.compareIDs(text._item?.id ?? null, other._item?.id ?? null);
}

function restoreWhole(text: Y.Text, past: Y.Text): void {
  const [place, section] = [text, past].map(({ length }) => ({ from: 0, to: length })) as [
    Span,
    Span,
  ];
  restoreText(text, past, { place, section });
}

/** False: no section begins there. The footnotes that it refers to become what they were, too. */
function restoreSection(doc: Y.Doc, past: Y.Doc, at: number): boolean {
  const wanted = readDocument(past);
  const lines = readBlocks(wanted.body);
  const section = sectionAt(lines, at);
  if (section === null) return false;
  const present = readDocument(doc);
  const place = placeOf(present.body, wanted.body, lines, section);
  const own = footnotesIn(sliceDelta(wanted.body, section.from, section.to)).filter((id) =>
    Object.hasOwn(wanted.footnotes, id),
  );
  restoreNotes(doc, past, {
    ...present.footnotes,
    ...Object.fromEntries(own.map((id) => [id, wanted.footnotes[id] ?? []])),
  });
  restoreText(doc.getText(sharedTypes.body), past.getText(sharedTypes.body), { place, section });
  return true;
}

/** Makes a place of a text read what a section of the past did: first its letters, then the rest. */
function restoreText(
  text: Y.Text,
  old: Y.Text,
  { place, section }: { readonly place: Span; readonly section: Span },
): void {
  const young = sliceDelta(readText(old), section.from, section.to);
  const changes = diffDeltas(sliceDelta(readText(text), place.from, place.to), young).map(
    ({ at, remove, from, to }) => ({
      ...{ at: at + place.from, remove, from: from + section.from, to: to + section.from },
    }),
  );
  const { from, to } = putBack(text, old, { changes, place, section });
  const present = sliceDelta(readText(text), from, to);
  rewrite(text, present, young, diffDeltas(present, young), { at: from, looks: true });
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
