import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readBlocks, readOutline } from '../../shared/document/index.ts';
import { connect, createPiece, docHolds, type StockClient } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { adminToken } from '../support/server-process.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { freshLetters, randomStep, type Letters } from './writers.ts';

const inCi = 50;
const runs = rounds(inCi);
const stepsEach = 40;
const atOnce = 4;

let server: TestRunningServer;
let reader: TestPerson;
beforeAll(async () => {
  server = await startRunningServer();
  reader = await createPerson(server, 'Reader');
});
afterAll(() => server.stop());

/** Resolves when all documents are one and the same, deletions included. */
function agreed(docs: readonly Y.Doc[]): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const [first, ...rest] = docs.map((doc) => Y.snapshot(doc));
      if (!rest.every((other) => Y.equalSnapshots(first!, other))) return;
      for (const doc of docs) doc.off('update', check);
      resolve();
    };
    for (const doc of docs) doc.on('update', check);
    check();
  });
}

function described({ doc, provider }: StockClient): string {
  const { shouldConnect, wsconnected, synced, wsUnsuccessfulReconnects } = provider;
  const { ds, sv } = Y.snapshot(doc);
  return JSON.stringify({
    link: { shouldConnect, wsconnected, synced, wsUnsuccessfulReconnects },
    state: [...sv].sort(),
    deleted: [...ds.clients].sort(),
  });
}

async function write(writers: readonly StockClient[], random: Random, letters: Letters) {
  const trail: string[] = [];
  for (let step = 0; step < stepsEach; step++) {
    const who = random.int(writers.length);
    trail.push(`${who}:${randomStep(writers[who]!, random, letters)}`);
    for (let turns = random.int(4); turns > 0; turns--) await turn();
  }
  for (const writer of writers) writer.provider.connect();
  return trail;
}

/** Of each run that has not ended: where it is, so that one that never ends says why. */
const running = new Map<number, () => string>();

/** What the server has refused of a reader who only watched, and then types one letter. */
async function refusedOf({ provider, body }: StockClient, pieceId: string): Promise<object[]> {
  const told = new Promise<void>((resolve) => {
    provider.messageHandlers[101] = () => resolve();
  });
  body.insert(0, '!');
  await told;
  const response = await fetch(`${server.url}/api/pieces/${pieceId}/refused`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const { items } = (await response.json()) as { items: { added: string; removed: string }[] };
  return items.map(({ added, removed }) => ({ added, removed }));
}

async function run(seed: number): Promise<void> {
  const random = seeded(seed);
  const letters = freshLetters();
  const pieceId = await createPiece(server, { content: 'One.\n\nTwo.', format: 'text' });
  await addMember(server, pieceId, reader, 'reader');
  const writers = [0, 1, 2].map(() => connect(server, pieceId));
  const watching = connect(server, pieceId, { token: reader.token, params: { ext: '1' } });
  for (const type of [100, 101]) watching.provider.messageHandlers[type] = () => undefined;
  await Promise.all([...writers, watching].map((client) => client.synced()));
  const trail = await write(writers, random, letters);
  const newcomer = connect(server, pieceId);
  const about = `SEED=${seed} TEST_LENGTH=${1 / inCi}; steps ${trail.join(' ')}`;
  const all = [...writers, watching, newcomer];
  running.set(seed, () => [about, ...all.map(described)].join('\n'));
  await agreed([...writers, newcomer].map((client) => client.doc));
  // A reader's copy may have been tidied up beyond that; it reads the same.
  const wanted = JSON.stringify(newcomer.body.toDelta());
  await docHolds(watching.doc, () => JSON.stringify(watching.body.toDelta()) === wanted);
  running.delete(seed);
  const delta = newcomer.body.toDelta() as unknown[];
  for (const { body } of all) expect(body.toDelta(), about).toEqual(delta);
  const lines = readBlocks(delta);
  expect(lines.at(-1)?.to ?? 0, about).toBeGreaterThanOrEqual(newcomer.body.length - 1);
  readOutline(delta);
  const there = [...newcomer.body.toJSON()].filter((letter) => letter >= '\u4e00');
  const kept = [...letters.typed].filter((letter) => !letters.deleted.has(letter));
  expect(there.sort(), about).toEqual(kept.sort());
  expect(await refusedOf(watching, pieceId), about).toEqual([{ added: '!', removed: '' }]);
  for (const client of all) client.destroy();
}

test(
  `S1 three writers at random, structure included, with lost connections: ${runs} runs end equal, read as blocks, and keep every letter; a reader who watches writes nothing`,
  async ({ onTestFailed }) => {
    onTestFailed(() => {
      for (const where of running.values()) console.log(`not ended: ${where()}`);
    });
    const first = runSeed();
    console.log(`seeds ${first} to ${first + runs - 1}`);
    let next = 0;
    const worker = async () => {
      while (next < runs) await run(first + next++);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, runs) }, worker));
    expect(server.warnings).toEqual([]);
  },
  deadline(180_000),
);
