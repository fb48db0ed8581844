import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readBlocks, readOutline } from '../../shared/document/index.ts';
import { connect, createPiece, type StockClient } from '../support/clients.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { freshLetters, randomStep, type Letters } from './writers.ts';

const runs = Number(process.env.FUZZ_RUNS ?? 500);
const stepsEach = 40;
const atOnce = 8;

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer();
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

async function run(seed: number): Promise<void> {
  const random = seeded(seed);
  const letters = freshLetters();
  const pieceId = await createPiece(server, { content: 'One.\n\nTwo.', format: 'text' });
  const writers = [0, 1, 2].map(() => connect(server, pieceId));
  await Promise.all(writers.map((writer) => writer.synced()));
  const trail = await write(writers, random, letters);
  const newcomer = connect(server, pieceId);
  await agreed([...writers, newcomer].map((client) => client.doc));

  const about = `SEED=${seed} FUZZ_RUNS=1; steps ${trail.join(' ')}`;
  const delta = newcomer.body.toDelta() as unknown[];
  for (const writer of writers) expect(writer.body.toDelta(), about).toEqual(delta);
  const lines = readBlocks(delta);
  expect(lines.at(-1)?.to ?? 0, about).toBeGreaterThanOrEqual(newcomer.body.length - 1);
  readOutline(delta);
  const there = [...newcomer.body.toJSON()].filter((letter) => letter >= '\u4e00');
  const wanted = [...letters.typed].filter((letter) => !letters.deleted.has(letter));
  expect(there.sort(), about).toEqual(wanted.sort());
  for (const client of [...writers, newcomer]) client.destroy();
}

test(`S1 three writers at random, structure included, with lost connections: ${runs} runs end equal, read as blocks, and keep every letter`, async () => {
  const first = runSeed();
  console.log(`seeds ${first} to ${first + runs - 1}`);
  let next = 0;
  const worker = async () => {
    while (next < runs) await run(first + next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, runs) }, worker));
  expect(server.warnings).toEqual([]);
}, 300_000);
