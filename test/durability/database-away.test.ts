import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { chance, openSharedDesk, seatTypists, tellIfFailed, type Desk } from './desk.ts';
import { readStored } from './stored.ts';
import { inOrder, lettersThatStand } from './keyboard.ts';
import { startTyping, type Typist } from './typist.ts';

const outages = {
  'is killed, and is back after 20 s': {
    seconds: 20,
    leave: (postgres: OwnPostgres) => postgres.kill9(),
    comeBack: (postgres: OwnPostgres) => postgres.restart(),
  },
  'hangs, and goes on after 12 s': {
    seconds: 12,
    leave: (postgres: OwnPostgres) => postgres.pause(),
    comeBack: (postgres: OwnPostgres) => postgres.resume(),
  },
};

/** How soon after its return the database must hold everything, in ms. */
const soon = 5_000;
/** Rests between keystrokes are below this, in ms: a quick person's pace, for the whole time. */
const mostRest = 250;
/** In ms: a look at /readyz or into the journal is dear. */
const seldom = 100;

/** How many groups have been seated: who types has a name of their own. */
let seated = 0;
let postgres: OwnPostgres;
let desk: Desk;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  desk = await openSharedDesk({ DATABASE_URL: postgres.serverUrl });
});
afterAll(async () => {
  await desk.kill9();
  await postgres.remove();
});

test.each(Object.entries(outages))(
  'D4 the database %s: people write on together, nothing is reported saved, and all is in the database within 5 s of its return',
  { timeout: 600_000 },
  async (_how, outage) => {
    tellIfFailed(desk);
    const piece = await createPiece(desk);
    const random = chance();
    const typists = await seatTypists(desk, piece, 3, random, 3 * seated++);
    await Promise.all(typists.map(({ client }) => client.synced()));
    const typing = startTyping(typists, mostRest);
    await typing.keys(50);

    await outage.leave(postgres);
    const left = Date.now();
    await typing.keys(30);
    await expectSeenByAll(typists);
    // What was said before the database left has arrived by now, and no more may come.
    const savedBefore = typists.map(({ saved }) => saved.length);
    await until('/readyz says no', async () => (await ready()) === 503, undefined, seldom);
    while (Date.now() - left < outage.seconds * 1_000) {
      await typing.keys(20);
      await expectSeenByAll(typists);
      expect(typists.map(({ saved }) => saved.length)).toEqual(savedBefore);
    }
    expect(await ready()).toBe(503);

    await typing.stop();
    await expectSeenByAll(typists);
    const letters = lettersThatStand(typists);
    await outage.comeBack(postgres);
    await until(
      'all that was written is in the journal',
      async () => inOrder((await readStored(postgres.url, piece)).body) === letters,
      soon,
      seldom,
    );
    await Promise.all(typists.map(({ client }) => client.allSaved()));
    await until('/readyz says yes', async () => (await ready()) === 200, undefined, seldom);
    expect(typists.flatMap(({ closes }) => closes)).toEqual([]);
  },
);

async function ready(): Promise<number> {
  return (await fetch(`${desk.url}/readyz`)).status;
}

/** Everybody comes to see what anybody has written up to now. */
async function expectSeenByAll(typists: readonly Typist[]): Promise<void> {
  const letters = typists.flatMap(({ standing }) => standing);
  await until(
    'what was just typed is at everybody',
    () =>
      typists.every(({ client }) => {
        const seen = new Set(client.body.toJSON());
        // A letter that has been taken back since need not be there.
        const standing = new Set(typists.flatMap((typist) => typist.standing));
        return letters.every((letter) => seen.has(letter) || !standing.has(letter));
      }),
    undefined,
    50,
  );
}
