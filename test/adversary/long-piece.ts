import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { encodeSync, messageType } from '../../shared/protocol/messages.ts';
import { openRaw } from '../support/raw-socket.ts';
import { adminToken } from '../support/server-process.ts';
import { seeded } from '../support/random.ts';

let state: Uint8Array | null = null;

/** The state of a piece of 1.7 MB that has been written in all over: some 100,000 structs. */
export function longState(): Uint8Array {
  state ??= written(60_000);
  return state;
}

/** A state with so many edits behind it; always the same. */
export function written(edits: number): Uint8Array {
  const random = seeded(7);
  const doc = new Y.Doc();
  const body = doc.getText('body');
  doc.transact(() => {
    for (let i = 0; i < edits; i++) {
      if (i % 1_000 === 0) doc.clientID = 1_000 + random.int(2 ** 30);
      body.insert(random.int(body.length + 1), 'word '.slice(0, 1 + random.int(5)));
      if (i % 4 === 0 && body.length > 50)
        body.delete(random.int(body.length - 10), 1 + random.int(5));
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

/** Writes an update into a piece as the admin; resolves when it is saved. */
export async function writeInto(
  server: { readonly url: string },
  pieceId: string,
  update: Uint8Array,
): Promise<void> {
  const ws = await openRaw(server, pieceId, `token=${adminToken}&ext=1`);
  const saved = new Promise<void>((resolve, reject) => {
    ws.on('close', (code) => reject(new Error(`closed with ${code}`)));
    ws.on('message', (data: Buffer) => {
      if (decoding.readVarUint(decoding.createDecoder(data)) === messageType.saved) resolve();
    });
  });
  ws.send(encodeSync('update', update));
  await saved;
  ws.removeAllListeners('close');
  ws.close();
  await once(ws, 'close');
}
