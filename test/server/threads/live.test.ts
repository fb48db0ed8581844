import { setImmediate as turn } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Comment, Thread, ThreadPage } from '../../../shared/api/threads.ts';
import type { ThreadAnchorsEvent, ThreadEvent } from '../../../shared/protocol/events.ts';
import {
  api,
  connectListening,
  refusedOf,
  textOf,
  type ListeningClient,
} from '../../engine/people-in-room.ts';
import { agreed } from '../../support/agreed.ts';
import { connect, createPiece, docHolds, type StockClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { until } from '../../support/until.ts';

let server: TestRunningServer;
let [ann, bob, rev]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[];

beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob, rev] = await Promise.all(
    ['Ann', 'Bob', 'Rev'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());
beforeEach(() => {
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

async function makePiece(content: string): Promise<void> {
  pieceId = await createPiece(server, { content, format: 'text' });
  for (const person of [ann!, bob!]) await addMember(server, pieceId, person, 'writer');
  await addMember(server, pieceId, rev!, 'reviewer');
}

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}
const stock = (person: TestPerson) => joined(connect(server, pieceId, { token: person.token }));
const listening = (person: TestPerson): Promise<ListeningClient> =>
  joined(connectListening(server, pieceId, { token: person.token }));

const call = <T = Thread>(by: TestPerson, method: string, path: string, body?: object) =>
  api<T>(server, method, path, { token: by.token, ...(body && { body }) });
const begin = (by: TestPerson, thread: object) =>
  call(by, 'POST', `/pieces/${pieceId}/threads`, thread);

describe('every change of a thread is told to all who are in the piece', () => {
  const heard = async (client: ListeningClient) =>
    (await client.event('thread')) as unknown as ThreadEvent;

  test('with the thread as it is then, and to nobody who does not understand it', async () => {
    await makePiece('Night buses are cheap.');
    const [writer, reviewer, plain] = [
      await listening(ann!),
      await listening(rev!),
      await stock(bob!),
    ];
    let disturbed = 0;
    plain.provider.on('connection-close', () => disturbed++);
    const { id } = await begin(rev!, { anchor: { quote: 'cheap' }, body: 'Are they?' });
    for (const client of [writer, reviewer]) {
      const { kind, by, thread } = await heard(client);
      expect([kind, by]).toEqual(['created', rev!.id]);
      expect(thread).toMatchObject({ id, quote: 'cheap', comments: [{ body: 'Are they?' }] });
      expect(thread, 'what is unread is each one’s own').not.toHaveProperty('unread');
    }
    const comment = await call<Comment>(bob!, 'POST', `/threads/${id}/comments`, { body: 'Yes.' });
    expect(await heard(writer)).toMatchObject({
      kind: 'commented',
      by: bob!.id,
      thread: { comments: [{}, comment] },
    });
    await call(bob!, 'PATCH', `/comments/${comment.id}`, { body: 'No.' });
    expect(await heard(writer)).toMatchObject({ kind: 'comment-edited' });
    await call(bob!, 'DELETE', `/comments/${comment.id}`);
    expect((await heard(writer)).thread!.comments[1]).toMatchObject({ body: '' });
    for (const [what, kind] of [
      ['resolve', 'resolved'],
      ['reopen', 'reopened'],
    ]) {
      await call(rev!, 'POST', `/threads/${id}/${what}`);
      expect(await heard(writer)).toMatchObject({ kind });
    }
    const other = await begin(rev!, {
      anchor: { quote: 'cheap' },
      suggestion: { replacement: 'dear' },
    });
    await heard(writer);
    await call(ann!, 'POST', `/threads/${other.id}/accept`);
    expect(await heard(writer)).toMatchObject({
      kind: 'accepted',
      thread: { id: other.id, quote: 'dear' },
    });
    await docHolds(plain.doc, () => plain.body.toJSON() === 'Night buses are dear.\n');
    expect(disturbed).toBe(0);
  });

  test('a thread that is too long for an event is named, to be asked for', async () => {
    await makePiece('Night buses are cheap.');
    const writer = await listening(ann!);
    const { id } = await begin(rev!, { anchor: { quote: 'cheap' }, body: 'x'.repeat(16_000) });
    for (let i = 0; i < 4; i++)
      await call(rev!, 'POST', `/threads/${id}/comments`, { body: 'y'.repeat(16_000) });
    const threads: (Thread | null)[] = [];
    for (let i = 0; i < 5; i++) threads.push((await heard(writer)).thread as Thread | null);
    expect(threads.map((thread) => thread === null)).toEqual([false, false, false, true, true]);
    expect((await call(ann!, 'GET', `/threads/${id}`)).comments.length).toBe(5);
  });

  test('S2 a passage that is lost, and one that is found, though nobody asks', async () => {
    await makePiece('Night buses are cheap.\nThe roads are empty then; who is disturbed?');
    const { id } = await begin(rev!, { anchor: { quote: 'who is disturbed' }, body: 'x' });
    const [writer, reader] = [await stock(ann!), await listening(rev!)];
    const anchors = async () =>
      (await reader.event('thread-anchors')) as unknown as ThreadAnchorsEvent;
    const undo = new Y.UndoManager(writer.body);
    writer.body.delete(writer.body.toJSON().indexOf('who'), 16);
    expect((await anchors()).threads).toEqual([
      {
        id,
        field: 'body',
        quote: 'who is disturbed',
        orphaned: true,
        position: null,
        anchor: null,
      },
    ]);
    undo.undo();
    const [found] = (await anchors()).threads!;
    expect(found).toMatchObject({ id, orphaned: false, quote: 'who is disturbed' });
    const start = Y.decodeRelativePosition(Buffer.from(found!.anchor!.start, 'base64'));
    const place = Y.createAbsolutePositionFromRelativePosition(start, writer.doc);
    expect(place!.index).toBe(found!.position!.from);
    // What is typed within it is stored in time, and told to nobody: its positions stay.
    writer.body.insert(place!.index + 3, 'm');
    const sql = postgres(server.databaseUrl);
    await until('the new quote is stored', async () => {
      const [row] = await sql`select quote from threads where id = ${id}`;
      return row!.quote === 'whom is disturbed';
    });
    await sql.end();
    expect(reader.events.filter(({ type }) => type === 'thread-anchors')).toEqual([]);
  });
});

test('R4 P1 a reviewer with a stock client does all of this by HTTP, and changes no letter', async () => {
  await makePiece('Night buses are cheap.');
  const [writer, reviewer] = [await stock(ann!), await stock(rev!)];
  reviewer.body.insert(0, 'I would rather: ');
  reviewer.body.delete(20, 3);
  const comment = await begin(rev!, { anchor: { quote: 'cheap' }, body: 'Are they, @Ann?' });
  expect(comment.comments[0]!.mentions).toEqual([{ id: ann!.id, name: 'Ann' }]);
  const suggestion = await begin(rev!, {
    anchor: { quote: 'Night' },
    suggestion: { replacement: 'Late' },
  });
  await call(rev!, 'POST', `/threads/${comment.id}/comments`, { body: 'They are.' });
  await call(rev!, 'POST', `/threads/${comment.id}/resolve`);
  await call(rev!, 'POST', `/threads/${comment.id}/reopen`);
  await expect(call(rev!, 'POST', `/threads/${suggestion.id}/accept`)).rejects.toThrow('forbidden');
  await expect(
    call(rev!, 'PUT', `/pieces/${pieceId}/content`, { content: 'Mine.' }),
  ).rejects.toThrow('forbidden');
  await until('what they wrote is kept', async () => (await refusedOf(server, pieceId)).length > 0);
  expect(await textOf(server, pieceId)).toBe('Night buses are cheap.\n');
  expect(writer.body.toJSON()).toBe('Night buses are cheap.\n');
  await call(ann!, 'POST', `/threads/${suggestion.id}/accept`);
  await docHolds(writer.doc, () => writer.body.toJSON() === 'Late buses are cheap.\n');
});

describe('S3 fifty suggestions are accepted while two people type', () => {
  const sentence = (i: number) =>
    `In the year ${1900 + i} the bus number${i}x was quite cheap to run.`;
  const sentences = Array.from({ length: 60 }, (_, i) => sentence(i));
  const wanted = (i: number) => sentence(i).replace('quite cheap', `rather dear${i}`);

  test('the right ones change, carets stay, and the words are the proposers’', async () => {
    const seed = runSeed();
    const random = seeded(seed);
    await makePiece(sentences.join('\n'));
    const people = [rev!, bob!];
    const threads = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        begin(people[i % 2]!, {
          anchor: { quote: `number${i}x was quite cheap` },
          suggestion: { replacement: `number${i}x was rather dear${i}` },
        }),
      ),
    );
    const writers = [await stock(ann!), await stock(bob!)];
    // A caret of each in a sentence of their own, which nobody edits, and one where they type.
    const carets = writers.map(({ body }, w) =>
      Y.createRelativePositionFromTypeIndex(body, body.toJSON().indexOf(`number${50 + w}x`)),
    );
    let done = false;
    const typing = writers.map(async ({ body }, w) => {
      for (let n = 0; !done; n++) {
        const line = `number${55 + w}x`;
        body.insert(body.toJSON().indexOf(line), random.pick(['a', 'b', 'c ']));
        await turn();
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await Promise.all(threads.map(({ id }) => call(ann!, 'POST', `/threads/${id}/accept`)));
    done = true;
    await Promise.all(typing);
    const newcomer = await stock(ann!);
    await agreed([newcomer, ...writers].map(({ doc }) => doc));
    const lines = newcomer.body.toJSON().split('\n');
    const about = `SEED=${seed}`;
    for (let i = 0; i < 55; i++) expect(lines[i], about).toBe(i < 50 ? wanted(i) : sentence(i));
    writers.forEach(({ body, doc }, w) => {
      const at = Y.createAbsolutePositionFromRelativePosition(carets[w]!, doc)!.index;
      expect(
        body
          .toJSON()
          .slice(at)
          .startsWith(`number${50 + w}x`),
        about,
      ).toBe(true);
    });
    const { items } = await call<ThreadPage>(
      ann!,
      'GET',
      `/pieces/${pieceId}/threads?status=accepted&limit=100`,
    );
    expect(items.map((thread) => thread.quote).sort()).toEqual(
      threads.map((thread) => thread.suggestion!.replacement).sort(),
    );
    expect(await wordsBy(newcomer.body)).toEqual(
      new Map(
        people.map(({ id }, p) => [
          id,
          threads.flatMap((_, i) => (i % 2 === p ? ['rather', `dear${i}`] : [])),
        ]),
      ),
    );
  });

  /** What stretches each of the proposers wrote, by the clientIDs on record. */
  async function wordsBy(body: Y.Text): Promise<Map<string, string[]>> {
    const sql = postgres(server.databaseUrl);
    const rows = await sql`select client_id, user_id from client_ids where piece_id = ${pieceId}`;
    await sql.end();
    const owners = new Map(rows.map((row) => [Number(row.client_id), row.user_id as string]));
    const words = new Map<string, string[]>([rev!, bob!].map(({ id }) => [id, []]));
    let last: number | null = null;
    for (let item = body._start; item !== null; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
      const { client } = item.id;
      const list = words.get(owners.get(client) ?? '');
      // Bob's typing is his too; it is no suggestion.
      if (list !== undefined && /rather|dear/.test(item.content.str)) list.push(item.content.str);
      else if (list !== undefined && client === last) list[list.length - 1] += item.content.str;
      last = client;
    }
    return words;
  }
});
