import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Thread } from '../../../shared/api/threads.ts';
import type { Version } from '../../../shared/api/versions.ts';
import { connect as connectDatabase, type Sql } from '../../../server/db/connect.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { silentLog } from '../../support/silent-log.ts';
import { api } from '../../engine/people-in-room.ts';
import { connectSaved, createPiece, docHolds, type SavedClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';

const buses = 'Night buses pay for themselves within a year.\n';
const cars = 'Cars do not, whatever their drivers say of it.\n';

let server: TestRunningServer;
let sql: Sql;
let people: TestPerson[];
let pieceId: string;
let [ann, bob, cyd]: SavedClient[] = [];
beforeAll(async () => {
  server = await startRunningServer();
  sql = connectDatabase(server.databaseUrl, { log: silentLog, name: 'test' });
  people = await Promise.all(['Ann', 'Bob', 'Cyd'].map((name) => createPerson(server, name)));
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});
beforeEach(async () => {
  pieceId = await createPiece(server);
  [ann, bob, cyd] = await Promise.all(
    people.map(async (person) => {
      await addMember(server, pieceId, person, 'writer');
      const client = connectSaved(server, pieceId, { token: person.token });
      await client.synced();
      return client;
    }),
  );
  await does(ann!, (body) => body.insert(0, buses + cars));
});
afterEach(() => {
  for (const client of [ann, bob, cyd]) client!.destroy();
});

/** One transaction, which all have when this resolves. */
async function does(client: SavedClient, edit: (body: Y.Text) => void): Promise<void> {
  client.doc.transact(() => edit(client.body));
  await agreed(client);
}

async function agreed(client: SavedClient): Promise<void> {
  await client.allSaved();
  const text = client.body.toJSON();
  await Promise.all(
    [ann!, bob!, cyd!].map(({ doc, body }) => docHolds(doc, () => body.toJSON() === text)),
  );
}

const move = (from: number, length: number, to: number) => (body: Y.Text) => {
  const text = body.toJSON().slice(from, from + length);
  body.insert(to, text);
  body.delete(to <= from ? from + length : from, length);
};

/** The text with a letter for whose each is: a, b, c; `-` the server's. Before and after packing. */
async function whose(): Promise<string> {
  const before = await named();
  await packPiece(sql, pieceId, { unfilled: true });
  expect(await named()).toBe(before);
  return before;
}

async function named(): Promise<string> {
  const { items } = await api<{ items: { from: number; to: number; userId: string | null }[] }>(
    ...([server, 'GET', `/pieces/${pieceId}/attribution`] as const),
  );
  const letterOf = (id: string | null) => 'abc'[people.findIndex((one) => one.id === id)] ?? '-';
  return items.map(({ from, to, userId }) => letterOf(userId).repeat(to - from)).join('');
}

const all = (letter: string, text: string) => letter.repeat(text.length);

test('A1 a section that another moves stays its writer’s, moved twice, taken back and done again too; what a third typed into it is theirs', async () => {
  const undo = new Y.UndoManager(bob!.body, { captureTimeout: 0 });
  await does(bob!, move(0, buses.length, buses.length + cars.length));
  expect(bob!.body.toJSON()).toBe(cars + buses);
  expect(await whose()).toBe(all('a', buses + cars));
  await does(cyd!, (body) => body.insert(body.toJSON().indexOf('pay'), 'really '));
  await does(bob!, move(0, cars.length, cars.length + buses.length + 'really '.length));
  const typed = 'Night buses '.length;
  const wanted = all('a', buses.slice(0, typed)) + 'ccccccc' + all('a', buses.slice(typed) + cars);
  expect(await whose()).toBe(wanted);
  for (const step of ['undo', 'redo', 'undo'] as const) {
    undo[step]();
    await agreed(bob!);
    expect((await named()).replaceAll('ccccccc', '')).toBe(all('a', buses + cars));
  }
});

test('A1 a word that is cut and pasted stays its writer’s; a copy of words that stand is the copier’s, also when the first are gone later', async () => {
  await does(bob!, (body) => body.delete(6, 6));
  await does(cyd!, (body) => body.insert(0, 'So: '));
  await does(bob!, (body) => body.insert(4, 'buses '));
  const rest = buses.length + cars.length - 6;
  expect(await whose()).toBe('cccc' + all('a', 'buses ') + 'a'.repeat(rest));
  const text = bob!.body.toJSON();
  await does(bob!, (body) => body.insert(body.length, cars));
  expect(await whose()).toBe('cccc' + 'a'.repeat(text.length - 4) + all('b', cars));
  await does(cyd!, (body) => body.delete(text.length - cars.length, cars.length));
  expect(await whose()).toBe('cccc' + 'a'.repeat(text.length - 4 - cars.length) + all('b', cars));
  // Typed out, letter by letter.
  for (const letter of 'Night') await does(cyd!, (body) => body.insert(body.length, letter));
  expect((await whose()).slice(-5)).toBe('ccccc');
});

test('A1 the undo of a deletion, and a restored version and section, give nobody else’s words to whoever did it', async () => {
  const version = await api<Version>(server, 'POST', `/pieces/${pieceId}/versions`, {
    body: { name: 'first' },
  });
  const undo = new Y.UndoManager(bob!.body, { captureTimeout: 0 });
  await does(bob!, (body) => body.delete(6, 1));
  await does(bob!, (body) => body.delete(0, 3));
  undo.undo();
  undo.undo();
  await agreed(bob!);
  expect(bob!.body.toJSON()).toBe(buses + cars);
  expect(await whose()).toBe(all('a', buses + cars));

  // Letters, words and lines, at several places, and moved besides.
  await does(cyd!, (body) => body.delete(6, 3));
  await does(cyd!, (body) => body.delete(0, 1));
  await does(bob!, (body) => body.insert(0, 'Well. '));
  await does(bob!, move(6, 10, bob!.body.length));
  await api(server, 'POST', `/versions/${version.id}/restore`, {
    token: people[2]!.token,
    body: {},
  });
  await docHolds(bob!.doc, () => bob!.body.toJSON() === buses + cars);
  expect(await whose()).toBe(all('a', buses + cars));

  await does(ann!, (body) =>
    body.applyDelta([{ insert: 'Why' }, { insert: '\n', attributes: { header: 2 } }]),
  );
  const second = await api<Version>(server, 'POST', `/pieces/${pieceId}/versions`, {
    body: { name: 'second' },
  });
  await does(bob!, (body) => body.delete(7, 5));
  await api(server, 'POST', `/versions/${second.id}/restore`, {
    token: people[1]!.token,
    body: { section: 0 },
  });
  await docHolds(bob!.doc, () => bob!.body.toJSON() === `Why\n${buses}${cars}`);
  expect(await whose()).toBe(all('a', `Why\n${buses}${cars}`));
  const { items } = await api<{ items: { kind: string; actor: { id: string } }[] }>(
    ...([server, 'GET', `/pieces/${pieceId}/events`] as const),
  );
  const restored = items.filter(({ kind }) => kind === 'version.restored');
  expect(restored.map(({ actor }) => actor.id)).toEqual([people[1]!.id, people[2]!.id]);
});

test('A1 an accepted suggestion is its proposer’s, and the letters that it keeps are whose they were', async () => {
  const thread = await api<Thread>(server, 'POST', `/pieces/${pieceId}/threads`, {
    token: people[2]!.token,
    body: { anchor: { quote: 'pay for themselves' }, suggestion: { replacement: 'pay off' } },
  });
  await api(server, 'POST', `/threads/${thread.id}/accept`, { token: people[1]!.token });
  const text = `Night buses pay off within a year.\n${cars}`;
  await docHolds(bob!.doc, () => bob!.body.toJSON() === text);
  const at = text.indexOf('off');
  expect(await whose()).toBe('a'.repeat(at) + 'ccc' + 'a'.repeat(text.length - at - 3));
});

test('A2 nobody gets another’s name under words of their own: put together of what has gone, written among it, or by imitating a move', async () => {
  await does(bob!, (body) => body.delete(0, buses.length));
  // Words and letters that had gone, in an order of one's own.
  await does(bob!, (body) => body.insert(0, 'Buses pay themselves. '));
  expect((await whose()).slice(0, 22)).toBe(all('b', 'Buses pay themselves. '));
  await does(bob!, (body) => body.delete(0, 22));
  // What had gone, with other words in it: those are who wrote them.
  const forged = 'Night buses do not pay for themselves within a year.\n';
  await does(bob!, (body) => {
    body.delete(0, cars.length);
    body.insert(0, forged);
  });
  const by = await whose();
  const own = forged.indexOf('do not');
  expect(by.slice(own, own + 6)).toBe(all('b', 'do not'));
  // As if it were undone: right before what has gone, in other words.
  const text = cyd!.body.toJSON();
  const [first] = [...itemsOf(cyd!.body)].filter((item) => item.deleted);
  const item = new Y.Item(
    Y.createID(cyd!.doc.clientID, Y.getState(cyd!.doc.store, cyd!.doc.clientID)),
    ...([null, null, null, first!.id] as const),
    ...([cyd!.body, null, new Y.ContentString('I resign.')] as const),
  );
  cyd!.doc.transact((transaction) => {
    item.right = first!;
    item.left = first!.left;
    item.origin = first!.left?.lastId ?? null;
    item.integrate(transaction, 0);
  });
  await agreed(cyd!);
  expect(cyd!.body.length).toBe(text.length + 9);
  expect([...(await whose())].filter((letter) => letter === 'c')).toHaveLength(9);
});

function* itemsOf(body: Y.Text): Generator<Y.Item> {
  for (let item = body._start; item !== null; item = item.right) yield item;
}
