import * as Y from 'yjs';
import type { Change } from '../../../shared/document/text/diff.ts';
import { applyStored } from '../../../shared/document/index.ts';
import { Parts } from '../parts.ts';

/** Letters that stood in a text of the past, by clientID, sorted by clock. */
interface Past {
  readonly clock: number;
  readonly content: Content;
  /** Index in that text. */
  readonly index: number;
}

/** Indexes of a text: `to` without. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts back letters that `changes` (of `text` to what `past` reads) would write anew: where they were
 * deleted, and as an undo does, right before what is left of them. So they are the same letters (A1,
 * undone.ts), and stand where anchors to them are. Where some of them have their place
 * elsewhere, because other text was moved since, all of `place` becomes the very letters that
 * `section` of the past was, in the places that they had.
 * @returns `place` as it is then.
 */
export function putBack(
  text: Y.Text,
  past: Y.Text,
  { changes, place, section }: { changes: readonly Change[]; place: Span; section: Span },
): Span {
  const letters = lettersOf(past);
  const wanted = changes.reduce((sum, { from, to }) => sum + to - from, 0);
  let back = missingFrom(text, letters, changes);
  let strange = idsWhere(text, (index) =>
    changes.some(({ at, remove }) => index >= at && index < at + remove),
  );
  if (sizeOf(back) !== wanted) {
    const { from, to } = section;
    const all = { at: place.from, remove: place.to - place.from, from, to };
    back = missingFrom(text, letters, [all]);
    strange = idsWhere(
      text,
      (index, id) => index >= place.from && index < place.to && !holds(letters, id, section),
    );
  }
  write(text, back);
  deleteAll(text, strange);
  return { from: place.from, to: place.to + sizeOf(back) - strange.length };
}

/** A stretch that is to be written, between two letters. */
interface Missing {
  readonly left: Y.ID | null;
  readonly right: Y.ID;
  readonly content: Content;
}

type Content = Y.ContentString | Y.ContentEmbed;

const sizeOf = (missing: readonly Missing[]) =>
  missing.reduce((sum, { content }) => sum + content.getLength(), 0);

function missingFrom(
  text: Y.Text,
  letters: ReadonlyMap<number, readonly Past[]>,
  changes: readonly Change[],
): Missing[] {
  const missing: Missing[] = [];
  let index = 0;
  let left: Y.ID | null = null;
  for (let item = text._start; item !== null; item = item.right) {
    const { client, clock } = item.id;
    if (item.deleted) {
      for (const { at, content } of wantedOf(item, letters, { changes, index })) {
        const before: Y.ID | null = at > clock ? Y.createID(client, at - 1) : left;
        missing.push({ left: before, right: Y.createID(client, at), content });
      }
    } else if (item.countable) index += item.length;
    left = item.lastId;
  }
  return missing;
}

function write(text: Y.Text, missing: readonly Missing[]): void {
  const { doc } = text;
  if (doc === null || missing.length === 0) return;
  const { clientID } = doc;
  let clock = Y.getState(doc.store, clientID);
  const structs = missing.map(({ left, right, content }) => {
    const id = Y.createID(clientID, clock);
    clock += content.getLength();
    return new Y.Item(id, null, left, null, right, text, null, content);
  });
  const parts = new Parts();
  parts.add({ structs, ds: Y.createDeleteSet() });
  // Yjs takes another clientID where somebody else seems to write with it.
  doc.clientID = 0;
  applyStored(doc, [parts.encode()]);
  doc.clientID = clientID;
}

/** The letters of a text for which something holds. */
function idsWhere(text: Y.Text, holds: (index: number, id: Y.ID) => boolean): Y.ID[] {
  const ids: Y.ID[] = [];
  let index = 0;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    for (let i = 0; i < item.length; i++, index++) {
      const id = Y.createID(client, clock + i);
      if (holds(index, id)) ids.push(id);
    }
  }
  return ids;
}

/** Whether a letter stood in a section of the past. */
function holds(
  letters: ReadonlyMap<number, readonly Past[]>,
  { client, clock }: Y.ID,
  { from, to }: Span,
): boolean {
  const list = letters.get(client) ?? [];
  const found = list[firstAfter(list, clock)];
  if (found === undefined || found.clock > clock) return false;
  const index = found.index + clock - found.clock;
  return index >= from && index < to;
}

function deleteAll({ doc }: Y.Text, ids: readonly Y.ID[]): void {
  if (doc === null || ids.length === 0) return;
  const deleted = new Parts().pick(
    [],
    ids.map(({ client, clock }) => ({ client, clock, len: 1 })),
  );
  if (deleted !== undefined) applyStored(doc, [deleted.encode()]);
}

function lettersOf(past: Y.Text): Map<number, Past[]> {
  const letters = new Map<number, Past[]>();
  let index = 0;
  for (let item = past._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { content } = item;
    const { client, clock } = item.id;
    if (content instanceof Y.ContentString || content instanceof Y.ContentEmbed) {
      const list = letters.get(client) ?? [];
      letters.set(client, list);
      list.push({ clock, content, index });
    }
    index += item.length;
  }
  for (const list of letters.values()) list.sort((a, b) => a.clock - b.clock);
  return letters;
}

/** What of a deleted item is to come back there, `index` letters from the beginning. */
function wantedOf(
  { id, length }: Y.Item,
  letters: ReadonlyMap<number, readonly Past[]>,
  here: { readonly changes: readonly Change[]; readonly index: number },
): { at: number; content: Content }[] {
  const wanted: { at: number; content: Content }[] = [];
  const list = letters.get(id.client) ?? [];
  for (const { clock, content, index } of list.slice(firstAfter(list, id.clock))) {
    if (clock >= id.clock + length) break;
    for (const change of here.changes) {
      if (here.index < change.at || here.index > change.at + change.remove) continue;
      const shift = clock - index;
      const from = Math.max(clock, id.clock, change.from + shift);
      const to = Math.min(clock + content.getLength(), id.clock + length, change.to + shift);
      if (from < to) wanted.push({ at: from, content: part(content, from - clock, to - clock) });
    }
  }
  return wanted;
}

function part(content: Content, from: number, to: number): Content {
  return content instanceof Y.ContentString
    ? new Y.ContentString(content.str.slice(from, to))
    : content.copy();
}

/** The index of the first that ends after a clock. */
function firstAfter(list: readonly Past[], clock: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const letters = list[middle];
    if (letters !== undefined && letters.clock + letters.content.getLength() <= clock) {
      low = middle + 1;
    } else high = middle;
  }
  return low;
}
