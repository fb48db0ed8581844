import * as Y from 'yjs';
import type { CutUpdate } from '../ports.ts';
import { deletionsUpdate, writeUpdate, type DeletedRanges } from '../updates/update-parts.ts';
import { readUpdate, type Decoded, type Struct } from '../updates/read-update.ts';
import { byClient } from '../updates/structs.ts';

/**
 * A slice has at most so many structs or deletions: 3 ms of work in a document at the piece limit, 10 ms
 * where each struct splits one of 400,000.
 */
export const sliceOf = 100;

/**
 * Cuts an update into slices that do the same, one after the other: none builds on a later one, and the
 * deletions come last. `known`: the state vector of the document that it is for; deletions of what is
 * neither there nor in the update stay together, as they wait together. Throws `BadFrame` where it is none that a Yjs document can write.
 */
export function cutUpdate(update: Uint8Array, known: Uint8Array): CutUpdate {
  const read = readUpdate(update);
  return { slices: slicesOf(read, known), deletions: deletionsUpdate(read.ds) };
}

/** The same of what has been read. `most`: how many structs or deletions a slice may have. */
export function slicesOf(read: Decoded, known: Uint8Array, most = sliceOf): Uint8Array[] {
  const slices: Uint8Array[] = [];
  const ordered = inOrder(read);
  const none: DeletedRanges = new Map();
  for (let from = 0; from < ordered.length; from += most) {
    const structs = ordered.slice(from, from + most);
    slices.push(writeUpdate(byClient({ ...read, structs }), none));
  }
  const ends = Y.decodeStateVector(known);
  for (const { id, length } of ordered) {
    ends.set(id.client, Math.max(ends.get(id.client) ?? 0, id.clock + length));
  }
  const waits = (client: number, { clock, len }: { clock: number; len: number }) =>
    clock + len > (ends.get(client) ?? 0);
  const [due, rest] = [new Map<number, Deletion[]>(), new Map<number, Deletion[]>()];
  for (const [client, ranges] of read.ds.clients) {
    for (const range of ranges) {
      const where = waits(client, range) ? rest : due;
      const list = where.get(client);
      if (list === undefined) where.set(client, [range]);
      else list.push(range);
    }
  }
  slices.push(...deletionSlices(due, most));
  if (rest.size > 0) slices.push(writeUpdate(new Map(), rest));
  return slices;
}

type Deletion = Decoded['ds']['clients'] extends Map<number, (infer One)[]> ? One : never;

function deletionSlices(
  deletions: ReadonlyMap<number, readonly Deletion[]>,
  most: number,
): Uint8Array[] {
  const slices: Uint8Array[] = [];
  let clients = new Map<number, readonly Deletion[]>();
  let count = 0;
  const close = () => {
    if (count > 0) slices.push(writeUpdate(new Map(), clients));
    clients = new Map();
    count = 0;
  };
  for (const [client, ranges] of deletions) {
    for (let from = 0; from < ranges.length;) {
      const some = ranges.slice(from, from + most - count);
      clients.set(client, some);
      count += some.length;
      from += some.length;
      if (count >= most) close();
    }
  }
  close();
  return slices;
}

/** The structs of an update, each behind those of the update that it builds on, as Yjs integrates them. */
function inOrder(read: Decoded): Struct[] {
  const lists = byClient(read);
  const next = new Map<number, number>();
  /** Up to which clock a client's structs are in order already. */
  const ends = new Map<number, number>();
  const ordered: Struct[] = [];
  const stack: Struct[] = [];
  const open = new Set<number>();
  const take = (client: number): Struct | undefined => {
    const at = next.get(client) ?? 0;
    next.set(client, at + 1);
    return lists.get(client)?.[at];
  };
  /** A client of whose structs one has to come first. One that is waiting itself is a circle. */
  const missing = (struct: Struct): number | null => {
    if (!(struct instanceof Y.Item)) return null;
    for (const id of [struct.origin, struct.rightOrigin, struct.parent]) {
      if (!(id instanceof Y.ID) || id.client === struct.id.client || open.has(id.client)) continue;
      const list = lists.get(id.client);
      const first = list?.[0];
      if (list === undefined || first === undefined || id.clock < first.id.clock) continue;
      const isHere = id.clock < (ends.get(id.client) ?? first.id.clock);
      if (!isHere && (next.get(id.client) ?? 0) < list.length) return id.client;
    }
    return null;
  };
  for (const client of [...lists.keys()].sort((a, b) => b - a)) {
    for (let head = take(client); head !== undefined; head = stack.pop() ?? take(client)) {
      open.delete(head.id.client);
      const before = missing(head);
      if (before !== null) {
        stack.push(head);
        open.add(head.id.client);
        const first = take(before);
        if (first !== undefined) stack.push(first);
        continue;
      }
      ordered.push(head);
      ends.set(head.id.client, head.id.clock + head.length);
    }
  }
  return ordered;
}
