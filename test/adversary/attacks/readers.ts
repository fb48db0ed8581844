import { encodePresence, encodeSync, messageType } from '../../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../../shared/protocol/presence.ts';
import { once } from 'node:events';
import * as Y from 'yjs';
import { WebSocket } from 'ws';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack, Ground } from '../attack.ts';
import { longState, writeInto } from '../long-piece.ts';

/** A reader who opens one socket after the other; `speak` sends on one until that is `over`. */
function reader(
  name: string,
  who: string,
  speak: (ws: WebSocket, over: AbortSignal) => Promise<void>,
): Attack {
  return {
    name,
    async prepare(ground: Ground) {
      const person = await ground.person(who);
      const piece = await ground.piece({ content: 'A word or two.', format: 'text' });
      await ground.member(piece, person, 'reader');
      return async (signal) => {
        const url = `${ground.url.replace('http', 'ws')}/collab/${piece}?token=${person.token}`;
        while (!signal.aborted) {
          const ws = new WebSocket(url);
          // A close or a reset ends this socket, and the next is opened.
          ws.on('error', () => undefined);
          const closed = once(ws, 'close');
          const over = new AbortController();
          ws.on('close', () => over.abort());
          signal.addEventListener('abort', () => over.abort(), { signal: over.signal });
          await Promise.race([once(ws, 'open'), closed]);
          if (ws.readyState === WebSocket.OPEN) await speak(ws, over.signal);
          ws.terminate();
          await closed;
        }
      };
    },
  };
}

async function send(ws: WebSocket, frame: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => ws.send(frame, () => resolve()));
}

/** Row 3: what a reader writes is refused, and kept. */
export const refusedInserts = reader(
  'a reader: inserts of 70 kB, each refused',
  'Refused Reader',
  async (ws, over) => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let n = 0; n < 48 && !over.aborted; n++) {
      doc.getText('body').insert(0, 'refused '.repeat(8_750));
      await send(ws, encodeSync('update', updates.at(-1)!));
    }
  },
);

/** Each of them is all that the piece has: no news, but all of it has to be read to be told so. */
export const knownStates: Attack = {
  name: 'a reader sends the 1.7 MB that a piece has, again and again',
  async prepare(ground) {
    const person = await ground.person('Knowing Reader');
    const piece = await ground.piece({ title: 'A long piece' });
    await ground.member(piece, person, 'reader');
    await writeInto(ground, piece, longState());
    return async (signal) => {
      const ws = await openRaw(ground, piece, `token=${person.token}&ext=1`);
      const saved = new Promise<void>((resolve) => {
        ws.on('message', (data: Buffer) => {
          if (data[0] === messageType.saved) resolve();
        });
        ws.on('error', () => resolve()).once('close', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      ws.send(encodeSync('step2', longState()));
      await saved;
      ws.terminate();
    };
  },
};

/** Row 4: presence of clients that there are none of. */
export const presenceOfAMillion = reader(
  'a reader: presence of a million clients in one message',
  'Loud Reader',
  async (ws, over) => {
    const entries = [];
    for (let n = 1; n <= 1_000_000; n++) entries.push(encodePresenceEntry(n, 1, '{}'));
    await send(ws, encodePresence(joinPresence(entries)));
    if (over.aborted) return;
    await new Promise((resolve) => over.addEventListener('abort', resolve));
  },
);
