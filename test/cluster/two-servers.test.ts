import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  api,
  applyRefused,
  connectListening,
  lettersBy,
  refusedOf,
  textOf,
} from '../engine/people-in-room.ts';
import { encodePresence } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { Pen } from '../engine/pen.ts';
import { connect, createPiece, docHolds, when, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServers, type TestRunningServers } from '../support/running-server.ts';
import { until } from '../support/until.ts';

let servers: TestRunningServers;
let [here, there] = [{ url: '' }, { url: '' }];
let [own, ann, bob]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[] = [];

beforeAll(async () => {
  servers = await startRunningServers(2);
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
const stock = (at: { url: string }, person: TestPerson) =>
  joined(connect(at, pieceId, { token: person.token }));
const listening = (at: { url: string }, person: TestPerson) =>
  joined(connectListening(at, pieceId, { token: person.token }));
const has = (client: StockClient, text: string) =>
  docHolds(client.doc, () => client.body.toJSON().includes(text));

describe('C3 two servers share a piece', () => {
  test('text goes both ways, of any size, and each author keeps their name', async () => {
    const [a, b] = [await stock(here, ann!), await stock(there, bob!)];
    a.body.insert(0, 'From here. ');
    await has(b, 'From here. ');
    b.body.insert(0, 'From there. ');
    await has(a, 'From there. ');
    const long = 'A long paragraph that is pasted. '.repeat(20_000);
    b.body.insert(0, long);
    await has(a, long);
    a.body.insert(0, 'And on. ');
    await has(b, 'And on. ');
    expect(a.body.toDelta()).toEqual(b.body.toDelta());
    const letters = await lettersBy(there, pieceId);
    const by = (userId: string) =>
      letters.flatMap((one) => (one.userId === userId ? [one.text] : [])).join('');
    expect(by(ann!.id)).toBe('And on. From here. ');
    expect(by(bob!.id)).toBe(`${long}From there. `);
  });

  test('who reads at one server what was saved at the other finds it at once', async () => {
    const [a] = [await connectedSaved(here), await stock(there, bob!)];
    for (let i = 0; i < 50; i++) {
      a.body.insert(0, `Word ${i}. `);
      await a.allSaved();
      expect(await textOf(there, pieceId)).toContain(`Word ${i}. `);
      const newcomer = connect(there, pieceId, { token: bob!.token });
      await newcomer.synced();
      expect(newcomer.body.toJSON()).toContain(`Word ${i}. `);
      newcomer.destroy();
    }
  });

  const connectedSaved = (at: { url: string }) =>
    joined(connectListening(at, pieceId, { token: ann!.token }));

  test('P2 each sees the other’s cursor, with who it is, until they go', async () => {
    const [a, b] = [await stock(here, ann!), await stock(there, bob!)];
    const states = () => b.provider.awareness.getStates() as Map<number, { user?: object }>;
    a.provider.awareness.setLocalState({ user: { name: 'Somebody else' }, cursor: 3 });
    await when(b.provider.awareness as never, 'change', () => states().has(a.doc.clientID));
    expect(states().get(a.doc.clientID)).toMatchObject({
      user: { id: ann!.id, name: 'Ann', role: 'writer' },
      cursor: 3,
    });
    const late = await stock(there, own!);
    await until('a newcomer sees them too', () =>
      late.provider.awareness.getStates().has(a.doc.clientID),
    );
    a.provider.disconnect();
    await until('they are gone', () => !states().has(a.doc.clientID));
  });

  test('who is in a piece is told in lists of both, also where it is not open', async () => {
    await stock(here, ann!);
    const present = async () => {
      const { items } = await api<{ items: { id: string; present: { id: string }[] }[] }>(
        there,
        'GET',
        '/pieces?limit=100',
      );
      return items.find(({ id }) => id === pieceId)?.present.map(({ id }) => id) ?? [];
    };
    await until('Ann is there', async () => (await present()).includes(ann!.id));
    clients[0]!.destroy();
    await until('Ann is gone', async () => (await present()).length === 0);
  });

  test('comments and suggestions, members, titles and status are told on the other server', async () => {
    const b = await listening(there, own!);
    const anchor = { quote: 'two' };
    const { id } = await api<{ id: string }>(here, 'POST', `/pieces/${pieceId}/threads`, {
      body: { anchor, body: 'Why?', suggestion: { replacement: 'four' } },
    });
    expect(await b.event('thread')).toMatchObject({ kind: 'created', id });
    await api(here, 'POST', `/threads/${id}/comments`, { body: { body: 'Because.' } });
    expect(await b.event('thread')).toMatchObject({ kind: 'commented' });
    await api(here, 'POST', `/threads/${id}/accept`);
    expect(await b.event('thread')).toMatchObject({ kind: 'accepted' });
    await has(b, 'One four three.');
    await api(here, 'PATCH', `/pieces/${pieceId}`, { body: { title: 'New', status: 'review' } });
    expect(await b.event('title')).toMatchObject({ title: 'New' });
    expect(await b.event('status')).toMatchObject({ status: 'review' });
    await addMember(here, pieceId, ann!, 'reader');
    expect(await b.event('members')).toMatchObject({ userId: ann!.id, role: 'reader' });
  });

  test('a thread’s place is right at both, whichever had the piece open when the text changed', async () => {
    const { id } = await api<{ id: string }>(here, 'POST', `/pieces/${pieceId}/threads`, {
      body: { anchor: { quote: 'two' }, body: 'Why?' },
    });
    const position = async (at: { url: string }) =>
      (await api<{ position: { from: number } }>(at, 'GET', `/threads/${id}`)).position.from;
    for (const [i, at] of [here, there, there, here].entries()) {
      const other = at === here ? there : here;
      expect(await position(other)).toBe(4 + 5 * i);
      const writer = connectListening(at, pieceId, { token: ann!.token });
      await writer.synced();
      writer.body.insert(0, 'More ');
      await writer.allSaved();
      writer.destroy();
      expect(await position(at)).toBe(4 + 5 * (i + 1));
    }
  });

  test('R5 an edit that takes most of a piece away is told of at the other server, with its version', async () => {
    const text = 'A sentence of a long piece. '.repeat(200);
    const [a, b] = [await stock(here, ann!), await listening(there, own!)];
    a.body.insert(0, text);
    await has(b, text);
    a.body.delete(0, a.body.length - 1);
    expect(await b.event('version')).toMatchObject({ kind: 'wipe', by: ann!.id });
    const { items } = await api<{ items: { kind: string }[] }>(
      there,
      'GET',
      `/pieces/${pieceId}/versions`,
    );
    expect(items).toMatchObject([{ kind: 'wipe' }]);
  });

  test('R4 what one server refuses, an owner at the other is told of, and applies', async () => {
    const b = await listening(there, own!);
    await addMember(here, pieceId, ann!, 'reader');
    const a = await listening(here, ann!);
    a.body.insert(0, 'Refused. ');
    await a.event('refused');
    await b.event('refused-list');
    const [refused] = await refusedOf(there, pieceId);
    expect(await applyRefused(there, refused!.id, refused!.shown)).toEqual({ status: 204 });
    await has(b, 'Refused. ');
  });
});

describe('what one connection sends ends no server, and costs nobody else', () => {
  test('P2 a presence state that grows when it is written anew', async () => {
    const [a, b] = [await stock(here, ann!), await stock(there, bob!)];
    const pen = await Pen.open(here, pieceId, { token: own!.token });
    const json = `{"a":[${Array.from({ length: 3_000 }, () => '1e20').join()}]}`;
    const entry = encodePresenceEntry(pen.doc.clientID, 1, json);
    pen.frame(encodePresence(joinPresence([entry])));
    await until('it is closed', () => pen.code !== null);
    expect(pen.code).toBe(4400);
    a.body.insert(0, 'Still here. ');
    await has(b, 'Still here. ');
  });

  test('C6 P2 words under a clientID by which somebody else’s cursor goes: refused, and its owner writes on', async () => {
    const [a, b] = [await listening(here, ann!), await stock(there, bob!)];
    a.provider.awareness.setLocalState({ cursor: 1 });
    await until('it is seen', () => b.provider.awareness.getStates().has(a.doc.clientID));
    const pen = await Pen.open(there, pieceId, {
      from: b.doc,
      clientID: a.doc.clientID,
      token: bob!.token,
    });
    pen.post(pen.write('Not mine. '));
    await pen.heard();
    await until('it is kept as refused', async () =>
      (await refusedOf(there, pieceId)).some(({ reason }) => reason === 'not_your_client_id'),
    );
    a.body.insert(0, 'Mine. ');
    await a.allSaved();
    await has(b, 'Mine. ');
    expect(await textOf(here, pieceId)).not.toContain('Not mine');
    await pen.close();
  });
});

describe('C4 a right that is changed at one server acts on the other', () => {
  test('a lock: what comes after is refused there, and taken once it is unlocked', async () => {
    const b = await listening(there, bob!);
    await api(here, 'PATCH', `/pieces/${pieceId}`, { body: { locked: true } });
    await b.event('lock');
    b.body.insert(0, 'Late. ');
    expect(await b.event('refused')).toMatchObject({ reason: 'piece_locked' });
    await api(here, 'PATCH', `/pieces/${pieceId}`, { body: { locked: false } });
    await until('it is taken', async () => (await textOf(here, pieceId)).includes('Late. '));
  });

  test('a role: writing ends, a removal closes with 4403', async () => {
    const b = await listening(there, bob!);
    await addMember(here, pieceId, bob!, 'reader');
    await b.event('members');
    b.body.insert(0, 'Late. ');
    expect(await b.event('refused')).toMatchObject({ reason: 'may_not_edit' });
    const closed = b.closed();
    await api(here, 'DELETE', `/pieces/${pieceId}/members/${bob!.id}`);
    expect(await closed).toBe(4403);
  });

  test('a token, a disabled person: 4401', async () => {
    const eve = await createPerson(here, `Eve ${Date.now()}`);
    await addMember(here, pieceId, eve, 'writer');
    const { id, token } = await api<{ id: string; token: string }>(
      here,
      'POST',
      `/users/${eve.id}/tokens`,
      { body: { name: 'another' } },
    );
    const [one, other] = [
      await joined(connect(there, pieceId, { token })),
      await joined(connect(there, pieceId, { token: eve.token })),
    ];
    const [first, second] = [one.closed(), other.closed()];
    await api(here, 'DELETE', `/users/${eve.id}/tokens/${id}`);
    expect(await first).toBe(4401);
    await api(here, 'PATCH', `/users/${eve.id}`, { body: { disabled: true } });
    expect(await second).toBe(4401);
  });

  test('a deleted piece: 4404; a new name is shown', async () => {
    const [a, b] = [await stock(there, ann!), await stock(there, bob!)];
    a.provider.awareness.setLocalState({ cursor: 1 });
    await api(here, 'PATCH', `/users/${ann!.id}`, { body: { name: 'Anna' } });
    await until('the new name', () => {
      const state = b.provider.awareness.getStates().get(a.doc.clientID);
      return (state?.user as { name?: string } | undefined)?.name === 'Anna';
    });
    await api(here, 'PATCH', `/users/${ann!.id}`, { body: { name: 'Ann' } });
    const closed = b.closed();
    await api(here, 'DELETE', `/pieces/${pieceId}`);
    expect(await closed).toBe(4404);
  });
});
