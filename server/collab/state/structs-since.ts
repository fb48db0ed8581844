import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { firstEndingAfter } from '../updates/structs.ts';

/** Above either, somebody is so far behind that they get the whole state, which is ready. */
const mostStructs = 1_000;
const mostLetters = 100_000;

/**
 * The structs that a document has and a state vector does not, as an update without deletions. Null:
 * more than can be written within some 2 ms (B1). They are found by halving, so nothing else grows with
 * the piece but one look at each clientID, of which there is a bound.
 */
export function structsSince(doc: Y.Doc, known: ReadonlyMap<number, number>): Uint8Array | null {
  const found: { client: number; clock: number; list: readonly Written[]; from: number }[] = [];
  let [structs, letters] = [0, 0];
  for (const [client, list] of doc.store.clients) {
    const end = Y.getState(doc.store, client);
    const clock = known.get(client) ?? 0;
    if (end <= clock) continue;
    const from = firstEndingAfter(list, clock);
    structs += list.length - from;
    letters += end - clock;
    if (structs > mostStructs || letters > mostLetters) return null;
    found.push({ client, clock, list, from });
  }
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, found.length);
  // Those with the greater clientIDs first, as Yjs has it.
  for (const { client, clock, list, from } of found.sort((a, b) => b.client - a.client)) {
    encoding.writeVarUint(encoder.restEncoder, list.length - from);
    encoder.writeClient(client);
    encoding.writeVarUint(encoder.restEncoder, clock);
    for (let i = from; i < list.length; i++) {
      const struct = list[i];
      struct?.write(encoder, i === from ? clock - struct.id.clock : 0);
    }
  }
  encoding.writeVarUint(encoder.restEncoder, 0);
  return encoder.toUint8Array();
}

type Written = Y.Item | Y.GC;
