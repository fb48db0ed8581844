import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

/** A state of so many structs, each a letter typed before all others: 10 bytes each. */
function manyStructs(count: number): { written: Uint8Array; deleted: Uint8Array } {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  doc.transact(() => {
    for (let i = 0; i < count; i++) body.insert(0, 'x');
  });
  const written = Y.encodeStateAsUpdate(doc);
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    for (let i = 0; i < count / 4; i++) body.delete(i, 1);
  });
  return { written, deleted: Y.encodeStateAsUpdate(doc, before) };
}

/** Much in a few bytes: a long text, and what `change` does to it in one edit after the other. */
function shortEdits(changes: readonly ((body: Y.Text) => void)[]): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  doc.transact(() => {
    body.insert(0, 'y'.repeat(letters));
    for (let i = 0; i < letters; i++) body.insert(0, 'x');
  });
  const updates = [Y.encodeStateAsUpdate(doc)];
  for (const change of changes) {
    const before = Y.encodeStateVector(doc);
    doc.transact(() => change(body));
    updates.push(Y.encodeStateAsUpdate(doc, before));
  }
  return updates;
}

const letters = 400_000;

/** Sends one after the other, each when the piece has answered what came before; ends where it is closed. */
function sends(
  name: string,
  make: () => readonly Uint8Array[],
  env: Readonly<Record<string, string>> = {},
): Attack {
  return {
    name,
    env: { MAX_FRAME_BYTES: String(16 * 1024 * 1024), ...env },
    async prepare(ground) {
      const writer = await ground.person(`Writer ${randomUUID()}`);
      const updates = make();
      return async (signal) => {
        const pieceId = await ground.piece({ content: 'Words.' });
        await ground.member(pieceId, writer, 'writer');
        const ws = await openRaw(ground, pieceId, `token=${writer.token}&ext=1`);
        const through = new Promise<void>((resolve) => {
          let messages = 0;
          ws.on('message', (data: Buffer) => {
            // Saved, or told that it is refused.
            if (data[0] === 100 || data[0] === 101) messages++;
            if (messages >= updates.length) resolve();
          });
          ws.on('error', () => resolve()).once('close', () => resolve());
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        updates.forEach((update, i) =>
          ws.send(encodeSync(i % 2 === 0 ? 'step2' : 'update', update)),
        );
        await through;
        ws.terminate();
      };
    },
  };
}

export const largeUpdates: readonly Attack[] = [
  sends('a writer sends 4 MB of 400,000 structs, and deletes a quarter of them', () => {
    const { written, deleted } = manyStructs(400_000);
    return [written, deleted];
  }),
  sends(
    'a writer sends 4 MB to a piece that has no room for it',
    () => [manyStructs(400_000).written],
    { MAX_PIECE_BYTES: '1000000' },
  ),
  sends('a writer deletes 400,000 letters that were typed one by one in 20 bytes', () =>
    shortEdits([(body) => body.delete(0, letters), (body) => body.insert(0, 'Gone.')]),
  ),
  sends('a writer makes a text of 400,000 items bold, and deletes in it, 40 times', () =>
    shortEdits(
      Array.from({ length: 40 }, (_, i) => (body: Y.Text) => {
        if (i % 2 === 0) body.format(0, body.length, { bold: i % 4 === 0 });
        else body.delete(1_000, 2_000);
      }),
    ),
  ),
  sends('a writer deletes every other letter of what they wrote before 400,000 others', () =>
    shortEdits([
      (body) => {
        for (let i = 0; i < 1_000; i++) body.delete(letters + 1 + i, 1);
      },
    ]),
  ),
];
