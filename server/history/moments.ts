import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Range } from './parts.ts';

/** What a row added to a piece, without the letters. */
export interface Moment {
  readonly author: string | null;
  /** Ms since 1970. */
  readonly at: number;
  readonly edits: readonly Range[];
  readonly deleted: readonly Range[];
}

const columnNames = [
  ...['authors', 'times', 'editCounts', 'editClients', 'editClocks', 'editLengths'],
  ...['deleteCounts', 'deleteClients', 'deleteClocks', 'deleteLengths'],
] as const;
type ColumnName = (typeof columnNames)[number];

const version = 1;

/**
 * Moments as bytes, one to two for each keystroke: columns of numbers that hardly change from row to
 * row, such as by how much a clock differs from where its client's last edit ended, deflated.
 */
export function encodeMoments(moments: readonly Moment[]): Uint8Array {
  const authors = new Table<string | null>();
  const clients = new Table<number>();
  const columns = new Map(columnNames.map((n) => [n, new encoding.UintOptRleEncoder()]));
  const put = (name: ColumnName, value: number) => columns.get(name)?.write(value);
  const ends = new Map<number, number>();
  const cuts = new Map<number, number>();
  let last = 0;
  for (const { author, at, edits, deleted } of moments) {
    put('authors', authors.indexOf(author));
    put('times', zigzag(at - last));
    last = at;
    put('editCounts', edits.length);
    for (const { client, clock, len } of edits) {
      put('editClients', clients.indexOf(client));
      put('editClocks', zigzag(clock - (ends.get(client) ?? 0)));
      put('editLengths', len);
      ends.set(client, clock + len);
    }
    put('deleteCounts', deleted.length);
    for (const { client, clock, len } of deleted) {
      put('deleteClients', clients.indexOf(client));
      put('deleteClocks', zigzag(clock - (cuts.get(client) ?? 0)));
      put('deleteLengths', len);
      cuts.set(client, clock);
    }
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, version);
  encoding.writeVarUint(encoder, moments.length);
  encoding.writeVarString(encoder, JSON.stringify({ authors: authors.all, clients: clients.all }));
  for (const column of columns.values()) {
    encoding.writeVarUint8Array(encoder, column.toUint8Array());
  }
  return deflateRawSync(encoding.toUint8Array(encoder), { level: 9 });
}

/** @throws Error where the bytes are not what `encodeMoments` gives. */
export function decodeMoments(bytes: Uint8Array): Moment[] {
  const decoder = decoding.createDecoder(inflateRawSync(bytes));
  const found = decoding.readVarUint(decoder);
  if (found !== version) throw new Error(`Moments of version ${found} cannot be read`);
  const count = decoding.readVarUint(decoder);
  const { authors, clients } = JSON.parse(decoding.readVarString(decoder)) as {
    readonly authors: readonly (string | null)[];
    readonly clients: readonly number[];
  };
  const columns = new Map(
    columnNames.map((n) => [
      n,
      new decoding.UintOptRleDecoder(decoding.readVarUint8Array(decoder)),
    ]),
  );
  const take = (name: ColumnName): number => columns.get(name)?.read() ?? 0;
  const clientOf = (index: number) => {
    const client = clients[index];
    if (client === undefined) throw new Error('Moments name a client that they do not list');
    return client;
  };
  const ends = new Map<number, number>();
  const cuts = new Map<number, number>();
  const moments: Moment[] = [];
  let last = 0;
  for (let i = 0; i < count; i++) {
    const author = authors[take('authors')] ?? null;
    last += unzigzag(take('times'));
    const edits: Range[] = [];
    for (let left = take('editCounts'); left > 0; left--) {
      const client = clientOf(take('editClients'));
      const clock = (ends.get(client) ?? 0) + unzigzag(take('editClocks'));
      const len = take('editLengths');
      edits.push({ client, clock, len });
      ends.set(client, clock + len);
    }
    const deleted: Range[] = [];
    for (let left = take('deleteCounts'); left > 0; left--) {
      const client = clientOf(take('deleteClients'));
      const clock = (cuts.get(client) ?? 0) + unzigzag(take('deleteClocks'));
      deleted.push({ client, clock, len: take('deleteLengths') });
      cuts.set(client, clock);
    }
    moments.push({ author, at: last, edits, deleted });
  }
  return moments;
}

/** Gives each value that it meets a number. */
class Table<T> {
  readonly all: T[] = [];
  readonly #indexes = new Map<T, number>();

  indexOf(value: T): number {
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    this.#indexes.set(value, this.all.length);
    return this.all.push(value) - 1;
  }
}

/** Small numbers of either sign as small numbers; without bit operations, which end at 2^31. */
const zigzag = (n: number) => (n < 0 ? -2 * n - 1 : 2 * n);
const unzigzag = (n: number) => (n % 2 === 1 ? -(n + 1) / 2 : n / 2);
