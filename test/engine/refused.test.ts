import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { connect, createPiece, docHolds, when, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { until } from '../support/until.ts';
import { api, connectListening, refusedOf, textOf } from './people-in-room.ts';

let server: TestRunningServer;
let [ann, bob, rae, rev]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[];

beforeAll(async () => {
  server = await startRunningServer({ MAX_REFUSED_BYTES: '20000' });
  [ann, bob, rae, rev] = await Promise.all(
    ['Ann', 'Bob', 'Rae Reader', 'Rev Reviewer'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());

beforeEach(async () => {
  clients = [];
  pieceId = await createPiece(server, { content: 'One two three.', format: 'text' });
  await addMember(server, pieceId, ann!, 'writer');
  await addMember(server, pieceId, bob!, 'writer');
  await addMember(server, pieceId, rae!, 'reader');
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
const stock = (person: TestPerson, doc?: Y.Doc) =>
  joined(connect(server, pieceId, { token: person.token, ...(doc && { doc }) }));
const listening = (person: TestPerson) =>
  joined(connectListening(server, pieceId, { token: person.token }));

/** Writes without a connection: what a laptop does on a train. */
function goOffline(client: StockClient): void {
  client.provider.disconnect();
}

describe('R4 what may not be written is not applied, not handed on, and not lost', () => {
  test('a reader’s and a reviewer’s words change nothing for anyone, and are in the list', async () => {
    const [a, b] = [await stock(ann!), await stock(bob!)];
    let disturbed = 0;
    for (const client of [a, b]) client.provider.on('connection-close', () => disturbed++);
    const [reader, reviewer] = [await stock(rae!), await listening(rev!)];
    reader.body.insert(4, 'graffiti ');
    reviewer.body.insert(0, 'I would ');
    reviewer.body.delete(8 + 4, 4);
    const { id, reason, kept } = await reviewer.event('refused');
    expect([reason, kept]).toEqual(['may_not_edit', true]);
    a.body.insert(0, 'A');
    await docHolds(b.doc, () => b.body.toJSON().startsWith('A'));
    b.body.insert(0, 'B');
    await docHolds(a.doc, () => a.body.toJSON().startsWith('B'));
    const list = await until('both are listed, with all of it', async () => {
      const items = await refusedOf(server, pieceId);
      return items.length === 2 && items.some((item) => item.removed !== '') && items;
    });
    expect(list.find((item) => item.author.id === rae!.id)).toMatchObject({
      author: { name: 'Rae Reader' },
      ...{ added: 'graffiti ', removed: '', reason: 'may_not_edit' },
    });
    expect(list.find((item) => item.author.id === rev!.id)).toMatchObject({
      ...{ id, added: 'I would ', removed: 'two ' },
    });
    expect(a.body.toJSON()).toBe('BAOne two three.\n');
    expect(b.body.toJSON()).toBe('BAOne two three.\n');
    expect(await textOf(server, pieceId)).toBe('BAOne two three.\n');
    expect(disturbed).toBe(0);
  });

  test('many keystrokes of one connection are one row, and a reconnection adds none', async () => {
    const reader = await listening(rae!);
    for (const letter of 'a long sentence') reader.body.insert(0, letter);
    reader.body.insert(0, '!');
    reader.body.delete(0, 1);
    const all = [...'a long sentence'].reverse().join('');
    const whole = () => refusedOf(server, pieceId).then((list) => list[0]?.added === all && list);
    const [row] = await until('all of it is kept', whole);
    reader.provider.disconnect();
    reader.provider.connect();
    await when(reader.provider, 'sync', () => reader.provider.synced);
    await reader.event('refused');
    expect(await refusedOf(server, pieceId)).toEqual([row]);
  });

  test('a read-only client that answers with what is known has refused nothing', async () => {
    const reader = await stock(rae!);
    const again = await stock(rae!, copyOf(reader.doc));
    expect(again.body.toJSON()).toBe('One two three.\n');
    const a = await stock(ann!);
    a.body.delete(0, 4);
    await docHolds(again.doc, () => again.body.toJSON() === 'two three.\n');
    const third = await stock(rev!, copyOf(again.doc));
    expect(third.body.toJSON()).toBe('two three.\n');
    expect(await refusedOf(server, pieceId)).toEqual([]);
  });

  test('a dismissed edit does not come back when its client does, but new words bring it', async () => {
    const reader = await listening(rae!);
    reader.body.insert(0, 'once ');
    const { id } = await reader.event('refused');
    await api(server, 'DELETE', `/refused/${String(id)}`);
    expect(await refusedOf(server, pieceId)).toEqual([]);
    reader.provider.disconnect();
    reader.provider.connect();
    await reader.event('refused');
    expect(await refusedOf(server, pieceId)).toEqual([]);
    reader.body.insert(5, 'more ');
    await until('it is back', async () => (await refusedOf(server, pieceId)).length === 1);
    expect((await refusedOf(server, pieceId))[0]!.added).toBe('once more ');
  });

  test('past the limit nothing more is kept, and the author is told', async () => {
    const reader = await listening(rae!);
    reader.body.insert(0, 'x'.repeat(30_000));
    expect(await reader.event('refused')).toMatchObject({ id: null, kept: false });
    expect(await refusedOf(server, pieceId)).toEqual([]);
  });

  test('words that build on a refused edit which was deleted can be applied with it only', async () => {
    const reader = await listening(rae!);
    reader.body.insert(0, 'first ');
    await reader.event('refused');
    const sql = postgres(server.databaseUrl, { max: 1 });
    const doc = new Y.Doc();
    doc.getText('body').insert(0, 'a');
    const before = Y.encodeStateVector(doc);
    doc.getText('body').insert(1, 'b');
    const update = Y.encodeStateAsUpdate(doc, before);
    await sql`update refused_edits set update = ${update} where piece_id = ${pieceId}`;
    await sql.end();
    const [row] = await refusedOf(server, pieceId);
    const answer = api(server, 'POST', `/refused/${row!.id}/apply`);
    await expect(answer).rejects.toThrow('refused_incomplete');
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    expect(await refusedOf(server, pieceId)).toHaveLength(1);
  });
});

const copyOf = (doc: Y.Doc): Y.Doc => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
};

describe('R4 an offline writer whose right was withdrawn comes back with 3,000 characters', () => {
  const words = 'What I wrote on the train. '.repeat(112).slice(0, 3_000);

  async function offlineWriter() {
    const writer = await listening(ann!);
    goOffline(writer);
    for (let at = 0; at < words.length; at += 60) writer.body.insert(at, words.slice(at, at + 60));
    return writer;
  }

  async function expectApplied(reason: string): Promise<void> {
    expect(await textOf(server, pieceId)).toBe('One two three.\n');
    const [row, ...more] = await refusedOf(server, pieceId);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ author: { id: ann!.id, name: 'Ann' }, reason, added: words });
    const other = await stock(bob!);
    await api(server, 'POST', `/refused/${row!.id}/apply`);
    // A3: who put it in stands in the audit trail, and who wrote it beside them.
    const { items } = await api<{ items: { kind: string; data: { authorId?: string } }[] }>(
      ...([server, 'GET', `/pieces/${pieceId}/events`] as const),
    );
    expect(items[0]).toMatchObject({
      kind: 'refused.applied',
      data: { refusedId: row!.id, authorId: row!.author.id },
    });
    await docHolds(other.doc, () => other.body.toJSON() === `${words}One two three.\n`);
    expect(await textOf(server, pieceId)).toBe(`${words}One two three.\n`);
    expect(await refusedOf(server, pieceId)).toEqual([]);
    const sql = postgres(server.databaseUrl, { max: 1 });
    const [journalled] = await sql<{ author: string; owner: string }[]>`
      select j.author, c.user_id as owner
      from journal j join client_ids c using (piece_id)
      where j.piece_id = ${pieceId} and c.client_id <> all (
        select client_id from client_ids where piece_id = ${pieceId} and user_id <> ${ann!.id})
      order by j.seq desc limit 1`;
    await sql.end();
    expect(journalled).toEqual({ author: ann!.id, owner: ann!.id });
  }

  test('downgraded: the piece is unchanged, an owner applies it, under its author’s name', async () => {
    const writer = await offlineWriter();
    await addMember(server, pieceId, ann!, 'reader');
    writer.provider.connect();
    await writer.event('refused');
    await expectApplied('may_not_edit');
  });

  test('taken off the piece: it is kept, and the connection closed with 4403', async () => {
    const writer = await offlineWriter();
    await api(server, 'DELETE', `/pieces/${pieceId}/members/${ann!.id}`);
    const closed = writer.closed();
    writer.provider.connect();
    expect(await closed).toBe(4403);
    expect(writer.events).toMatchObject([
      { type: 'refused', reason: 'right_withdrawn', kept: true, added: words.slice(0, 280) },
    ]);
    await expectApplied('right_withdrawn');
  });

  test('a stranger, and who could never write, is not heard at all', async () => {
    await addMember(server, pieceId, rae!, 'reader');
    await api(server, 'DELETE', `/pieces/${pieceId}/members/${rae!.id}`);
    const doc = new Y.Doc();
    doc.getText('body').insert(0, 'spam');
    const client = connect(server, pieceId, { token: rae!.token, doc });
    clients.push(client);
    expect(await client.closed()).toBe(4403);
    expect(await refusedOf(server, pieceId)).toEqual([]);
  });

  test('made a writer again, their words come along by themselves, and none waits for another', async () => {
    const reader = await listening(rae!);
    reader.body.insert(0, 'early ');
    await reader.event('refused');
    await addMember(server, pieceId, rae!, 'writer');
    await reader.event('members');
    reader.body.insert(6, 'late ');
    const other = await stock(bob!);
    await docHolds(other.doc, () => other.body.toJSON() === 'early late One two three.\n');
    await until('all of it is reported saved', () => reader.saved() === reader.sent());
  });
});
