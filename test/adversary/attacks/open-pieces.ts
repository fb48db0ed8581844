import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { TestPerson } from '../../support/people.ts';
import type { Attack, Ground } from '../attack.ts';
import { longState, writeInto } from '../long-piece.ts';

/** Room for two pieces of 1.7 MB. */
export const littleOpen = { MAX_PIECE_BYTES: '2000000', MAX_OPEN_BYTES: '4000000' };

const pieces = 15;

export const openPieces: Attack = {
  name: 'a reader has 15 pieces of 1.7 MB opened at once, again and again',
  env: littleOpen,
  async prepare(ground) {
    const reader = await ground.person(`Reader ${randomUUID()}`);
    const ids: string[] = [];
    for (let n = 0; n < pieces; n++) {
      const id = await ground.piece({ title: `Long ${n}` });
      await ground.member(id, reader, 'reader');
      await writeInto(ground, id, longState());
      ids.push(id);
    }
    return async (signal) => {
      const sockets = openAll(ground, reader, ids);
      await Promise.all([
        ...sockets.map((ws) => spokenTo(ws, signal)),
        ...ids.map((id) => exported(ground, reader, id)),
      ]);
      for (const ws of sockets) ws.terminate();
    };
  },
};

/** A socket to each of them, which is yet to open. */
export function openAll(
  { url }: Pick<Ground, 'url'>,
  { token }: TestPerson,
  ids: readonly string[],
): WebSocket[] {
  return ids.map((id) => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/collab/${id}?token=${token}`);
    ws.on('error', () => undefined);
    return ws;
  });
}

/** The server has said something, or has closed it. */
async function spokenTo(ws: WebSocket, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    ws.once('message', () => resolve()).once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function exported(ground: Ground, { token }: TestPerson, id: string): Promise<void> {
  const answer = await fetch(`${ground.url}/api/pieces/${id}/export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
}
