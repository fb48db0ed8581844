import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { connect, createPiece, docHolds, when, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { api, connectListening, refusedOf, textOf } from './people-in-room.ts';

let server: TestRunningServer;
let bob: TestPerson;
let pieceId: string;
let clients: StockClient[];
let count = 0;

beforeAll(async () => {
  server = await startRunningServer();
  bob = await createPerson(server, 'Bob');
});
afterAll(() => server.stop());
beforeEach(async () => {
  clients = [];
  pieceId = await createPiece(server, { content: 'One two three.', format: 'text' });
  await addMember(server, pieceId, bob, 'writer');
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}

/** Somebody new, since they are gone after each test. */
async function newPerson(): Promise<TestPerson> {
  const person = await createPerson(server, `Leaver ${count++}`);
  await addMember(server, pieceId, person, 'writer');
  return person;
}

const change = (person: TestPerson, body: object) =>
  api(server, 'PATCH', `/users/${person.id}`, { body });

describe('P5 what somebody has open', () => {
  const ends: [string, (person: TestPerson) => Promise<unknown>][] = [
    ['disabled', (person) => change(person, { disabled: true })],
    ['erased', (person) => api(server, 'DELETE', `/users/${person.id}`)],
  ];

  test.each(ends)('%s: every socket is closed with 4401, and stays out', async (_name, end) => {
    const person = await newPerson();
    const other = await createPiece(server, { content: 'Another.', format: 'text' });
    await addMember(server, other, person, 'reader');
    const sockets: WebSocket[] = [];
    for (const id of [pieceId, other, pieceId]) {
      const socket = await openRaw(server, id, `token=${person.token}`);
      await once(socket, 'message');
      sockets.push(socket);
    }
    const codes = Promise.all(sockets.map(closeCodeOf));
    await end(person);
    expect(await codes).toEqual([4401, 4401, 4401]);
    const again = await openRaw(server, pieceId, `token=${person.token}`);
    expect(await closeCodeOf(again)).toBe(4401);
  });

  test.each(ends)('%s: who is joining meanwhile does not stay', async (_name, end) => {
    const person = await newPerson();
    const joining = Array.from({ length: 20 }, () =>
      openRaw(server, pieceId, `token=${person.token}`).then(closeCodeOf),
    );
    await end(person);
    // Who was known already, and is on no piece any more when that is looked up, hears 4403.
    for (const code of await Promise.all(joining)) expect([4401, 4403]).toContain(code);
  });

  test('an admin who is demoted is, at once, what they are as a member of each piece', async () => {
    const chief = await createPerson(server, `Chief ${count++}`);
    await change(chief, { role: 'admin' });
    const mine = await createPiece(server, { content: 'As a reader.', format: 'text' });
    await addMember(server, mine, chief, 'reader');
    const none = await openRaw(server, pieceId, `token=${chief.token}`);
    await once(none, 'message');
    const reads = await joined(connectListening(server, mine, { token: chief.token }));
    const closed = closeCodeOf(none);
    await change(chief, { role: 'member' });
    expect(await closed).toBe(4403);
    reads.body.insert(0, 'Too late. ');
    expect(await reads.event('refused')).toMatchObject({ reason: 'may_not_edit' });
    await change(chief, { role: 'admin' });
    // Asked again for what they have: now they may.
    await expect.poll(() => textOf(server, mine)).toBe('Too late. As a reader.\n');
  });

  test('P2 a new name is shown to the others at once', async () => {
    const person = await newPerson();
    const a = await joined(connect(server, pieceId, { token: person.token }));
    const b = await joined(connect(server, pieceId, { token: bob.token }));
    a.provider.awareness.setLocalState({ cursor: null });
    const names = () =>
      [...b.provider.awareness.getStates().values()].map(
        (state) => (state as { user?: { name: string } }).user?.name,
      );
    const awareness = b.provider.awareness as unknown as Parameters<typeof when<'change'>>[0];
    await when(awareness, 'change', () => names().includes(person.name));
    await change(person, { name: 'Married Name' });
    await when(awareness, 'change', () => names().includes('Married Name'));
  });
});

describe('P6 a read-only token on a socket', () => {
  async function readOnlyToken(person: TestPerson): Promise<string> {
    const body = { name: 'reads', readOnly: true };
    const made = await api<{ token: string }>(server, 'POST', `/users/${person.id}/tokens`, {
      body,
    });
    return made.token;
  }

  test('joins as a reader, whatever its person may do, and stays one when that grows', async () => {
    const person = await newPerson();
    const client = await joined(
      connectListening(server, pieceId, { token: await readOnlyToken(person) }),
    );
    client.body.insert(0, 'Not mine to write. ');
    expect(await client.event('refused')).toMatchObject({ reason: 'may_not_edit' });
    await addMember(server, pieceId, person, 'owner');
    await change(person, { role: 'admin' });
    const writes = await joined(connect(server, pieceId, { token: person.token }));
    writes.body.insert(0, 'By the other token. ');
    await docHolds(client.doc, () => client.body.toJSON().includes('By the other token.'));
    expect(await textOf(server, pieceId)).toBe('By the other token. One two three.\n');
  });

  test('makes no refused edits of its person’s, small or large, and is told that nothing is kept', async () => {
    const person = await newPerson();
    const token = await readOnlyToken(person);
    const client = await joined(connectListening(server, pieceId, { token }));
    const notKept = { reason: 'may_not_edit', kept: false, id: null };
    client.body.insert(0, 'Not mine. ');
    expect(await client.event('refused')).toMatchObject(notKept);
    client.body.delete(0, 12);
    expect(await client.event('refused')).toMatchObject(notKept);
    client.body.insert(0, 'x'.repeat(100_000));
    expect(await client.event('refused')).toMatchObject(notKept);
    await api(server, 'DELETE', `/pieces/${pieceId}/members/${person.id}`);
    const late = connectListening(server, pieceId, { token, doc: client.doc });
    clients.push(late);
    expect(await late.closed()).toBe(4403);
    expect(await refusedOf(server, pieceId)).toEqual([]);
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
  });
});
