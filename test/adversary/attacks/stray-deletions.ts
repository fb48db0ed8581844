import { randomUUID } from 'node:crypto';
import * as encoding from 'lib0/encoding';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

/** An update of deletions alone, at clocks where nobody has written. */
export function strayDeletions(clients: number, perClient: number, first = 1): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, clients);
  for (let client = 0; client < clients; client++) {
    encoding.writeVarUint(encoder, first + client);
    encoding.writeVarUint(encoder, perClient);
    for (let i = 0; i < perClient; i++) {
      encoding.writeVarUint(encoder, 2 * i);
      encoding.writeVarUint(encoder, 1);
    }
  }
  return encoding.toUint8Array(encoder);
}

function deletions(name: string, update: (i: number) => Uint8Array): Attack {
  return {
    name,
    async prepare(ground) {
      const writer = await ground.person(`Writer ${randomUUID()}`);
      const pieceId = await ground.piece({ content: 'Words.' });
      await ground.member(pieceId, writer, 'writer');
      const updates = [0, 1, 2, 3, 4].map(update);
      return async (signal) => {
        for (let i = 0; !signal.aborted && i < 5; i++) {
          const ws = await openRaw(ground, pieceId, `token=${writer.token}`);
          const closed = new Promise<void>((resolve) => {
            ws.on('error', () => resolve()).once('close', () => resolve());
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          ws.send(encodeSync(i % 2 === 0 ? 'update' : 'step2', updates[i]!));
          await closed;
          ws.terminate();
        }
      };
    },
  };
}

export const tinyDeletions = deletions(
  'a writer deletes a million single letters that nobody wrote, 4 MB each time',
  (i) => strayDeletions(1, 1_000_000, 1 + i),
);

export const manyClients = deletions(
  'a writer deletes letters of 500,000 clients that there never were, 4 MB each time',
  (i) => strayDeletions(500_000, 1, 1 + i * 500_000),
);
