import * as Y from 'yjs';
import { reachOf } from '../apply.ts';
import { Deletions } from '../updates/deletions.ts';
import type { LargeUpdate } from '../ports.ts';
import { deletionsUpdate, knownDeletions, partOf, writeUpdate } from '../updates/update-parts.ts';
import { grows } from '../updates/grows.ts';
import { readUpdate, type Decoded } from '../updates/read-update.ts';
import { byClient, hasContent } from '../updates/structs.ts';
import { mostClientIds, waitsOf } from '../writing/waiting.ts';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { pack } from './packed.ts';
import { slicesOf } from './cut.ts';

/**
 * Reads a large update for a document whose state vector is `known`: what there is to know of it before
 * any of it is applied, and its slices, without what was written with the clientIDs `foreign`. Throws
 * `BadFrame`. Linear in the update (4 MB: a second), so it is done on a thread (B1).
 */
export function readLarge(
  update: Uint8Array,
  known: Uint8Array,
  foreign: readonly number[],
): LargeUpdate {
  const all = readUpdate(update);
  const states = Y.decodeStateVector(known);
  const stateOf = (client: number) => states.get(client) ?? 0;
  const isNew = (struct: Decoded['structs'][number]) =>
    !(struct instanceof Y.Skip) && struct.id.clock + struct.length > stateOf(struct.id.client);
  const ends = new Map<number, number>();
  for (const struct of all.structs) {
    if (isNew(struct)) ends.set(struct.id.client, struct.id.clock + struct.length);
  }
  const theirs = new Set(foreign);
  if (ends.size > mostClientIds) throw new BadFrame('more clientIDs than a piece may have');
  const own = foreign.length === 0 ? update : partOf(all, (client) => !theirs.has(client), true);
  const read = own === null ? null : foreign.length === 0 ? all : readUpdate(own);
  const waits = read === null ? { words: false, places: 0, deletions: 0 } : waitsOf(read, stateOf);
  const reach = [...reachOf(all)].filter(([client, end]) => end > stateOf(client));
  const lists = foreign.length === 0 ? null : byClient(all);
  const slices =
    read === null || own === null
      ? []
      : waits.words
        ? waiting(read, own, stateOf)
        : slicesOf(read, known);
  return {
    ends,
    ...{ own, waits, grows: grows(all) },
    reach: reach.length > mostClientIds ? null : new Map(reach),
    firstNew: read?.structs.find(isNew)?.id.client ?? null,
    others: foreign.flatMap((clientId) => {
      const list = lists?.get(clientId);
      if (list === undefined) return [];
      const part = writeUpdate(new Map([[clientId, list]]), new Map());
      return [{ clientId, update: newsOf(part, states, new Set([clientId])) }];
    }),
    passedOn: passedOn(all, states, theirs),
    slices: pack(slices),
    deletedLater: pack(read === null ? [] : slices.map(deletedLater(new Deletions(read)))),
  };
}

/** What is there can be deleted part by part, before all of it is set aside; that is short (B3). */
function waiting(
  read: Decoded,
  own: Uint8Array,
  stateOf: (client: number) => number,
): Uint8Array[] {
  const due = knownDeletions(read, stateOf);
  return due.size === 0 ? [own] : [writeUpdate(new Map(), due), own];
}

/** Which words of a slice are deleted by the update that it is of. */
const deletedLater = (gone: Deletions) => (slice: Uint8Array) => {
  const clients: Decoded['ds']['clients'] = new Map();
  for (const struct of Y.decodeUpdate(slice).structs) {
    if (!hasContent(struct)) continue;
    const { client, clock } = struct.id;
    for (const { from, to, deleted } of gone.stretches(client, clock, struct.length)) {
      if (!deleted) continue;
      const list = clients.get(client) ?? [];
      list.push({ clock: from, len: to - from });
      clients.set(client, list);
    }
  }
  return clients.size === 0 ? none : deletionsUpdate({ clients });
};

const none = new Uint8Array();

/** Others' words, and what was deleted of those that are not there. */
function passedOn(
  all: Decoded,
  states: ReadonlyMap<number, number>,
  foreign: ReadonlySet<number>,
): Uint8Array | null {
  if (foreign.size === 0) return null;
  const deleted = new Map(
    [...all.ds.clients].flatMap(([client, ranges]) => {
      const fresh = ranges.filter(({ clock, len }) => clock + len > (states.get(client) ?? 0));
      return foreign.has(client) && fresh.length > 0 ? [[client, fresh] as const] : [];
    }),
  );
  const part = partOf(all, (client) => foreign.has(client), deleted);
  return part === null ? null : newsOf(part, states, foreign);
}

/** Without what the document has under some clientIDs. */
function newsOf(
  update: Uint8Array,
  states: ReadonlyMap<number, number>,
  clients: ReadonlySet<number>,
): Uint8Array {
  const known = new Map([...clients].map((client) => [client, states.get(client) ?? 0]));
  return Y.diffUpdate(update, Y.encodeStateVector(known));
}
