import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack, Ground } from '../attack.ts';
import { longState, writeInto } from '../long-piece.ts';

/** A piece of 1.7 MB, and somebody who may read it. */
async function longPiece(ground: Ground) {
  const reader = await ground.person(`Reader ${randomUUID()}`);
  const pieceId = await ground.piece({ title: 'A long piece' });
  await ground.member(pieceId, reader, 'reader');
  await writeInto(ground, pieceId, longState());
  return { reader, pieceId };
}

function questions(name: string, stateVector: (i: number) => Uint8Array): Attack {
  return {
    name,
    async prepare(ground) {
      const { reader, pieceId } = await longPiece(ground);
      const ws = await openRaw(ground, pieceId, `token=${reader.token}`);
      ws.on('error', () => undefined);
      return async (signal) => {
        for (let i = 0; i < 400; i++) ws.send(encodeSync('step1', stateVector(i)));
        // They are answered for as long as the attack lasts.
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), { once: true });
          ws.once('close', () => resolve());
          setTimeout(resolve, 10_000).unref();
        });
        ws.terminate();
      };
    },
  };
}

export const emptyQuestions = questions(
  'a reader asks 400 times for a piece of 1.7 MB',
  () => new Uint8Array([0]),
);

/** What is deleted no state vector tells: each of these asks for all of that. */
export const knowingQuestions = questions(
  'a reader asks 400 times for what is new in a piece of 1.7 MB',
  (i) => Y.encodeStateVector(new Map([[1 + i, 1]])),
);
