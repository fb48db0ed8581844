import { describe, expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { startOwnPostgres } from '../support/postgres.ts';
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
import { startTyping } from './typist.ts';

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
      return { DATABASE_URL: postgres.url };
    },
  },
};

/** Keystrokes of all four together before a kill; none: it dies while they are coming back. */
const mostKeys = 300;

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
        await typing.keys(random.int(mostKeys));
        await desk.kill9();
        await typing.stop();
        // Whoever is still in would bring along what the server has lost.
        for (const { client } of typists) client.provider.disconnect();
        await desk.start();
        const found = await seenByNewcomer(desk, piece);
        expect(missingFrom(found, typists), `after kill ${kill}`).toEqual([]);
      }
      expect(typists.flatMap(({ saved }) => saved).length).toBeGreaterThan(kills);

      for (const { client } of typists) client.provider.connect();
      await expectTogether(typists);
      expect(await desk.terminate()).toBe(0);
      await expectVerified(desk.env);
    },
  );
});
