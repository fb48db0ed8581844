import * as Y from 'yjs';
import { Homes, placeOf, sameHome } from './homes.ts';
import type { Decoded, Struct } from './read-update.ts';
import { byClient, firstEndingAfter, type Structs } from './structs.ts';

/**
 * Whether an update has other words under ids that a document has, or that wait in it. Yjs takes the
 * first that come under an id, and passes over all others in silence: those would be called saved and
 * be nowhere. Two connections with one clientID do that, and whoever makes up updates.
 *
 * Of words that are deleted there is nothing left to compare but where they stood; the journal has them
 * (thrown-away.ts). Looked at are only ids that the update brings along: the document's length does not
 * matter.
 */
export function contradicts(doc: Y.Doc, read: Decoded, waiting: WaitingStructs): boolean {
  const wait = waiting.of(doc);
  return read.structs.some((struct) => {
    if (!(struct instanceof Y.Item)) return false;
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    const known = Math.min(end, Y.getState(doc.store, client));
    if (clock < known) {
      const list = doc.store.clients.get(client) ?? [];
      if (!agrees(doc, struct, clock, known, list)) return true;
      if (known < end && hangsBehindGone(doc, read, struct, list)) return true;
    }
    const unknown = Math.max(clock, known);
    return unknown < end && !agrees(doc, struct, unknown, end, wait?.get(client));
  });
}

/**
 * What has come to a document before what it builds on. It is decoded anew when something is added to
 * it, as Yjs itself does then; a keystroke beside it costs nothing.
 */
export class WaitingStructs {
  #update: Uint8Array | null = null;
  #structs: Structs = new Map();

  /** Null where nothing waits. */
  of({ store }: Y.Doc): Structs | null {
    const update = store.pendingStructs?.update ?? null;
    if (update === null) return null;
    if (update !== this.#update) {
      this.#structs = byClient(Y.decodeUpdateV2(update));
      this.#update = update;
    }
    return this.#structs;
  }
}

/** Whether an item is, from one clock to another, what a list of structs has there. */
function agrees(
  doc: Y.Doc,
  item: Y.Item,
  from: number,
  to: number,
  list: readonly Struct[] = [],
): boolean {
  for (let i = firstEndingAfter(list, from); i < list.length; i++) {
    const other = list[i];
    if (other === undefined || other.id.clock >= to) return true;
    if (!(other instanceof Y.Item)) continue;
    const start = Math.max(from, other.id.clock);
    const end = Math.min(to, other.id.clock + other.length);
    if (!sameItem(doc, item, other, start, end)) return false;
  }
  return true;
}

/**
 * Whether an item goes on where the document has thrown its beginning away, in something that is not
 * deleted there. Yjs would hang the rest behind what is gone, out of every text.
 */
function hangsBehindGone(
  doc: Y.Doc,
  read: Decoded,
  item: Y.Item,
  list: readonly Struct[],
): boolean {
  if (!(list.at(-1) instanceof Y.GC)) return false;
  const homes = new Homes(doc, read);
  const home = homes.of(item);
  return home !== null && home !== 'gone' && homes.stands(home);
}

/** An id's neighbours and parent never change, however items are split and joined. */
function sameItem(doc: Y.Doc, one: Y.Item, other: Y.Item, from: number, to: number): boolean {
  return (
    Y.compareIDs(originAt(one, from), originAt(other, from)) &&
    Y.compareIDs(one.rightOrigin, other.rightOrigin) &&
    sameParent(doc, one, other) &&
    sameContent(one.content, other.content, {
      one: from - one.id.clock,
      ...{ other: from - other.id.clock, length: to - from },
    })
  );
}

function originAt({ id, origin }: Y.Item, clock: number): Y.ID | null {
  return clock === id.clock ? origin : Y.createID(id.client, clock - 1);
}

/** An item that has a neighbour does not say in what it stands. */
function sameParent(doc: Y.Doc, one: Y.Item, other: Y.Item): boolean {
  const [told, known] = [one.parent, other.parent];
  if (told === null || known === null || one.origin !== null || one.rightOrigin !== null) {
    return true;
  }
  return sameHome(
    { place: placeOf(doc, told), key: one.parentSub },
    { place: placeOf(doc, known), key: other.parentSub },
  );
}

/** Where in two contents to look, and how far. */
interface Overlap {
  readonly one: number;
  readonly other: number;
  readonly length: number;
}

type Content = Y.Item['content'];

function sameContent(one: Content, other: Content, at: Overlap): boolean {
  if (one instanceof Y.ContentDeleted || other instanceof Y.ContentDeleted) return true;
  if (one instanceof Y.ContentString && other instanceof Y.ContentString) {
    return sameLetters(
      one.str.slice(at.one, at.one + at.length),
      other.str.slice(at.other, at.other + at.length),
    );
  }
  return (
    one.constructor === other.constructor &&
    Buffer.compare(bytesOf(one, at.one, at.length), bytesOf(other, at.other, at.length)) === 0
  );
}

/** What is no text is short. */
function bytesOf(content: Content, from: number, length: number): Uint8Array {
  let part = content;
  if (from > 0) part = part.copy().splice(from);
  if (length < part.getLength()) {
    part = part.copy();
    part.splice(length);
  }
  const encoder = new Y.UpdateEncoderV1();
  part.write(encoder, 0);
  return encoder.toUint8Array();
}

/** Where a character of two units was split, Yjs puts a replacement for each half, in that copy alone. */
function sameLetters(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one.charCodeAt(i), other.charCodeAt(i)];
    if (a !== b && !(isHalf(a) && isHalf(b))) return false;
  }
  return true;
}

/** Half of a character of two units, or what stands for it. */
const isHalf = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff) || unit === 0xfffd;
