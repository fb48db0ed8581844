import * as Y from 'yjs';
import type { Decoded } from './updates/read-update.ts';
import { isNewStruct } from './authorship.ts';
import { Deletions, type SharedType } from './deletions.ts';

/**
 * Whether an update does nothing but take out marks that format nothing. Yjs does so by itself in
 * each copy, after others' changes, and a stock client sends it on like an edit of its own; where it
 * got several changes in one frame it may tidy up more than the server has. So it is no attempt to
 * edit when it comes from somebody who may only read. Linear in the document, without a copy of it.
 */
export function onlyTidies(doc: Y.Doc, update: Decoded): boolean {
  if (update.structs.some((struct) => isNewStruct(doc, struct))) return false;
  // Who takes back words of theirs that were refused changes what is kept of them.
  for (const [client, ranges] of update.ds.clients) {
    const known = Y.getState(doc.store, client);
    if (ranges.some(({ clock, len }) => clock + len > known)) return false;
  }
  const gone = new Deletions(update);
  return [...doc.share.values()].every((type) => readsTheSame(type, gone));
}

type Formats = Map<string, unknown>;

function readsTheSame(type: SharedType, gone: Deletions): boolean {
  const before: Formats = new Map();
  const after: Formats = new Map();
  let same = true;
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const touched = gone.touches(item.id.client, item.id.clock, item.length);
    if (item.content instanceof Y.ContentFormat) {
      note(before, item.content);
      if (!touched) note(after, item.content);
      same = equal(before, after);
    } else if (touched || !same || !contentReadsTheSame(item, gone)) return false;
  }
  for (const item of type._map.values()) {
    if (item.deleted) continue;
    if (gone.touches(item.id.client, item.id.clock, item.length)) return false;
    if (!contentReadsTheSame(item, gone)) return false;
  }
  return true;
}

function contentReadsTheSame({ content }: Y.Item, gone: Deletions): boolean {
  return !(content instanceof Y.ContentType) || readsTheSame(content.type as SharedType, gone);
}

function note(formats: Formats, { key, value }: Y.ContentFormat): void {
  if (value === null) formats.delete(key);
  else formats.set(key, value);
}

function equal(one: Formats, other: Formats): boolean {
  return (
    one.size === other.size &&
    [...one].every(([key, value]) => JSON.stringify(other.get(key)) === JSON.stringify(value))
  );
}
