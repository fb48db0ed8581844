import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { until } from '../support/until.ts';
import { api } from './api.ts';
import { littleOpen, openAll } from './attacks/open-pieces.ts';
import { groundOn } from './ground.ts';

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer(littleOpen);
});
afterAll(() => server.stop());

/** Pieces of 1.6 MB. */
async function longPieces(owner: TestPerson, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const ground = groundOn({ url: server.url, pid: process.pid });
    const content = 'Words that fill a piece. '.repeat(64_000);
    const id = await ground.piece({ content, format: 'text' });
    await addMember(server, id, owner, 'writer');
    ids.push(id);
  }
  return ids;
}

/** Whether the server has let it in, or with which code it has closed it. */
function fate(ws: WebSocket): { in: boolean; code: number | null } {
  const told = { in: false, code: null as number | null };
  ws.on('message', () => (told.in = true));
  ws.on('close', (code) => (told.code = code));
  return told;
}

test('B2 of 15 long pieces of one person there are open what there is room for, and a stranger’s opens', async () => {
  const [heavy, stranger] = await Promise.all(
    ['Heavy', 'Stranger'].map((name) => createPerson(server, name)),
  );
  const ids = await longPieces(heavy!, 15);
  const [theirs] = await longPieces(stranger!, 1);
  const sockets = openAll(server, heavy!, ids);
  const fates = sockets.map(fate);
  await until('all are in or closed', () => fates.every((one) => one.in || one.code !== null));
  const open = () => fates.filter(({ code }) => code === null).length;
  expect(open()).toBe(2);
  expect(fates.map(({ code }) => code).filter((code) => code !== null)).toEqual(
    Array(13).fill(1013),
  );

  const answer = await api(server, heavy!)('GET', `/api/pieces/${closedOf(ids, fates)}/export`);
  expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, 2]);
  expect(await answer.json()).toMatchObject({ code: 'too_much_open' });

  const [own] = openAll(server, stranger!, [theirs!]);
  const ownFate = fate(own!);
  await until('the stranger is in', () => ownFate.in);
  expect(open()).toBe(1);
  const read = await api(server, stranger!)('GET', `/api/pieces/${theirs!}/export`);
  expect([read.status, (await read.text()).length > 1e6]).toEqual([200, true]);
  expect(ownFate.code).toBeNull();
  for (const ws of [...sockets, own!]) ws.terminate();
});

function closedOf(ids: readonly string[], fates: readonly { code: number | null }[]): string {
  return ids[fates.findIndex(({ code }) => code !== null)]!;
}
