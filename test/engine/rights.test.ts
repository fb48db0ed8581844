import { once } from 'node:events';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connect, createPiece, docHolds, when, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { api, connectListening, refusedOf, textOf } from './people-in-room.ts';

let server: TestRunningServer;
let [ann, bob, rae]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[];

beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob, rae] = await Promise.all(
    ['Ann', 'Bob', 'Rae Reader'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());

beforeEach(async () => {
  clients = [];
  pieceId = await createPiece(server, { content: 'One two three.', format: 'text' });
  await addMember(server, pieceId, ann!, 'writer');
  await addMember(server, pieceId, bob!, 'writer');
  await addMember(server, pieceId, rae!, 'reader');
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}
const stock = (person: TestPerson, token = person.token) =>
  joined(connect(server, pieceId, { token }));

interface SeenUser {
  readonly id: string;
  readonly name: string;
}

/** The users that a client sees, by clientID. */
function seenBy(client: StockClient): Map<number, SeenUser> {
  const states = [...client.provider.awareness.getStates()] as [number, { user?: SeenUser }][];
  return new Map(states.flatMap(([id, { user }]) => (user ? [[id, user]] : [])));
}
const seen = (client: StockClient, holds: () => boolean) =>
  when(
    client.provider.awareness as unknown as Parameters<typeof when<'change'>>[0],
    'change',
    holds,
  );

describe('P2 nobody speaks or writes as somebody else', () => {
  test('a client that says whose words it holds gets in as that person, and as nobody else', async () => {
    const as = (person: TestPerson) => {
      const client = connect(server, pieceId, { token: bob!.token, params: { person: person.id } });
      clients.push(client);
      return client;
    };
    expect(await as(ann!).closed()).toBe(4401);
    await as(bob!).synced();
  });

  test('a reader who calls themself Editor-in-Chief appears under their real name', async () => {
    const [a, reader] = [await stock(ann!), await stock(rae!)];
    reader.provider.awareness.setLocalState({ user: { name: 'Editor-in-Chief', id: ann!.id } });
    const id = reader.doc.clientID;
    await seen(a, () => seenBy(a).has(id));
    expect(seenBy(a).get(id)).toMatchObject({ id: rae!.id, name: 'Rae Reader', role: 'reader' });
  });

  test('presence under another’s clientID is ignored', async () => {
    const [a, b] = [await stock(ann!), await stock(bob!)];
    a.provider.awareness.setLocalState({ cursor: 'ann' });
    await seen(b, () => seenBy(b).has(a.doc.clientID));
    const forger = connect(server, pieceId, { token: rae!.token });
    await joined(forger);
    forger.provider.awareness.clientID = a.doc.clientID;
    forger.provider.awareness.meta.set(a.doc.clientID, { clock: 900, lastUpdated: Date.now() });
    forger.provider.awareness.setLocalState({ cursor: 'rae' });
    // What comes after it has come: then the forged state would have, too.
    b.provider.awareness.setLocalState({ cursor: 'bob' });
    await seen(a, () => seenBy(a).has(b.doc.clientID));
    expect(seenBy(b).get(a.doc.clientID)).toMatchObject({ id: ann!.id });
    expect(b.provider.awareness.getStates().get(a.doc.clientID)).toMatchObject({ cursor: 'ann' });
  });

  test('writing under another’s clientID is refused, and whose it is is stored', async () => {
    const a = await stock(ann!);
    a.body.insert(0, 'Ann. ');
    const b = await joined(connectListening(server, pieceId, { token: bob!.token }));
    await docHolds(b.doc, () => b.body.toJSON().startsWith('Ann. '));
    const own = b.doc.clientID;
    b.doc.clientID = a.doc.clientID;
    b.body.insert(0, 'I resign. ');
    expect(await b.event('refused')).toMatchObject({ reason: 'not_your_client_id', kept: true });
    b.doc.clientID = own;
    expect(await textOf(server, pieceId)).toBe('Ann. One two three.\n');
    const [row] = await refusedOf(server, pieceId);
    expect(row).toMatchObject({ author: { name: 'Bob' }, added: 'I resign. ' });
    const sql = postgres(server.databaseUrl, { max: 1 });
    const known = await sql`
      select user_id from client_ids
      where piece_id = ${pieceId} and client_id = ${a.doc.clientID}`;
    await sql.end();
    expect(known).toEqual([{ user_id: ann!.id }]);
  });
});

describe('P1 a withdrawn right acts on open sockets within a second', () => {
  test('downgraded: goes on reading, writes no more, and the others see the new role', async () => {
    const a = await joined(connectListening(server, pieceId, { token: ann!.token }));
    const b = await stock(bob!);
    await addMember(server, pieceId, ann!, 'reader');
    expect(await a.event('members')).toMatchObject({ userId: ann!.id, role: 'reader' });
    a.body.insert(0, 'too late ');
    await a.event('refused');
    b.body.insert(0, 'still read ');
    await docHolds(a.doc, () => a.body.toJSON().includes('still read'));
    expect(await textOf(server, pieceId)).toBe('still read One two three.\n');
  });

  test('title and status are told to who understands it, and to nobody else', async () => {
    const a = await joined(connectListening(server, pieceId, { token: ann!.token }));
    const b = await stock(bob!);
    const types: number[] = [];
    (b.provider.ws as unknown as WebSocket).on('message', (data: Buffer) => types.push(data[0]!));
    await api(server, 'PATCH', `/pieces/${pieceId}`, { body: { title: 'New', status: 'review' } });
    expect(await a.event('title')).toMatchObject({ title: 'New' });
    expect(await a.event('status')).toEqual({ type: 'status', status: 'review' });
    await docHolds(b.doc, () => b.doc.getText('title').toJSON() === 'New');
    expect(types.filter((type) => type >= 100)).toEqual([]);
  });

  const withdrawn: [string, number, (person: TestPerson, tokenId: string) => Promise<unknown>][] = [
    [
      'taken off the piece',
      4403,
      (person) => api(server, 'DELETE', `/pieces/${pieceId}/members/${person.id}`),
    ],
    [
      'the token is withdrawn',
      4401,
      (person, tokenId) => api(server, 'DELETE', `/users/${person.id}/tokens/${tokenId}`),
    ],
    ['the piece is deleted', 4404, () => api(server, 'DELETE', `/pieces/${pieceId}`)],
  ];

  test.each(withdrawn)('%s: %i, with 200 sockets open', async (name, code, withdraw) => {
    const { id, token } = await newToken(ann!);
    const others = await Promise.all(
      Array.from({ length: 200 }, () => openRaw(server, pieceId, `token=${bob!.token}`)),
    );
    const socket = await openRaw(server, pieceId, `token=${token}`);
    await once(socket, 'message');
    const closed = closeCodeOf(socket);
    const from = performance.now();
    await withdraw(ann!, id);
    expect(await closed).toBe(code);
    const took = performance.now() - from;
    console.log(`${name}: closed after ${took.toFixed(0)} ms`);
    for (const other of others) other.terminate();
  });

  test('a token that expires in mid-session closes with 4401, and the client stays away', async () => {
    const { token } = await newToken(ann!, new Date(Date.now() + 1_500));
    const a = await stock(ann!, token);
    a.body.insert(0, 'in time ');
    expect(await a.closed()).toBe(4401);
    expect(a.provider.shouldConnect).toBe(false);
    expect(await textOf(server, pieceId)).toBe('in time One two three.\n');
  });

  async function newToken(person: TestPerson, expiresAt?: Date) {
    const body = { name: 'test', ...(expiresAt && { expiresAt: expiresAt.toISOString() }) };
    return api<{ id: string; token: string }>(server, 'POST', `/users/${person.id}/tokens`, {
      body,
    });
  }
});

describe('P3 a browser comes in with its cookie', () => {
  const origin = () => server.url;

  async function signIn(person: TestPerson): Promise<string> {
    const { url } = await api<{ url: string }>(server, 'POST', `/users/${person.id}/invite`);
    const answer = await fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invite: new URL(url).hash.slice(1) }),
    });
    return answer.headers.getSetCookie()[0]!.split(';', 1)[0]!;
  }

  function open(cookie: string, from: string | undefined): WebSocket {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/collab/${pieceId}`, {
      headers: { cookie, ...(from === undefined ? {} : { origin: from }) },
    });
    ws.on('error', () => undefined);
    return ws;
  }

  test('from an allowed page, and signing out closes it, in this browser or everywhere', async () => {
    for (const everywhere of [false, true]) {
      const cookie = await signIn(ann!);
      const ws = open(cookie, origin());
      await once(ws, 'message');
      const closed = closeCodeOf(ws);
      const path = everywhere ? `/users/${ann!.id}/sessions` : '/session';
      const answer = await fetch(`${server.url}/api${path}`, {
        method: 'DELETE',
        headers: { cookie },
      });
      expect(answer.status).toBe(204);
      expect(await closed).toBe(4401);
      expect(await closeCodeOf(open(cookie, origin()))).toBe(4401);
    }
  });

  test('a page from elsewhere does not get in with it', async () => {
    const cookie = await signIn(ann!);
    for (const from of ['https://evil.example', 'null']) {
      const ws = open(cookie, from);
      const [, answer] = (await once(ws, 'unexpected-response')) as [
        unknown,
        { statusCode: number },
      ];
      expect(answer.statusCode).toBe(403);
    }
  });

  test('a session that has run out lets nobody in', async () => {
    const cookie = await signIn(ann!);
    const sql = postgres(server.databaseUrl, { max: 1 });
    await sql`update sessions set expires_at = now() - interval '1 s' where user_id = ${ann!.id}`;
    await sql.end();
    expect(await closeCodeOf(open(cookie, origin()))).toBe(4401);
  });
});
