import { setImmediate as turn } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import * as Y from 'yjs';
import type { Thread, ThreadPage } from '../../shared/api/threads.ts';
import { api } from '../engine/people-in-room.ts';
import { agreed } from '../support/agreed.ts';
import { connect, createPiece, type StockClient } from '../support/clients.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { editorOf, plain, threadStep } from './thread-writers.ts';

const threadCount = 300;
const steps = rounds(2_000);
const stopEvery = 1_000;
const decideEvery = 40;

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server.stop());

/** Prose in which each sentence is there once, but words and phrases many times. */
function makeContent(random: Random): string {
  const nouns = ['bus', 'tram', 'taxi', 'street', 'night', 'city', 'fare', 'rider', 'winter'];
  const verbs = ['pays for', 'needs', 'carries', 'empties', 'wakes', 'costs more than'];
  const sentence = (i: number) =>
    `The ${random.pick(nouns)} ${random.pick(verbs)} the ${random.pick(nouns)}, as case ${i} has it.`;
  const all = Array.from({ length: 240 }, (_, i) => sentence(i));
  return Array.from({ length: 60 }, (_, i) => all.slice(4 * i, 4 * i + 4).join(' ')).join('\n');
}

/** A thread on any stretch of the text: a comment or a suggestion, now and then at a point. */
function anyThread({ body }: StockClient, random: Random): object {
  const text = plain(body);
  const from = random.int(text.length - 90);
  const length = random.pick([1, 3, 8, 20, 40, 80]);
  const point = random.next() < 0.1;
  const encode = (index: number, assoc: number) =>
    Buffer.from(
      Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(body, index, assoc)),
    ).toString('base64');
  const to = point ? from : from + length;
  const anchor = { start: encode(from, 0), end: encode(to, point ? 0 : -1) };
  const suggests = point || random.next() < 0.4;
  // A suggestion of the words that stand there is refused: the passage may be an "x" itself.
  const others = ['other words', 'und\nanders', 'x'].filter(
    (words) => words !== text.slice(from, to),
  );
  return suggests
    ? { anchor, suggestion: { replacement: random.pick(others) } }
    : { anchor, body: `About ${from}` };
}

async function allThreads(pieceId: string): Promise<Thread[]> {
  const threads: Thread[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page: ThreadPage = await api(
      server,
      'GET',
      `/pieces/${pieceId}/threads?limit=200${query}`,
    );
    threads.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return threads;
}

/** Accepts, rejects or resolves, whatever becomes of it. */
async function decide(thread: Thread, random: Random): Promise<void> {
  const what = thread.kind === 'comment' ? 'resolve' : random.pick(['accept', 'accept', 'reject']);
  await api(server, 'POST', `/threads/${thread.id}/${what}`).catch((err: Error) => {
    if (!/passage_changed|already_decided/.test(err.message)) throw err;
  });
}

/** Everybody has everything; the threads are what they should be. @returns how many have a place. */
async function check(pieceId: string, writers: StockClient[], ids: string[], about: string) {
  for (const { provider } of writers) provider.connect();
  await Promise.all(writers.map((writer) => writer.synced()));
  const newcomer = connect(server, pieceId);
  await newcomer.synced();
  await agreed([newcomer, ...writers].map(({ doc }) => doc));
  const text = plain(newcomer.body);
  const threads = await allThreads(pieceId);
  expect(threads.map(({ id }) => id).sort(), about).toEqual(ids);
  for (const { id, quote, position, orphaned, anchor, suggestion } of threads) {
    const which = `${about} thread ${id}`;
    if (position === null) {
      expect([orphaned, anchor], which).toEqual([true, null]);
      expect(quote !== '' || suggestion !== null, which).toBe(true);
      continue;
    }
    const { from, to } = position;
    expect(quote, which).toBe(text.slice(from, to).replaceAll('\ufffc', ''));
    // So does a client see it that resolves the positions by itself.
    const indexOf = (encoded: string) =>
      Y.createAbsolutePositionFromRelativePosition(
        Y.decodeRelativePosition(Buffer.from(encoded, 'base64')),
        newcomer.doc,
        false,
      )!.index;
    expect(indexOf(anchor!.end), which).toBe(to);
    if (from < to) expect(indexOf(anchor!.start), which).toBe(from);
  }
  newcomer.destroy();
  return threads.filter(({ position }) => position !== null).length;
}

test(
  `S2 ${threadCount} threads while three clients edit at random, ${steps} steps: none is lost, each quote is the text between its positions`,
  async () => {
    const seed = runSeed();
    console.log(`seed ${seed}`);
    const random = seeded(seed);
    const pieceId = await createPiece(server, { content: makeContent(random), format: 'text' });
    const editors = [0, 1, 2].map(() => editorOf(connect(server, pieceId)));
    const writers = editors.map(({ client }) => client);
    await Promise.all(writers.map((writer) => writer.synced()));
    const threads: Thread[] = [];
    for (let i = 0; i < threadCount; i++) {
      const body = anyThread(writers[0]!, random);
      threads.push(await api<Thread>(server, 'POST', `/pieces/${pieceId}/threads`, { body }));
    }
    const ids = threads.map(({ id }) => id).sort();
    const placed: number[] = [];
    onTestFailed(() => console.log(server.warnings.join('')));
    for (let step = 1; step <= steps; step++) {
      threadStep(random.pick(editors), random);
      if (random.next() < 0.5) await turn();
      if (step % decideEvery === 0) await decide(random.pick(threads), random);
      if (step % stopEvery > 0) continue;
      placed.push(await check(pieceId, writers, ids, `SEED=${seed} step ${step}`));
    }
    console.log(`with a place, of ${threadCount}: ${placed.join(' ')}`);
    const stored = await storedQuotes(pieceId);
    const shown = await allThreads(pieceId);
    expect(stored).toEqual(new Map(shown.map(({ id, quote }) => [id, quote])));
    for (const writer of writers) writer.destroy();
    expect(server.warnings).toEqual([]);
  },
  deadline(180_000),
);

async function storedQuotes(pieceId: string): Promise<Map<string, string>> {
  const sql = postgres(server.databaseUrl);
  const rows = await sql<{ id: string; quote: string }[]>`
    select id, quote from threads where piece_id = ${pieceId} order by created_at, id`;
  await sql.end();
  return new Map(rows.map(({ id, quote }) => [id, quote]));
}
