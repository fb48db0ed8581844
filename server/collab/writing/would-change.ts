import * as Y from 'yjs';
import type { Decoded } from '../updates/read-update.ts';
import { isNewStruct } from './authorship.ts';
import { Deletions, type SharedType } from '../updates/deletions.ts';

/** The text that an edit would have added and removed, for people to read. */
export interface WouldChange {
  readonly added: string;
  readonly removed: string;
}

/** Stands for what is in a text and is no letter, such as a footnote's mark. */
const embedMark = '\ufffc';
/** Above this, in UTF-16 units, added words are told in the order in which they were typed. */
const mostSorted = 10_000;
/** Items of the document that are looked through for what is removed; more is told by its ids. */
const mostLooked = 20_000;

/**
 * Reads off an update what it would do to the text, without applying it: a copy of a long piece
 * would cost 100 ms for each refused keystroke. Words that were typed into each other stand as they
 * would in the text; separate places are separate lines. `allNew`: none of its words are in the document,
 * whatever stands under their ids there.
 *
 * The bound (B1): 10,000 letters are put in order in 5 ms, 20,000 items of the document are looked
 * through in 5 ms, whatever is longer is told as it was typed, in a time that goes by its own length.
 */
export function wouldChange(doc: Y.Doc, update: Decoded, { allNew = false } = {}): WouldChange {
  return { added: addedText(doc, update, allNew), removed: removedText(doc, update) };
}

/** A letter of the update, in a chain of those that stand behind each other. */
interface Letter {
  readonly text: string;
  before: Letter | null;
  next: Letter | null;
}

function addedText(doc: Y.Doc, update: Decoded, allNew: boolean): string {
  const items = update.structs.filter(
    (s): s is Y.Item => s instanceof Y.Item && (allNew || isNewStruct(doc, s)),
  );
  const length = items.reduce((sum, item) => sum + item.length, 0);
  const gone = new Deletions(update);
  if (length > mostSorted) return items.map((item) => textOf(item, gone, false)).join('');
  const letters = new Map<string, Letter>();
  const starts: Letter[] = [];
  for (const item of items) {
    const known = allNew ? 0 : Y.getState(doc.store, item.id.client);
    const unseen = (clock: number) => clock < known || gone.touches(item.id.client, clock, 1);
    chain(item, placeOf(item, letters) ?? newStart(starts), letters, unseen);
  }
  const lines = starts.map(lineFrom).filter((line) => line !== '');
  return lines.join('\n');
}

/** The letter behind which an item stands; null: none of the update's own is its neighbour. */
function placeOf(item: Y.Item, letters: ReadonlyMap<string, Letter>): Letter | null {
  const left = item.origin === null ? undefined : letters.get(keyOf(item.origin));
  if (left !== undefined) return left;
  const right = item.rightOrigin === null ? undefined : letters.get(keyOf(item.rightOrigin));
  return right?.before ?? null;
}

function newStart(starts: Letter[]): Letter {
  const start: Letter = { text: '', before: null, next: null };
  starts.push(start);
  return start;
}

/**
 * Puts an item's letters behind `start`, and notes where each stands. Those that are in the document
 * already, or deleted by the update itself, are there to be stood beside, and not shown.
 */
function chain(
  item: Y.Item,
  start: Letter,
  letters: Map<string, Letter>,
  unseen: (clock: number) => boolean,
): void {
  let last = start;
  for (let i = 0; i < item.length; i++) {
    const { client, clock } = item.id;
    const text = unseen(clock + i) ? '' : letterOf(item.content, i);
    const letter: Letter = { text, before: last, next: last.next };
    if (last.next !== null) last.next.before = letter;
    last.next = letter;
    letters.set(`${client}:${clock + i}`, letter);
    last = letter;
  }
}

function lineFrom(start: Letter): string {
  const parts: string[] = [];
  for (let at: Letter | null = start; at !== null; at = at.next) parts.push(at.text);
  return parts.join('');
}

const keyOf = ({ client, clock }: Y.ID) => `${client}:${clock}`;

function letterOf(content: Y.Item['content'], index: number): string {
  if (content instanceof Y.ContentString) return content.str[index] ?? '';
  return content instanceof Y.ContentEmbed ? embedMark : '';
}

/** The letters of an item that are in `ranges`, or those that are not. */
function textOf(item: Y.Item, ranges: Deletions, inside: boolean): string {
  const { client, clock } = item.id;
  const parts: string[] = [];
  for (const { from, to, deleted } of ranges.stretches(client, clock, item.length)) {
    if (deleted === inside) parts.push(lettersOf(item.content, from - clock, to - clock));
  }
  return parts.join('');
}

function lettersOf(content: Y.Item['content'], from: number, to: number): string {
  if (content instanceof Y.ContentString) return content.str.slice(from, to);
  return content instanceof Y.ContentEmbed ? embedMark : '';
}

/** What stands in the document now and would be removed; in its order, where it is not too long. */
function removedText(doc: Y.Doc, update: Decoded): string {
  if (update.ds.clients.size === 0) return '';
  const removed = new Deletions(update);
  const look: Look = { removed, parts: [], left: mostLooked };
  for (const type of doc.share.values()) collectRemoved(type, look);
  return look.left >= 0 ? look.parts.join('') : removedById(doc, update, removed);
}

interface Look {
  readonly removed: Deletions;
  readonly parts: string[];
  /** Items that may still be looked at. */
  left: number;
}

function collectRemoved(type: SharedType, look: Look): void {
  for (let item = type._start; item !== null && look.left >= 0; item = item.right) {
    collectItem(item, look);
  }
  for (const item of type._map.values()) collectItem(item, look);
}

function collectItem(item: Y.Item, look: Look): void {
  if (--look.left < 0 || item.deleted) return;
  if (item.content instanceof Y.ContentType) {
    collectRemoved(item.content.type as SharedType, look);
  } else look.parts.push(textOf(item, look.removed, true));
}

/** In the order in which it was typed, in as many steps as the update has ranges and takes away items. */
function removedById(doc: Y.Doc, { ds }: Decoded, removed: Deletions): string {
  const parts: string[] = [];
  for (const [client, ranges] of ds.clients) {
    const structs = doc.store.clients.get(client);
    if (structs === undefined) continue;
    const known = Y.getState(doc.store, client);
    let next = 0;
    for (const { clock, len } of [...ranges].sort((a, b) => a.clock - b.clock)) {
      if (clock >= known) break;
      for (let i = Math.max(next, Y.findIndexSS(structs, clock)); i < structs.length; i++) {
        const item = structs[i];
        if (item === undefined || item.id.clock >= clock + len) break;
        next = i + 1;
        if (item instanceof Y.Item && !item.deleted) parts.push(textOf(item, removed, true));
      }
    }
  }
  return parts.join('');
}
