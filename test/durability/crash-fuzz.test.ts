import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { inOrder, lettersThatStand } from './keyboard.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedServer } from './simulated-server.ts';

const runs = rounds(25);
const crashes = 6;
const people = 4;

test(
  `D1 D2 P2 ${runs * crashes} crashes at any point between any two messages: what was saved is in the journal, and all words come together in the end`,
  { timeout: deadline(180_000) },
  async () => {
    const first = runSeed();
    for (let seed = first; seed < first + runs; seed++) {
      await liveThroughCrashes(seed).catch((cause: unknown) => {
        throw new Error(`To repeat this run: SEED=${seed}`, { cause });
      });
    }
  },
);

async function liveThroughCrashes(seed: number): Promise<void> {
  const random = seeded(seed);
  const server = new SimulatedServer();
  const clients = Array.from({ length: people }, (_, hand) => new SimulatedClient(hand, random));
  for (let crash = 1; crash <= crashes; crash++) {
    await server.start();
    for (let steps = random.int(220); steps > 0; steps--) await step(random, server, clients);
    server.crash({ committed: random.int(2) === 0 });
    for (const client of clients) client.disconnect();
    const journalled = server.journalled();
    for (const { keyboard, saved } of clients) {
      expect(keyboard.missing(journalled, saved), `after crash ${crash}`).toEqual([]);
    }
    expectSame(journalled, server.opened());
  }
  await server.start();
  for (let steps = 200; steps > 0; steps--) await step(random, server, clients);
  for (const client of clients) if (!client.connected) client.connect(server.room);
  await settle(server, clients);
  const letters = lettersThatStand(clients.map(({ keyboard }) => keyboard));
  for (const { doc } of [...clients, { doc: server.journalled() }]) {
    expect(inOrder(doc.getText('body').toJSON())).toBe(letters);
  }
  expect(clients.flatMap(({ refused }) => refused)).toEqual([]);
}

/** The piece is its journal, however it is opened (D1, D6). */
function expectSame(journalled: Y.Doc, opened: Y.Doc): void {
  expect(opened.getText('body').toJSON()).toBe(journalled.getText('body').toJSON());
  expect(Y.equalSnapshots(Y.snapshot(opened), Y.snapshot(journalled))).toBe(true);
}

/** Anything that can happen next, happens. */
async function step(random: Random, server: SimulatedServer, clients: SimulatedClient[]) {
  const client = random.pick(clients);
  switch (random.int(7)) {
    case 0:
    case 1:
      client.keyboard.key();
      break;
    case 2:
    case 3:
      if (client.connected) client.moveUp();
      else client.connect(server.room);
      break;
    case 4:
      client.moveDown();
      break;
    case 5:
      server.commit();
      break;
    default:
      await turn();
  }
}

/** Moves everything until nothing is on its way any more. */
async function settle(server: SimulatedServer, clients: SimulatedClient[]): Promise<void> {
  for (let round = 0; round < 10_000; round++) {
    for (const client of clients) {
      if (!client.connected) client.connect(server.room);
      client.moveUp();
      client.moveDown();
    }
    server.commit();
    await turn();
    // A look into the journal, and the pause after it, last as long as the machine takes for them.
    if (round > 1_000) await sleep(1);
    // The outbox sends in the turn after next.
    if (!server.saving && clients.every(({ settled }) => settled)) {
      for (let turns = 0; turns < 4; turns++) await turn();
      if (clients.every(({ settled }) => settled)) return;
    }
  }
  throw new Error('what was said does not come to rest: something is never saved, or never sent');
}
