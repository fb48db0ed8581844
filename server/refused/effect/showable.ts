import * as Y from 'yjs';
import { isMetaName, plainValue } from '../../../shared/document/meta.ts';
import { sharedTypes } from '../../../shared/document/schema.ts';
import { isNewStruct } from '../../collab/writing/authorship.ts';
import { Homes, type Home } from '../../collab/updates/homes.ts';
import type { Decoded } from '../../collab/updates/read-update.ts';
import { firstEndingAfter } from '../../collab/updates/structs.ts';

const texts: readonly string[] = [sharedTypes.title, sharedTypes.standfirst, sharedTypes.body];

/**
 * Whether a comparison of texts, notes and plain values shows all that an update does: nobody can
 * approve of what they cannot see, such as a list that no version of the app knows.
 */
export function isShowable(doc: Y.Doc, read: Decoded): boolean {
  const look = new Look(doc, read);
  return read.structs.every((struct) => look.shows(struct)) && look.showsDeletions();
}

class Look {
  readonly #doc: Y.Doc;
  readonly #read: Decoded;
  readonly #homes: Homes;

  constructor(doc: Y.Doc, read: Decoded) {
    this.#doc = doc;
    this.#read = read;
    this.#homes = new Homes(doc, read);
  }

  shows(struct: Decoded['structs'][number]): boolean {
    if (!(struct instanceof Y.Item) || !isNewStruct(this.#doc, struct)) return true;
    if (struct.content instanceof Y.ContentDeleted) return true;
    const home = this.#homes.of(struct);
    if (home === 'gone') return true;
    return home !== null && this.#isShown(home, struct.content);
  }

  showsDeletions(): boolean {
    for (const [client, ranges] of this.#read.ds.clients) {
      const list = this.#doc.store.clients.get(client) ?? [];
      for (const { clock, len } of ranges) {
        for (let i = firstEndingAfter(list, clock); i < list.length; i++) {
          const item = list[i];
          if (item === undefined || item.id.clock >= clock + len) break;
          if (!(item instanceof Y.Item) || item.deleted) continue;
          const home = this.#homes.of(item);
          if (home === null || home === 'gone' || this.#fieldOf(home) === null) return false;
        }
      }
    }
    return true;
  }

  #isShown(home: Home, content: Y.Item['content']): boolean {
    switch (this.#fieldOf(home)) {
      case null:
        return false;
      case 'text':
        return isOfText(content);
      case sharedTypes.footnotes:
        return isNote(content);
      case sharedTypes.meta:
        return isMetaName(home.key ?? '') && isPlain(content);
    }
  }

  #fieldOf({ place, key }: Home): 'text' | 'footnotes' | 'meta' | null {
    if ('root' in place) {
      const name = this.#nameOf(place.root);
      if (key === null) return texts.includes(name) ? 'text' : null;
      return name === sharedTypes.footnotes || name === sharedTypes.meta ? name : null;
    }
    if (key !== null) return null;
    const holder = this.#homes.structAt(Y.createID(place.client, place.clock));
    if (!(holder instanceof Y.Item) || !isNoteText(holder.content)) return null;
    const of = this.#homes.of(holder);
    const inNotes = of !== null && of !== 'gone' && this.#fieldOf(of) === sharedTypes.footnotes;
    return inNotes ? 'text' : null;
  }

  #nameOf(root: unknown): string {
    if (typeof root === 'string') return root;
    for (const [name, type] of this.#doc.share) if (type === root) return name;
    return '';
  }
}

function isOfText(content: Y.Item['content']): boolean {
  return (
    content instanceof Y.ContentString ||
    content instanceof Y.ContentFormat ||
    content instanceof Y.ContentEmbed
  );
}

const isNoteText = (content: Y.Item['content']) =>
  content instanceof Y.ContentType && content.type instanceof Y.Text;

/** What readers of the fields beside the text do not pass over. */
function isPlain(content: Y.Item['content']): boolean {
  return (
    content instanceof Y.ContentAny && content.arr.every((one) => plainValue(one) !== undefined)
  );
}

/** A note is a text; of a plain one, which other programs write, the words are read. */
function isNote(content: Y.Item['content']): boolean {
  if (isNoteText(content)) return true;
  return content instanceof Y.ContentAny && content.arr.every((one) => typeof one === 'string');
}
