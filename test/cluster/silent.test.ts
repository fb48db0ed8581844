import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ServerBus } from '../../server/bus/open.ts';
import { api, connectListening, textOf } from '../engine/people-in-room.ts';
import { connect, createPiece, docHolds, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServers, type TestRunningServers } from '../support/running-server.ts';
import { until } from '../support/until.ts';

/** A bus on which nothing is ever heard. */
function silentBus(): ServerBus {
  const nothing = () => undefined;
  return {
    ...{ serverId: randomUUID(), live: false, redisLive: null },
    ...{ publish: nothing, onGap: nothing, onRedisChange: nothing, publishOnBoth: nothing },
    subscribe: () => ({ ready: Promise.resolve(false), end: nothing }),
    stats: () => [],
    close: async () => undefined,
  };
}

let servers: TestRunningServers;
let [here, there] = [{ url: '' }, { url: '' }];
let [own, ann, bob]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[] = [];

beforeAll(async () => {
  servers = await startRunningServers(2, {}, silentBus);
  [here, there] = servers.urls.map((url) => ({ url })) as [{ url: string }, { url: string }];
  [own, ann, bob] = await Promise.all(
    ['Owner', 'Ann', 'Bob'].map((name) => createPerson(here, name)),
  );
});
afterAll(async () => {
  expect(servers.warnings).toEqual([]);
  await servers.stop();
});
beforeEach(async () => {
  clients = [];
  pieceId = await createPiece(here, { content: 'One two three.', format: 'text' });
  await addMember(here, pieceId, own!, 'owner');
  await addMember(here, pieceId, ann!, 'writer');
  await addMember(here, pieceId, bob!, 'writer');
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}

test('C2 where servers hear nothing of each other, their text comes together all the same', async () => {
  const a = await joined(connect(here, pieceId, { token: ann!.token }));
  const b = await joined(connect(there, pieceId, { token: bob!.token }));
  for (let i = 0; i < 5; i++) {
    a.body.insert(0, `Here ${i}. `);
    await docHolds(b.doc, () => b.body.toJSON().includes(`Here ${i}. `));
    b.body.insert(b.body.length, `There ${i}. `);
    await docHolds(a.doc, () => a.body.toJSON().includes(`There ${i}. `));
  }
  const long = 'A long paragraph that is pasted. '.repeat(20_000);
  b.body.insert(0, long);
  await docHolds(a.doc, () => a.body.toJSON().includes(long));
});

test('C4 where servers hear nothing of each other, rights act on both all the same', async () => {
  const b = await joined(connectListening(there, pieceId, { token: bob!.token }));
  /** Types until that is refused for this reason; what was refused for another may be told late. */
  const refused = (reason: string) =>
    until(`it is refused: ${reason}`, () => {
      b.body.insert(0, '.');
      return b.events.splice(0).some((event) => event.reason === reason);
    });
  await api(here, 'PATCH', `/pieces/${pieceId}`, { body: { locked: true } });
  await refused('piece_locked');
  b.body.insert(0, 'Unlocked. ');
  await api(here, 'PATCH', `/pieces/${pieceId}`, { body: { locked: false } });
  await until('it is taken', async () => (await textOf(there, pieceId)).includes('Unlocked. '));
  await addMember(here, pieceId, bob!, 'reader');
  await refused('may_not_edit');
  const closed = b.closed();
  await api(here, 'DELETE', `/pieces/${pieceId}/members/${bob!.id}`);
  expect(await closed).toBe(4403);

  const { id, token } = await api<{ id: string; token: string }>(
    here,
    'POST',
    `/users/${ann!.id}/tokens`,
    { body: { name: 'another' } },
  );
  const a = await joined(connect(there, pieceId, { token }));
  const out = a.closed();
  await api(here, 'DELETE', `/users/${ann!.id}/tokens/${id}`);
  expect(await out).toBe(4401);
  const c = await joined(connect(there, pieceId, { token: own!.token }));
  const gone = c.closed();
  await api(here, 'DELETE', `/pieces/${pieceId}`);
  expect(await gone).toBe(4404);
});

test('C6 a client that goes from one server to the other writes on there, and both have all of it', async () => {
  const a = await joined(connectListening(here, pieceId, { token: ann!.token }));
  a.body.insert(0, 'At the one. ');
  await a.allSaved();
  for (let i = 0; i < 3; i++) {
    const [from, to] = i % 2 === 0 ? [here, there] : [there, here];
    const { doc } = a;
    const moved = await joined(connectListening(to, pieceId, { token: ann!.token, doc }));
    moved.body.insert(0, `Moved ${i}. `);
    await moved.allSaved();
    expect(await textOf(from, pieceId)).toContain(`Moved ${i}. `);
    moved.provider.destroy();
  }
});
