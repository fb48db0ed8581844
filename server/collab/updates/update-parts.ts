import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Decoded } from './read-update.ts';

/**
 * The part of an update that was written with some clientIDs, as an update of its own. `deletions`:
 * whether its deletions, which do not say whose they are, come along, or which of them. Null where
 * nothing is left.
 *
 * Yjs can merge updates, and cut them by time, but not by clientID; the layout is that of its
 * `writeClientsStructs` (encoding v1).
 */
export function partOf(
  { structs, ds }: Decoded,
  takes: (clientId: number) => boolean,
  deletions: boolean | DeletedRanges,
): Uint8Array | null {
  const byClient = new Map<number, Decoded['structs'][number][]>();
  for (const struct of structs) {
    const { client } = struct.id;
    if (!takes(client)) continue;
    const list = byClient.get(client);
    if (list === undefined) byClient.set(client, [struct]);
    else list.push(struct);
  }
  const deleted = typeof deletions !== 'boolean' ? deletions : deletions ? ds.clients : none;
  return byClient.size + deleted.size === 0 ? null : writeUpdate(byClient, deleted);
}

/** Ranges of clocks that are deleted, by clientID. */
export type DeletedRanges = ReadonlyMap<
  number,
  readonly { readonly clock: number; readonly len: number }[]
>;

const none: DeletedRanges = new Map();

/** The deletions of an update that can be made now. `stateOf`: how many edits of a client are there. */
export function knownDeletions(
  { ds }: Decoded,
  stateOf: (client: number) => number,
): Map<number, { clock: number; len: number }[]> {
  const due = new Map<number, { clock: number; len: number }[]>();
  for (const [client, ranges] of ds.clients) {
    const known = ranges.filter(({ clock, len }) => clock + len <= stateOf(client));
    if (known.length > 0) due.set(client, known);
  }
  return due;
}

/** An update of structs, those of each clientID in the order of their clocks, and deletions. */
export function writeUpdate(
  structs: ReadonlyMap<number, readonly Decoded['structs'][number][]>,
  deletions: DeletedRanges,
): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, structs.size);
  // Yjs merges updates by reading them side by side, and relies on this order.
  const sorted = [...structs].sort(([one], [other]) => other - one);
  for (const [client, list] of sorted) writeStructs(encoder, client, list);
  writeDeletions(encoder, deletions);
  return encoder.toUint8Array();
}

/** Deletions alone, as an update. */
export function deletionsUpdate(ds: Decoded['ds']): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, 0);
  writeDeletions(encoder, ds.clients);
  return encoder.toUint8Array();
}

function writeStructs(
  encoder: Y.UpdateEncoderV1,
  client: number,
  list: readonly Decoded['structs'][number][],
): void {
  encoding.writeVarUint(encoder.restEncoder, list.length);
  encoder.writeClient(client);
  encoding.writeVarUint(encoder.restEncoder, list[0]?.id.clock ?? 0);
  for (const struct of list) struct.write(encoder, 0);
}

function writeDeletions(encoder: Y.UpdateEncoderV1, clients: DeletedRanges): void {
  encoding.writeVarUint(encoder.restEncoder, clients.size);
  for (const [client, ranges] of clients) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, ranges.length);
    for (const { clock, len } of ranges) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
}

/**
 * Whether an update can be applied now as a whole: it builds on nothing that neither the document
 * nor the update itself has.
 */
export function isComplete(doc: Y.Doc, { structs, ds }: Decoded): boolean {
  const ends = new Map<number, number>();
  const endOf = (client: number) => ends.get(client) ?? Y.getState(doc.store, client);
  for (const struct of structs) {
    const { client, clock } = struct.id;
    if (struct instanceof Y.Skip || clock > endOf(client)) return false;
    ends.set(client, Math.max(endOf(client), clock + struct.length));
  }
  const has = (id: unknown) => !(id instanceof Y.ID) || id.clock < endOf(id.client);
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    if (!has(struct.origin) || !has(struct.rightOrigin) || !has(struct.parent)) return false;
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) if (clock + len > endOf(client)) return false;
  }
  return true;
}
