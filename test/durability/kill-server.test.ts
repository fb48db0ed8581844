import { describe, expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { startOwnPostgres } from '../support/postgres.ts';
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
    kills: 20,
    env: async () => ({ DATA_DIR: await newFolder() }),
  },
  'a Postgres behind DATABASE_URL': {
    kills: 10,
    env: async () => {
      const postgres = await startOwnPostgres();
      onTestFinished(() => postgres.remove());
      return { DATABASE_URL: postgres.serverUrl };
    },
  },
};

/** Keystrokes of all four together before a kill; none: it dies while they are coming back. */
const mostKeys = 300;
/** The same where it dies after something was reported saved, which it does every other time. */
const mostKeysOnceSaved = 60;

const savedBy = (typists: readonly Typist[]) => typists.flatMap(({ saved }) => saved).length;

describe.each(Object.entries(databases))('on %s', (_name, { kills, env }) => {
  test(
    `D2 D5 kill -9 of the server at ${kills} random moments while four people type loses nothing that was saved, and the piece always opens`,
    { timeout: 600_000 },
    async () => {
      const random = chance();
      const desk = await openDesk(await env());
      const piece = await createPiece(desk);
      const typists = await seatTypists(desk, piece, 4, random);

      for (let kill = 1; kill <= kills; kill++) {
        const typing = startTyping(typists);
        for (const { client } of typists) client.provider.connect();
        if (random.int(2) === 0) await typing.keys(random.int(mostKeys));
        else {
          const before = savedBy(typists);
          await until('more is reported saved', () => savedBy(typists) > before);
          await typing.keys(random.int(mostKeysOnceSaved));
        }
        await desk.kill9();
        await typing.stop();
        // Whoever is still in would bring along what the server has lost.
        for (const { client } of typists) client.provider.disconnect();
        await desk.start();
        const found = await seenByNewcomer(desk, piece);
        expect(missingFrom(found, typists), `after kill ${kill}`).toEqual([]);
      }
      expect(savedBy(typists)).toBeGreaterThan(kills);

      for (const { client } of typists) client.provider.connect();
      await expectTogether(typists);
      expect(await desk.terminate()).toBe(0);
      await expectVerified(desk.env);
    },
  );
});
