import { describe, expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { createDatabase } from '../support/postgres.ts';
import { picks } from '../support/random.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { until } from '../support/until.ts';
import {
  chance,
  expectTogether,
  expectVerified,
  missingFrom,
  newFolder,
  openDesk,
  seenByNewcomer,
  seatTypists,
} from './desk.ts';
import { startTyping, type Typist } from './typist.ts';

const databases = {
  'its embedded Postgres': {
    kills: rounds(4),
    env: async () => ({ DATA_DIR: await newFolder() }),
  },
  'a Postgres behind DATABASE_URL': {
    kills: rounds(2),
    // The run's own will do: it is the server that dies.
    env: async () => {
      const database = await createDatabase();
      onTestFinished(() => database.drop());
      return { DATABASE_URL: database.url };
    },
  },
};

/** When it dies, and at most how many keystrokes of all four together later. */
const moments = {
  'while they come back, or after that': 300,
  'once more is reported saved': 60,
};

const savedBy = (typists: readonly Typist[]) =>
  typists.reduce((sum, { saved }) => sum + saved.length, 0);

describe.each(Object.entries(databases))('on %s', (_name, { kills, env }) => {
  test(
    `D2 D5 kill -9 of the server at ${kills} random moments while four people type loses nothing that was saved, and the piece always opens`,
    { timeout: deadline(300_000) },
    async () => {
      const random = chance();
      const desk = await openDesk(await env());
      const piece = await createPiece(desk);
      const typists = await seatTypists(desk, piece, 4, random);

      const kinds = picks(random, Object.entries(moments), kills);
      for (const [kill, [moment, mostKeys]] of kinds.entries()) {
        const typing = startTyping(typists);
        for (const { client } of typists) client.provider.connect();
        if (moment === 'once more is reported saved') {
          const before = savedBy(typists);
          await until(moment, () => savedBy(typists) > before);
        }
        await typing.keys(random.int(mostKeys));
        await desk.kill9();
        await typing.stop();
        // Whoever is still in would bring along what the server has lost.
        for (const { client } of typists) client.provider.disconnect();
        await desk.start();
        const found = await seenByNewcomer(desk, piece);
        expect(missingFrom(found, typists), `after kill ${kill + 1}, ${moment}`).toEqual([]);
      }
      expect(savedBy(typists)).toBeGreaterThan(kills);

      for (const { client } of typists) client.provider.connect();
      await expectTogether(typists);
      expect(await desk.terminate()).toBe(0);
      await expectVerified(desk.env);
    },
  );
});
