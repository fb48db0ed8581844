import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Version } from '../../../shared/api/versions.ts';
import type { Thread, ThreadPage } from '../../../shared/api/threads.ts';
import { runCommand } from '../../durability/desk.ts';
import { api, connectListening, textOf } from '../../engine/people-in-room.ts';
import { connect, connectSaved, createPiece, type StockClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { until } from '../../support/until.ts';

let server: TestRunningServer;
let [ann, bob]: TestPerson[] = [];
let pieceId: string;
let clients: StockClient[];

beforeAll(async () => {
  server = await startRunningServer();
  [ann, bob] = await Promise.all(['Ann', 'Bob'].map((name) => createPerson(server, name)));
});
afterAll(() => server.stop());
beforeEach(() => {
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.destroy();
});

const line = (i: number) => `Line ${i} says that night buses pay for themselves in ${i} years.`;
const lines = Array.from({ length: 40 }, (_, i) => line(i));

async function makePiece(content: string): Promise<void> {
  pieceId = await createPiece(server, { content, format: 'text' });
  for (const person of [ann!, bob!]) await addMember(server, pieceId, person, 'writer');
}

async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}

const name = (version: string) =>
  api<Version>(server, 'POST', `/pieces/${pieceId}/versions`, { body: { name: version } });
const versionsOf = async () =>
  (await api<{ items: Version[] }>(server, 'GET', `/pieces/${pieceId}/versions`)).items;
const restore = (id: string) =>
  api<{ version: Version }>(server, 'POST', `/versions/${id}/restore`, { body: {} });

/** Somebody who types one letter after the other behind some words, and does not stop. */
class Typing {
  typed = '';
  #on = true;
  readonly #done: Promise<void>;

  constructor(client: StockClient, behind: string, letters: string) {
    let caret = Y.createRelativePositionFromTypeIndex(
      client.body,
      client.body.toJSON().indexOf(behind) + behind.length,
      -1,
    );
    const run = async () => {
      for (let i = 0; this.#on; i++) {
        const at = Y.createAbsolutePositionFromRelativePosition(caret, client.doc)!.index;
        const letter = letters[i % letters.length]!;
        client.body.insert(at, letter);
        caret = Y.createRelativePositionFromTypeIndex(client.body, at + 1, -1);
        this.typed += letter;
        await pause(1);
      }
    };
    this.#done = run();
  }

  async stop(): Promise<void> {
    this.#on = false;
    await this.#done;
  }
}

test.each(['as it was written', 'packed'])(
  'S3 a version is restored while two stock clients type: both end equal, with the old text and what was typed meanwhile; comments and carets stay (%s)',
  async (how) => {
    await makePiece(lines.join('\n'));
    const threads: Thread[] = [];
    for (const i of [1, 5, 12, 25, 35]) {
      const body = { anchor: { quote: `Line ${i} says` }, body: 'Who says?' };
      threads.push(await api<Thread>(server, 'POST', `/pieces/${pieceId}/threads`, { body }));
    }
    const old = await textOf(server, pieceId);
    const version = await name('Middle');
    const [first, second] = [
      await joined(connect(server, pieceId, { token: ann!.token })),
      await joined(connect(server, pieceId, { token: bob!.token })),
    ];
    const { body } = first;
    const at = (words: string) => body.toJSON().indexOf(words);
    body.delete(at(line(8)), line(8).length + 1);
    body.insert(at(line(15)), 'Something quite new, which nobody had said before.\n');
    body.insert(at('pay for') + 1, 'XX');
    body.delete(at(line(20)) + 5, 20);
    await until('both have the changes', () => first.body.toJSON() === second.body.toJSON());

    // A caret in a line that nobody touches, as an editor keeps it.
    const caret = Y.createRelativePositionFromTypeIndex(
      second.body,
      second.body.toJSON().indexOf(line(33)) + 9,
    );
    if (how === 'packed') {
      const { code } = await runCommand(['compact', pieceId], { DATABASE_URL: server.databaseUrl });
      expect(code).toBe(0);
    }
    const hands = [
      new Typing(first, 'Line 3 says', 'abc'),
      new Typing(second, 'Line 30 says', 'uvw'),
    ];
    await until('both have begun', () => hands.every(({ typed }) => typed.length > 5));
    await restore(version.id);
    const after = hands.map(({ typed }) => typed.length);
    await until('both go on', () => hands.every(({ typed }, i) => typed.length > after[i]! + 5));
    await Promise.all(hands.map((hand) => hand.stop()));

    await until('both have the same', async () => {
      const text = await textOf(server, pieceId);
      return first.body.toJSON() === text && second.body.toJSON() === text;
    });
    const text = first.body.toJSON();
    // What each typed after it was asked for, and nothing else, stands in the old text.
    const kept = hands.map(({ typed }, i) => {
      const behind = i === 0 ? 'Line 3 says' : 'Line 30 says';
      const rest = text.slice(text.indexOf(behind) + behind.length);
      const found = rest.slice(0, rest.indexOf(' that'));
      expect(typed.endsWith(found), `${found} is the end of ${typed}`).toBe(true);
      expect(found.length).toBeGreaterThanOrEqual(typed.length - after[i]!);
      return [behind, found] as const;
    });
    let wanted = old;
    for (const [behind, found] of kept)
      wanted = wanted.replace(`${behind} that`, `${behind}${found} that`);
    expect(text).toBe(wanted);

    const { index } = Y.createAbsolutePositionFromRelativePosition(caret, second.doc)!;
    expect(index).toBe(second.body.toJSON().indexOf(line(33)) + 9);
    const { items } = await api<ThreadPage>(server, 'GET', `/pieces/${pieceId}/threads`);
    expect(items.map(({ quote, orphaned }) => [quote, orphaned])).toEqual(
      threads.map(({ quote }) => [quote, false]),
    );
  },
);

test('R5 one update that wipes a piece of 5,000 words is applied, and a version from before it is kept: one event, and one click goes back', async () => {
  const words = Array.from(
    { length: 500 },
    (_, i) => `word${i} and nine more of them in line ${i}.`,
  );
  await makePiece(words.join('\n'));
  const before = await textOf(server, pieceId);
  const owner = await joined(connectListening(server, pieceId));
  const stale = await joined(connectListening(server, pieceId, { token: bob!.token }));
  stale.body.insert(0, 'Typed just before. ');
  stale.body.delete(0, stale.body.length);
  await stale.allSaved();
  expect(await owner.event('version')).toMatchObject({ kind: 'wipe', by: bob!.id });
  expect(await textOf(server, pieceId)).toBe('');
  const [version, ...others] = await versionsOf();
  expect(others).toEqual([]);
  expect(version).toMatchObject({ kind: 'wipe', createdBy: { id: bob!.id } });
  const events = await api<{ items: object[] }>(server, 'GET', `/pieces/${pieceId}/events`);
  expect(events.items).toMatchObject([
    { kind: 'content.wiped', actor: { id: bob!.id }, data: { versionId: version!.id } },
  ]);
  await restore(version!.id);
  expect(await textOf(server, pieceId)).toBe(`Typed just before. ${before}`);
});

test.each([
  ['a copy that was emptied without a connection', (body: Y.Text) => body.delete(0, body.length)],
  [
    'a copy in which everything was replaced',
    (body: Y.Text) => {
      body.delete(0, body.length);
      body.insert(0, 'Something else. '.repeat(200));
    },
  ],
])('R5 so is syncing %s', async (_, spoil) => {
  await makePiece(lines.join('\n'));
  const before = await textOf(server, pieceId);
  const owner = await joined(connectListening(server, pieceId));
  const stale = await joined(connectSaved(server, pieceId, { token: bob!.token }));
  stale.provider.disconnect();
  spoil(stale.body);
  stale.provider.connect();
  expect(await owner.event('version')).toMatchObject({ kind: 'wipe', by: bob!.id });
  expect(await textOf(server, pieceId)).toBe(stale.body.toJSON());
  const versions = await versionsOf();
  expect(versions).toMatchObject([{ kind: 'wipe', createdBy: { id: bob!.id } }]);
  const events = await api<{ items: object[] }>(server, 'GET', `/pieces/${pieceId}/events`);
  expect(events.items).toMatchObject([{ kind: 'content.wiped' }]);
  await restore(versions[0]!.id);
  expect(await textOf(server, pieceId)).toBe(before);
});

test('R5 so is replacing it with nothing over HTTP', async () => {
  await makePiece(lines.join('\n'));
  const before = await textOf(server, pieceId);
  const answer = await fetch(`${server.url}/api/pieces/${pieceId}/content`, {
    method: 'PUT',
    headers: {
      ...{ authorization: `Bearer ${bob!.token}`, 'if-match': '*' },
      'content-type': 'application/json',
    },
    body: JSON.stringify({ content: '', format: 'text' }),
  });
  expect(answer.status).toBe(200);
  const [version, ...others] = await versionsOf();
  expect(others).toEqual([]);
  expect(version).toMatchObject({ kind: 'wipe', createdBy: { id: bob!.id } });
  await restore(version!.id);
  expect(await textOf(server, pieceId)).toBe(before);
});

test('R5 typing, deleting a paragraph, and syncing a blank copy are no wipes', async () => {
  await makePiece(lines.join('\n'));
  const client = await joined(connectSaved(server, pieceId, { token: bob!.token }));
  client.body.delete(0, 900);
  client.body.insert(0, 'And now this.');
  await client.allSaved();
  await joined(connect(server, pieceId, { token: ann!.token, doc: new Y.Doc() }));
  expect(await versionsOf()).toEqual([]);
});
