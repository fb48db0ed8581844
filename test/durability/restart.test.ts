import { expect, onTestFinished, test } from 'vitest';
import { createPiece } from '../support/clients.ts';
import {
  createDatabase,
  isThere,
  processesOf,
  send,
  startOwnPostgres,
  type OwnPostgres,
} from '../support/postgres.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { until } from '../support/until.ts';
import {
  chance,
  expectTogether,
  missingFrom,
  newFolder,
  openDesk,
  seenByNewcomer,
  seatTypists,
} from './desk.ts';
import { postmaster, readStored } from './stored.ts';
import { startTyping, type Typist } from './typist.ts';

const restarting = 1012;

const stops = rounds(1);

test(
  `D5 SIGTERM at ${stops} random moments while people type: all that arrived is saved, they get 1012, and come back by themselves`,
  { timeout: deadline(180_000) },
  async () => {
    const random = chance();
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const desk = await openDesk({ DATABASE_URL: database.url });
    const piece = await createPiece(desk);
    const typists = await seatTypists(desk, piece, 4, random);
    await expectTogether(typists);

    for (let stop = 1; stop <= stops; stop++) {
      const typing = startTyping(typists, 100);
      await typing.keys(30 + random.int(60));
      expect(await desk.terminate(), `exit code of stop ${stop}`).toBe(0);
      await until('everybody was told to come back', () =>
        typists.every(({ closes }) => closes.includes(restarting)),
      );
      const stored = await readStored(database.directUrl, piece);
      expect(missingFrom(stored.doc, typists)).toEqual([]);
      expect(receivedButNotIn(stored.body, typists)).toEqual([]);
      expect(stored.snapshot, 'a stopped server leaves no tail').toBe(stored.head);

      await desk.start();
      await typing.keys(30);
      await typing.stop();
      await expectTogether(typists);
      for (const { closes } of typists) closes.length = 0;
    }
  },
);

/** What somebody else got to see has been at the server. */
function receivedButNotIn(body: string, typists: readonly Typist[]): string[] {
  const saved = new Set(body);
  const seen = typists.map((typist) => ({ typist, letters: new Set(typist.client.body.toJSON()) }));
  return typists.flatMap((writer) =>
    writer.standing.filter(
      (letter) =>
        !saved.has(letter) &&
        seen.some(({ typist, letters }) => typist !== writer && letters.has(letter)),
    ),
  );
}

/** In ms, with a `SHUTDOWN_MS` of 1,000 and a machine that has other things to do. */
const stopsWithin = 8_000;

const absences = {
  'is gone': (postgres: OwnPostgres) => postgres.kill9(),
  'does not answer': (postgres: OwnPostgres) => postgres.pause(),
};

test(`D5 SIGTERM while the database ${Object.keys(absences).join(', or ')} ends within a deadline, with exit code 1, and nobody was told a lie`, async () => {
  const postgres = await startOwnPostgres();
  onTestFinished(() => postgres.remove());
  const desk = await openDesk({ DATABASE_URL: postgres.serverUrl, SHUTDOWN_MS: '1000' });
  const piece = await createPiece(desk);
  const typists = await seatTypists(desk, piece, 1, chance());
  const [{ client, saved }] = typists as [Typist];
  for (const [how, leave] of Object.entries(absences)) {
    const typing = startTyping(typists, 50);
    const before = saved.length;
    // The piece is open from here on: what comes is taken, and waits for the database.
    await until('some of it is saved', () => saved.length > before);
    await leave(postgres);
    await typing.keys(20);

    const asked = Date.now();
    expect(await desk.terminate(), how).toBe(1);
    expect(Date.now() - asked, how).toBeLessThan(stopsWithin);
    await typing.stop();
    client.provider.disconnect();

    await postgres.resume();
    await postgres.restart();
    await desk.start();
    expect(missingFrom(await seenByNewcomer(desk, piece), typists), how).toEqual([]);
    client.provider.connect();
    await expectTogether(typists);
  }
});

test('D5 SIGTERM while the embedded Postgres does not answer ends both within a deadline, with exit code 1', async () => {
  const dataDir = await newFolder();
  const desk = await openDesk({ DATA_DIR: dataDir, SHUTDOWN_MS: '1000' });
  const piece = await createPiece(desk);
  const typists = await seatTypists(desk, piece, 1, chance());
  const typing = startTyping(typists, 50);
  await until('some of it is saved', () => typists[0]!.saved.length > 0);
  const processes = await processesOf((await postmaster(dataDir)).pid);
  onTestFinished(() => processes.filter(isThere).forEach((pid) => send(pid, 'SIGKILL')));
  for (const pid of processes) send(pid, 'SIGSTOP');
  await typing.keys(20);

  const asked = Date.now();
  expect(await desk.terminate()).toBe(1);
  expect(Date.now() - asked).toBeLessThan(stopsWithin);
  expect(typists[0]!.closes).toContain(restarting);
  await until('no process of Postgres is left', () => !processes.some(isThere));
  await typing.stop();
  typists[0]!.client.provider.disconnect();

  await desk.start();
  expect(missingFrom(await seenByNewcomer(desk, piece), typists)).toEqual([]);
  typists[0]!.client.provider.connect();
  await expectTogether(typists);
});
