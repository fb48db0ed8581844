import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, createPiece, docHolds, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { until } from '../support/until.ts';
import { api, connectListening, refusedOf, textOf } from './people-in-room.ts';

let server: TestRunningServer;
let [own, ann, rev]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[];

beforeAll(async () => {
  server = await startRunningServer({ MAX_PIECE_BYTES: '20000' });
  [own, ann, rev] = await Promise.all(
    ['Owner', 'Ann', 'Rev'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());

beforeEach(async () => {
  clients = [];
  pieceId = await createPiece(server, { content: 'One two three.', format: 'text' });
  await addMember(server, pieceId, own!, 'owner');
  await addMember(server, pieceId, ann!, 'writer');
  await addMember(server, pieceId, rev!, 'reviewer');
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}
const stock = (person: TestPerson) => joined(connect(server, pieceId, { token: person.token }));
const listening = (person: TestPerson) =>
  joined(connectListening(server, pieceId, { token: person.token }));

/** The status and code that a call is answered with. */
async function answerOf(person: TestPerson, method: string, path: string, body?: object) {
  const answer = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(method === 'PUT' && { 'if-match': '*' }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return [answer.status, text === '' ? '' : (JSON.parse(text) as { code?: string }).code];
}
const lock = (locked: boolean, person = own!) =>
  answerOf(person, 'PATCH', `/pieces/${pieceId}`, { locked });

describe('R4 a locked piece', () => {
  test('is locked and unlocked by owners, and everybody who has it open is told', async () => {
    const a = await listening(ann!);
    expect(await lock(true, ann)).toEqual([403, 'forbidden']);
    expect(await lock(true, rev)).toEqual([403, 'forbidden']);
    expect(await lock(true)).toEqual([200, undefined]);
    expect(await a.event('lock')).toEqual({ type: 'lock', locked: true, by: own!.id });
    const piece = await api<object>(server, 'GET', `/pieces/${pieceId}`);
    expect(piece).toMatchObject({ locked: true, lockedBy: { id: own!.id, name: 'Owner' } });
    expect(await lock(false, ann)).toEqual([403, 'forbidden']);
    expect(await lock(false)).toEqual([200, undefined]);
    const after = await api<object>(server, 'GET', `/pieces/${pieceId}`);
    expect(after).toMatchObject({ locked: false, lockedBy: null });
    const { items } = await api<{ items: { kind: string }[] }>(
      ...([server, 'GET', `/pieces/${pieceId}/events`] as const),
    );
    expect(items.map(({ kind }) => kind)).toEqual(['piece.unlocked', 'piece.locked']);
  });

  test('keeps what comes by a socket, an owner’s too, in the refused list; unlocked, it takes it', async () => {
    const [a, o] = [await listening(ann!), await stock(own!)];
    await lock(true);
    await a.event('lock');
    a.body.insert(0, 'Late. ');
    expect(await a.event('refused')).toMatchObject({ reason: 'piece_locked', kept: true });
    o.body.insert(0, 'Mine too. ');
    const list = await until('both are kept', async () => {
      const items = await refusedOf(server, pieceId);
      return items.length === 2 && items;
    });
    expect(list.map(({ added, reason }) => [added, reason]).sort()).toEqual([
      ['Late. ', 'piece_locked'],
      ['Mine too. ', 'piece_locked'],
    ]);
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    const { id } = list.find(({ added }) => added === 'Late. ')!;
    expect(await answerOf(own!, 'POST', `/refused/${id}/apply`)).toEqual([423, 'piece_locked']);

    await lock(false);
    await docHolds(a.doc, () => a.body.toJSON().includes('Mine too. '));
    await docHolds(o.doc, () => o.body.toJSON().includes('Late. '));
    expect(await answerOf(own!, 'POST', `/refused/${id}/apply`)).toEqual([204, '']);
    expect(o.body.toJSON().match(/Late\. /g)).toHaveLength(1);
  });

  test('a writer who was offline comes back with 3,000 characters: kept, and applied when unlocked', async () => {
    const a = await listening(ann!);
    a.provider.disconnect();
    const words = 'On the train, in a tunnel. '.repeat(112).slice(0, 3_000);
    a.body.insert(0, words);
    await lock(true);
    a.provider.connect();
    expect(await a.event('refused')).toMatchObject({ reason: 'piece_locked', kept: true });
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    const [kept] = await refusedOf(server, pieceId, own!.token);
    expect(kept).toMatchObject({ added: words, author: { id: ann!.id } });
    a.destroy();
    await lock(false);
    expect(await answerOf(own!, 'POST', `/refused/${kept!.id}/apply`)).toEqual([204, '']);
    expect(await textOf(server, pieceId)).toBe(`${words}One two three.\n`);
  });

  test('whoever opens it finds it locked, comments go on, and no call changes the text', async () => {
    const suggestion = { replacement: 'Four' };
    const made = await api<{ id: string }>(server, 'POST', `/pieces/${pieceId}/threads`, {
      body: { anchor: { quote: 'One' }, suggestion },
    });
    const version = await api<{ id: string }>(server, 'POST', `/pieces/${pieceId}/versions`, {
      body: { name: 'First' },
    });
    await lock(true);
    const comment = { anchor: { quote: 'two' }, body: 'Why?' };
    const threads = `/pieces/${pieceId}/threads`;
    expect(await answerOf(rev!, 'POST', threads, comment)).toEqual([201, undefined]);
    const locked = [423, 'piece_locked'];
    const content = { content: 'Other.' };
    for (const person of [own!, ann!]) {
      expect(await answerOf(person, 'PUT', `/pieces/${pieceId}/content`, content)).toEqual(locked);
      expect(await answerOf(person, 'PATCH', `/pieces/${pieceId}`, { title: 'T' })).toEqual(locked);
      expect(await answerOf(person, 'POST', `/threads/${made.id}/accept`)).toEqual(locked);
      const restore = `/versions/${version.id}/restore`;
      expect(await answerOf(person, 'POST', restore, {})).toEqual(locked);
    }
    const status = { status: 'published' };
    expect(await answerOf(ann!, 'PATCH', `/pieces/${pieceId}`, status)).toEqual([200, undefined]);
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    await lock(false);
    expect(await answerOf(ann!, 'POST', `/threads/${made.id}/accept`)).toEqual([200, undefined]);
    expect(await textOf(server, pieceId)).toBe('Four two three.\n');
  });
});

describe('R4 a piece over its largest size', () => {
  test('what is too much is kept, and so is what builds on it; others write on, and deleting makes room', async () => {
    const [a, o] = [await listening(ann!), await stock(own!)];
    a.body.insert(0, 'x'.repeat(25_000));
    expect(await a.event('refused')).toMatchObject({ reason: 'piece_full', kept: true });
    a.body.insert(25_000, 'and more');
    const all = `${'x'.repeat(25_000)}and more`;
    await until('all of it is kept', async () => {
      const [kept] = await refusedOf(server, pieceId);
      return kept?.added === all && kept.reason === 'piece_full';
    });
    const b = await stock(ann!);
    expect(b.body.toJSON()).toBe('One two three.\n');
    o.body.insert(0, 'y'.repeat(15_000));
    await docHolds(b.doc, () => b.body.length > 15_000);
    b.body.insert(0, 'z'.repeat(10_000));
    await until(
      'that is too much, too',
      async () => (await refusedOf(server, pieceId)).length === 2,
    );
    const listed = await refusedOf(server, pieceId, own!.token);
    const { id } = listed.find(({ added }) => added.startsWith('z'))!;
    expect(await answerOf(own!, 'POST', `/refused/${id}/apply`)).toEqual([409, 'piece_full']);
    o.body.delete(0, 15_000);
    // How large it is now is found out when there is time.
    await until('there is room for it', async () => {
      const [status] = await answerOf(own!, 'POST', `/refused/${id}/apply`);
      return status === 204;
    });
    expect(await textOf(server, pieceId)).toBe(`${'z'.repeat(10_000)}One two three.\n`);
  });
});
