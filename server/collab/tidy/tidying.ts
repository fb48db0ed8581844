import * as Y from 'yjs';
import { isNewStruct } from '../writing/authorship.ts';
import type { Decoded } from '../updates/read-update.ts';
import { firstEndingAfter } from '../updates/structs.ts';

/** So many items are looked at, 2 ms of them (B1); what would take more is an edit. */
const mostLooked = 50_000;

/**
 * Whether an update does nothing but take out marks that format nothing. Yjs does so by itself in
 * each copy, after others' changes, and a stock client sends it on like an edit of its own; where it
 * got several changes in one frame it may tidy up more than the server has. So it is no attempt to
 * edit when it comes from somebody who may only read. It looks at what is deleted and around it, and
 * takes a few nanoseconds for each item that is deleted already.
 */
export function onlyTidies(doc: Y.Doc, update: Decoded): boolean {
  if (update.structs.some((struct) => isNewStruct(doc, struct))) return false;
  const marks = marksIn(doc, update.ds);
  return marks !== null && readsTheSameWithout(marks);
}

/**
 * The marks that deletions take away; null: they take away something else too, which ends the looking.
 * Who takes back words of theirs that were refused changes what is kept of them.
 */
export function marksIn(doc: Y.Doc, ds: Decoded['ds']): Set<Y.Item> | null {
  const marks = new Set<Y.Item>();
  for (const item of deletedBy(doc, ds)) {
    if (item === null || !(item.content instanceof Y.ContentFormat)) return null;
    marks.add(item);
    if (marks.size > mostLooked) return null;
  }
  return marks;
}

/** Whether deletions take away anything that is still there, or is not there yet. */
export function deletesSomething(doc: Y.Doc, ds: Decoded['ds']): boolean {
  return deletedBy(doc, ds).next().done !== true;
}

/** What deletions take away: items, and (null) what the document does not have. */
function* deletedBy(doc: Y.Doc, ds: Decoded['ds']): Generator<Y.Item | null> {
  for (const [client, ranges] of ds.clients) {
    const list = doc.store.clients.get(client) ?? [];
    const known = Y.getState(doc.store, client);
    for (const { clock, len } of ranges) {
      if (clock + len > known) yield null;
      for (let i = firstEndingAfter(list, clock); i < list.length; i++) {
        const struct = list[i];
        if (struct === undefined || struct.id.clock >= clock + len) break;
        if (struct instanceof Y.Item && !struct.deleted) yield struct;
      }
    }
  }
}

/**
 * Whether all text reads the same without some marks: where they stand between two words, what holds for
 * the second is the same. If it is so at each such place, it is at all others.
 */
export function readsTheSameWithout(marks: ReadonlySet<Y.Item>): boolean {
  const budget = { left: mostLooked };
  const seen = new Set<Y.Item>();
  for (const mark of marks) {
    if (seen.has(mark)) continue;
    const between = marksAround(mark, budget);
    if (budget.left < 0) return false;
    for (const one of between?.marks ?? []) seen.add(one);
    if (between !== null && !formatsTheSame(between, marks, budget)) return false;
  }
  return budget.left >= 0;
}

interface Between {
  /** The word before them; null: they are the first. */
  readonly before: Y.Item | null;
  /** In their order. */
  readonly marks: readonly Y.Item[];
}

/** The marks that stand between the same two words as one of them; null: no word follows. */
function marksAround(mark: Y.Item, budget: { left: number }): Between | null {
  let first = mark;
  while (first.left !== null && !isWord(first.left) && --budget.left >= 0) first = first.left;
  const marks: Y.Item[] = [];
  let item: Y.Item | null = first;
  for (; item !== null && !isWord(item) && --budget.left >= 0; item = item.right) {
    if (!item.deleted) marks.push(item);
  }
  return item === null ? null : { before: first.left, marks };
}

const isWord = (item: Y.Item) => !item.deleted && !(item.content instanceof Y.ContentFormat);

function formatsTheSame(
  { before, marks }: Between,
  gone: ReadonlySet<Y.Item>,
  budget: { left: number },
): boolean {
  const [was, is] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const mark of marks) {
    if (!(mark.content instanceof Y.ContentFormat)) continue;
    const { key, value } = mark.content;
    was.set(key, value);
    if (!gone.has(mark)) is.set(key, value);
  }
  return [...was].every(([key, value]) => {
    const other = is.has(key) ? is.get(key) : formatAt(before, key, budget);
    return JSON.stringify(other ?? null) === JSON.stringify(value ?? null);
  });
}

/** What holds for an item by the marks before it. */
function formatAt(item: Y.Item | null, key: string, budget: { left: number }): unknown {
  for (let at = item; at !== null && --budget.left >= 0; at = at.left) {
    const { content } = at;
    if (!at.deleted && content instanceof Y.ContentFormat && content.key === key) {
      return content.value;
    }
  }
  return null;
}
