import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import { api, untilGivenUp } from '../api.ts';
import type { Attack } from '../attack.ts';

const structs = 100_000;

/** An owner and a reviewer who are of one mind: what is shown, planned and applied is 1 MB. */
export const largeRefused: Attack = {
  name: 'an owner looks at and applies what a reviewer has sent: 1 MB of 100,000 structs',
  async prepare(ground) {
    const owner = await ground.person(`Owner ${randomUUID()}`);
    const reviewer = await ground.person(`Reviewer ${randomUUID()}`);
    const doc = new Y.Doc();
    const body = doc.getText('body');
    doc.transact(() => {
      for (let i = 0; i < structs; i++) body.insert(0, 'x');
    });
    const update = Y.encodeStateAsUpdate(doc);
    return async (signal) => {
      const pieceId = await ground.piece({ content: 'Words.' });
      await ground.member(pieceId, owner, 'owner');
      await ground.member(pieceId, reviewer, 'reviewer');
      const ws = await openRaw(ground, pieceId, `token=${reviewer.token}&ext=1`);
      const kept = new Promise<void>((resolve) => {
        ws.on('message', (data: Buffer) => {
          // Told that it is refused, and kept.
          if (data[0] === 101) resolve();
        });
        ws.on('error', () => resolve()).once('close', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      ws.send(encodeSync('step2', update));
      await kept;
      ws.terminate();
      if (signal.aborted) return;
      const ask = api(ground, owner, signal);
      try {
        const listed = await ask('GET', `/api/pieces/${pieceId}/refused`);
        const { items } = (await listed.json()) as { items: { id: string }[] };
        const applying = items.map(({ id }) =>
          ask('POST', `/api/refused/${id}/apply`, undefined, { 'if-match': '*' }),
        );
        await untilGivenUp(signal, applying);
      } catch (err) {
        if (!signal.aborted) throw err;
      }
    };
  },
};
