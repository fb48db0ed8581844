import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { deletionsUpdate } from '../updates/update-parts.ts';

/** Pending deletions above this stay bytes. Only an older build has let so many in. */
const largeBytes = 64 * 1024;

interface Deletion {
  clock: number;
  len: number;
}

/**
 * Deletions of edits that a document does not have yet. Yjs would read and write all of them anew with
 * each key (2 s where they are 16 MB), so they are taken out of it, and looked at only when edits of
 * their client come.
 */
export class WaitingDeletions {
  readonly #byClient = new Map<number, Deletion[]>();
  readonly #bulks: Bulk[] = [];
  #count = 0;

  get count(): number {
    return this.#count + this.#bulks.reduce((sum, { count }) => sum + count, 0);
  }

  /** How many letters those delete that have come since the document was opened. */
  get letters(): number {
    let letters = 0;
    for (const list of this.#byClient.values()) for (const { len } of list) letters += len;
    return letters;
  }

  /** Takes out what waits in a document after something has been put into it. */
  takeOutOf({ store }: Y.Doc): void {
    const { pendingDs } = store;
    if (pendingDs === null) return;
    store.pendingDs = null;
    if (pendingDs.length > largeBytes) {
      this.#bulks.push(new Bulk(pendingDs));
      return;
    }
    for (const [client, ranges] of Y.decodeUpdateV2(pendingDs).ds.clients) {
      const list = [...(this.#byClient.get(client) ?? []), ...ranges];
      const joined = join(list.map(({ clock, len }) => ({ clock, len })));
      this.#count += joined.length - (this.#byClient.get(client)?.length ?? 0);
      this.#byClient.set(client, joined);
    }
  }

  touches(clients: Iterable<number>): boolean {
    for (const client of clients) {
      if (this.#byClient.has(client) || this.#bulks.some((bulk) => bulk.has(client))) return true;
    }
    return false;
  }

  /** The deletions of what a document now has of some clients, as an update; null: none. */
  takeDue(doc: Y.Doc, clients: Iterable<number>): Uint8Array | null {
    const due = new Map<number, Deletion[]>();
    for (const client of clients) {
      const end = Y.getState(doc.store, client);
      const found = this.#take(client, end);
      for (const bulk of this.#bulks) found.push(...bulk.take(client, end));
      if (found.length > 0) due.set(client, join(found));
    }
    return due.size === 0 ? null : deletionsUpdate({ clients: due });
  }

  /** All of them, as updates. What is in bulk may name deletions that have been made. */
  updates(): Uint8Array[] {
    const bulks = this.#bulks.map(({ bytes }) => Y.convertUpdateFormatV2ToV1(bytes));
    if (this.#byClient.size === 0) return bulks;
    const clients = new Map(this.#byClient);
    return [...bulks, deletionsUpdate({ clients })];
  }

  #take(client: number, end: number): Deletion[] {
    const list = this.#byClient.get(client);
    if (list === undefined) return [];
    const due: Deletion[] = [];
    const rest: Deletion[] = [];
    for (const { clock, len } of list) {
      const known = Math.min(len, end - clock);
      if (known > 0) due.push({ clock, len: known });
      if (known < len) rest.push({ clock: Math.max(clock, end), len: len - Math.max(0, known) });
    }
    this.#count += rest.length - list.length;
    if (rest.length > 0) this.#byClient.set(client, rest);
    else this.#byClient.delete(client);
    return due;
  }
}

/** Sorted, and neighbours as one. */
function join(list: Deletion[]): Deletion[] {
  const joined: Deletion[] = [];
  for (const { clock, len } of list.sort((a, b) => a.clock - b.clock)) {
    const last = joined.at(-1);
    if (last !== undefined && clock <= last.clock + last.len) {
      last.len = Math.max(last.len, clock + len - last.clock);
    } else joined.push({ clock, len });
  }
  return joined;
}

interface Cursor {
  /** Where the next deletion is in the bytes. */
  at: number;
  left: number;
  /** Where the last one ended. */
  end: number;
  /** One that has been read, and is not due yet. */
  next: Deletion | null;
}

/**
 * Deletions as Yjs has written them down (V2), a million to 3 MB: as objects they would be 60 MB. Each
 * client's are read in order, once, as its edits come.
 */
class Bulk {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly #cursors = new Map<number, Cursor>();
  readonly #decoder: decoding.Decoder;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#decoder = new Y.UpdateDecoderV2(decoding.createDecoder(bytes)).restDecoder;
    const rest = this.#decoder;
    decoding.readVarUint(rest); // No structs.
    let count = 0;
    for (let clients = decoding.readVarUint(rest); clients > 0; clients--) {
      const client = decoding.readVarUint(rest);
      const left = decoding.readVarUint(rest);
      this.#cursors.set(client, { at: rest.pos, left, end: 0, next: null });
      for (let numbers = 2 * left; numbers > 0; numbers--) decoding.readVarUint(rest);
      count += left;
    }
    this.count = count;
  }

  has(client: number): boolean {
    return this.#cursors.has(client);
  }

  take(client: number, end: number): Deletion[] {
    const cursor = this.#cursors.get(client);
    const due: Deletion[] = [];
    while (cursor !== undefined) {
      cursor.next ??= this.#read(cursor);
      const { next } = cursor;
      if (next === null) {
        this.#cursors.delete(client);
        break;
      }
      const known = Math.min(next.len, end - next.clock);
      if (known <= 0) break;
      due.push({ clock: next.clock, len: known });
      cursor.next = known < next.len ? { clock: end, len: next.len - known } : null;
    }
    return due;
  }

  #read(cursor: Cursor): Deletion | null {
    if (cursor.left === 0) return null;
    const decoder = this.#decoder;
    decoder.pos = cursor.at;
    const clock = cursor.end + decoding.readVarUint(decoder);
    const len = decoding.readVarUint(decoder) + 1;
    cursor.at = decoder.pos;
    cursor.end = clock + len;
    cursor.left--;
    return { clock, len };
  }
}

const byDocument = new WeakMap<Y.Doc, WaitingDeletions>();

/** Those of a document; they are part of it as long as it lives. */
export function waitingDeletions(doc: Y.Doc): WaitingDeletions {
  let waiting = byDocument.get(doc);
  if (waiting === undefined) byDocument.set(doc, (waiting = new WaitingDeletions()));
  return waiting;
}
