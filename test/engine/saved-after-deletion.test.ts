import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { connect } from '../../server/db/connect.ts';
import { packPiece } from '../../server/history/packer.ts';
import { openDesk, seenByNewcomer, type Desk } from '../durability/desk.ts';
import { readStored } from '../durability/stored.ts';
import { createPiece } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { Pen } from './pen.ts';

interface Place {
  readonly desk: { readonly url: string };
  readonly env: { readonly DATABASE_URL: string };
  readonly pieceId: string;
}

const idle = { IDLE_UNLOAD_MS: '200' };
let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer(idle);
});
afterAll(() => server.stop());

async function newPiece(desk: Place['desk'], databaseUrl: string): Promise<Place> {
  const pieceId = await createPiece(desk, { content: 'First words.' });
  return { desk, env: { DATABASE_URL: databaseUrl }, pieceId };
}

async function newPieces(count: number, desk: Place['desk'], databaseUrl: string) {
  return Promise.all(Array.from({ length: count }, () => newPiece(desk, databaseUrl)));
}

const setUp = (count: number) => newPieces(count, server, server.databaseUrl);

/** Pieces on a server that can be killed. */
async function setUpToKill(count: number): Promise<{ desk: Desk; places: Place[] }> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const desk = await openDesk({ DATABASE_URL: database.url, ...idle });
  return { desk, places: await newPieces(count, desk, database.directUrl) };
}

async function open({ desk, pieceId }: Place, options: Parameters<typeof Pen.open>[2]) {
  const pen = await Pen.open(desk, pieceId, options);
  onTestFinished(() => pen.close());
  return pen;
}

async function unloaded({ env, pieceId }: Place): Promise<void> {
  const isUnloaded = async () => {
    const { snapshot, head } = await readStored(env.DATABASE_URL, pieceId);
    return snapshot === head;
  };
  await until('the piece has been unloaded', isUnloaded, 15_000, 100);
}

/** As `counterpoint compact` does it. */
async function packed({ env, pieceId }: Pick<Place, 'env' | 'pieceId'>): Promise<void> {
  const sql = connect(env.DATABASE_URL, { log: silentLog, name: 'test' });
  try {
    expect(await packPiece(sql, pieceId, { unfilled: true })).toMatchObject({ after: 1 });
  } finally {
    await sql.end();
  }
}

/** What happens between the deletion of one's words and the coming of the other's, in pieces of one server. */
const meanwhile: Record<
  string,
  (count: number) => Promise<{ places: Place[]; passes: () => Promise<void> }>
> = {
  nothing: async (count) => ({ places: await setUp(count), passes: async () => undefined }),
  'the pieces are packed': async (count) => {
    const places = await setUp(count);
    return { places, passes: () => each(places, packed) };
  },
  'nobody is there, and the pieces leave memory': async (count) => {
    const places = await setUp(count);
    return { places, passes: () => each(places, unloaded) };
  },
  'the server is killed, and the pieces packed': async (count) => {
    const { desk, places } = await setUpToKill(count);
    const passes = async () => {
      await desk.kill9();
      await each(places, packed);
      await desk.start();
    };
    return { places, passes };
  },
};

async function each(places: readonly Place[], pass: (place: Place) => Promise<void>) {
  for (const place of places) await pass(place);
}

/** Where the words stand, and how others delete them. */
const ways: Record<
  string,
  [write: (doc: Y.Doc, words: string) => void, del: (doc: Y.Doc) => void]
> = {
  'in the body': [
    (doc, words) => doc.getText('body').insert(0, words),
    (doc) => doc.getText('body').delete(0, 5),
  ],
  'in a note that is removed': [
    (doc, words) => {
      const note = new Y.Text();
      doc.getMap('footnotes').set('n', note);
      note.insert(0, words);
    },
    (doc) => doc.getMap('footnotes').delete('n'),
  ],
};

function changed({ doc }: Pen, change: (doc: Y.Doc) => void): Uint8Array {
  const before = Y.encodeStateVector(doc);
  change(doc);
  return Y.encodeStateAsUpdate(doc, before);
}

const both = Object.entries(ways);

test.each(Object.entries(meanwhile))(
  `D2 words ${both.map(([where]) => where).join(' and ')}, deleted by somebody: the same are saved when they come again, others with the clientID get 4400; meanwhile %s`,
  async (_what, begin) => {
    const { places, passes } = await begin(both.length);
    const written = [];
    for (const [i, [where, [write, remove]]] of both.entries()) {
      const place = places[i]!;
      const from = await seenByNewcomer(place.desk, place.pieceId);
      const one = await open(place, { from, clientID: 77 });
      const words = changed(one, (doc) => write(doc, 'One. '));
      await one.send(words);
      const ben = await open(place, { from: await seenByNewcomer(place.desk, place.pieceId) });
      await ben.send(changed(ben, remove));
      expect([one.saved, ben.saved], where).toEqual([1, 1]);
      await one.close();
      await ben.close();
      written.push({ place, from, doc: one.doc, words, where, write });
    }
    await passes();
    for (const { place, from, doc, words, where, write } of written) {
      const again = await open(place, { from: doc, clientID: 77 });
      await again.send(words);
      await again.send(Y.encodeStateAsUpdate(doc), 'step2');
      expect([again.saved, again.code], where).toEqual([2, null]);
      for (const others of ['Two! ', 'Two', 'Two, and more. ']) {
        const twin = await open(place, { from, clientID: 77 });
        await twin.send(changed(twin, (doc) => write(doc, others)));
        expect([twin.saved, twin.code], `${where}: ${others}`).toEqual([0, 4400]);
      }
    }
  },
);

test('D2 words typed into a note that somebody has removed meanwhile are saved: the history has them', async () => {
  const [place] = (await setUp(1)) as [Place];
  const ann = await open(place, {});
  await ann.send(changed(ann, (doc) => ways['in a note that is removed']![0](doc, 'A note. ')));
  const ben = await open(place, { from: await seenByNewcomer(place.desk, place.pieceId) });
  await ben.send(changed(ben, (doc) => doc.getMap('footnotes').delete('n')));
  const note = () => ann.doc.getMap<Y.Text>('footnotes').get('n')!;
  // Fresh words, and words that come with all else that a client has, deletions too.
  await ann.send(changed(ann, () => note().insert(0, 'Typed. ')));
  await ann.send(
    changed(ann, (doc) => {
      note().insert(0, 'Typed, too. ');
      doc.getText('body').insert(0, 'xy');
      doc.getText('body').delete(0, 1);
    }),
    'step2',
  );
  expect([ann.saved, ann.code]).toEqual([3, null]);
  await packed(place);
  // The same again is found in the journal.
  await ann.send(Y.encodeStateAsUpdate(ann.doc), 'step2');
  expect([ann.saved, ann.code]).toEqual([4, null]);
});

test('R4 a refused edit does not count when others stand under its ids in the end, and does when it is sent again', async () => {
  const [place] = (await setUp(1)) as [Place];
  const from = await seenByNewcomer(place.desk, place.pieceId);
  const person = await createPerson(place.desk, 'Ann');
  const role = (as: 'reader' | 'writer') => addMember(place.desk, place.pieceId, person, as);
  await role('reader');
  const { token } = person;
  const [one, other] = [
    await open(place, { from, clientID: 78, token }),
    await open(place, { from, clientID: 78, token }),
  ];
  one.post(one.write('One. '));
  await one.heard();
  other.post(other.write('Two! '));
  await other.heard();
  expect([one.saved, other.saved]).toEqual([0, 0]);
  await role('writer');
  const again = await open(place, { from: other.doc, clientID: 78, token });
  await again.send(Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(from)));
  await until('the other is told', () => other.saved === 1);
  await one.heard();
  expect([one.saved, one.code]).toEqual([0, null]);
});
