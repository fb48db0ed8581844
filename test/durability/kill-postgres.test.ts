import { describe, expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { startOwnPostgres } from '../support/postgres.ts';
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
import { answers, embeddedUrl, postmaster, readStored } from './stored.ts';
import { startTyping } from './typist.ts';

/** A Postgres that can be killed. */
interface Victim {
  readonly env: Record<string, string>;
  url(): Promise<string>;
  kill9(): Promise<void>;
  /** Resolves when it runs again. */
  back(): Promise<void>;
}

const victims: Record<string, () => Promise<Victim>> = {
  async 'the embedded Postgres, which the server starts again'() {
    const dataDir = await newFolder();
    let killed = 0;
    return {
      env: { DATA_DIR: dataDir },
      url: () => embeddedUrl(dataDir),
      async kill9() {
        killed = (await postmaster(dataDir)).pid;
        process.kill(killed, 'SIGKILL');
      },
      async back() {
        await until('the server has started it again', async () => {
          const { pid } = await postmaster(dataDir).catch(() => ({ pid: 0 }));
          return pid > 0 && pid !== killed && (await answers(await embeddedUrl(dataDir)));
        });
      },
    };
  },
  async 'a Postgres behind DATABASE_URL, which comes back by itself'() {
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    return {
      env: { DATABASE_URL: postgres.serverUrl },
      url: async () => postgres.url,
      kill9: () => postgres.kill9(),
      back: () => postgres.restart(),
    };
  },
};

const kills = rounds(1);
const mostKeys = 200;

describe.each(Object.entries(victims))('%s', (_name, find) => {
  test(
    `D2 D4 kill -9 of Postgres at ${kills} random moments while four people type, and once of both, loses nothing that was saved`,
    { timeout: deadline(180_000) },
    async () => {
      const random = chance();
      const victim = await find();
      const desk = await openDesk(victim.env);
      const piece = await createPiece(desk);
      const typists = await seatTypists(desk, piece, 4, random);
      await expectTogether(typists);

      for (let kill = 1; kill <= kills; kill++) {
        const typing = startTyping(typists);
        await typing.keys(random.int(mostKeys));
        await victim.kill9();
        await typing.keys(random.int(mostKeys));
        await typing.stop();
        await victim.back();
        await expectTogether(typists);
        // The server still has all of it in memory, so only the journal's own rows prove anything.
        const { doc } = await readStored(await victim.url(), piece);
        expect(missingFrom(doc, typists), `after kill ${kill}`).toEqual([]);
        await seenByNewcomer(desk, piece);
      }
      expect(typists.flatMap(({ closes }) => closes)).toEqual([]);

      // A power cut takes both, and what the server had in memory.
      const typing = startTyping(typists);
      await typing.keys(mostKeys);
      await Promise.all([victim.kill9(), desk.kill9()]);
      await typing.stop();
      if (victim.env.DATABASE_URL !== undefined) await victim.back();
      for (const { client } of typists) client.provider.disconnect();
      await desk.start();
      expect(missingFrom(await seenByNewcomer(desk, piece), typists)).toEqual([]);
      for (const { client } of typists) client.provider.connect();
      await expectTogether(typists);
      expect(await desk.terminate()).toBe(0);
      await expectVerified(desk.env);
    },
  );
});
