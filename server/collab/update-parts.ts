import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Decoded } from './updates/read-update.ts';

/**
 * The part of an update that was written with some clientIDs, as an update of its own. `deletions`:
 * whether its deletions, which do not say whose they are, come along. Null where nothing is left.
 *
 * Yjs can merge updates, and cut them by time, but not by clientID; the layout is that of its
 * `writeClientsStructs` (encoding v1).
 */
export function partOf(
  { structs, ds }: Decoded,
  takes: (clientId: number) => boolean,
  deletions: boolean,
): Uint8Array | null {
  const byClient = new Map<number, Decoded['structs'][number][]>();
  for (const struct of structs) {
    const { client } = struct.id;
    if (!takes(client)) continue;
    const list = byClient.get(client);
    if (list === undefined) byClient.set(client, [struct]);
    else list.push(struct);
  }
  const withDeletions = deletions && ds.clients.size > 0;
  if (byClient.size === 0 && !withDeletions) return null;
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  for (const [client, list] of byClient) writeStructs(encoder, client, list);
  writeDeletions(encoder, withDeletions ? ds.clients : new Map<never, never>());
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

function writeDeletions(encoder: Y.UpdateEncoderV1, clients: Decoded['ds']['clients']): void {
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
