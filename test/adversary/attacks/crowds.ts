import { once } from 'node:events';
import type { WebSocket } from 'ws';
import * as Y from 'yjs';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

const sockets = 2_000;

/** Each key goes to all of them. */
export const crowdedRoom: Attack = {
  name: 'a writer opens a piece in 2,000 windows, and types in one of them',
  async prepare(ground) {
    const person = await ground.person('Crowd');
    const piece = await ground.piece({ content: 'Words.' });
    await ground.member(piece, person, 'writer');
    const windows: WebSocket[] = [];
    for (let i = 0; i < sockets; i += 50) {
      const some = Array.from({ length: 50 }, () =>
        openRaw(ground, piece, `token=${person.token}&ext=1`),
      );
      windows.push(...(await Promise.all(some)));
    }
    return async (signal) => {
      const doc = new Y.Doc();
      const [first, last] = [windows[0]!, windows.at(-1)!];
      doc.on('update', (update: Uint8Array) => first.send(encodeSync('update', update)));
      const echo = new AbortController();
      signal.addEventListener('abort', () => echo.abort(), { once: true });
      while (!signal.aborted) {
        doc.getText('body').insert(0, 'x');
        // As fast as the last of them is told.
        await once(last, 'message', { signal: echo.signal }).catch(() => undefined);
      }
    };
  },
};
