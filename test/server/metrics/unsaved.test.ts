import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectSaved, createPiece, docHolds } from '../../support/clients.ts';
import { startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { scrape } from './scrape.ts';

let database: OwnPostgres;
let server: ServerProcess;
beforeAll(async () => {
  database = await startOwnPostgres();
  server = await startServerProcess({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await database.resume();
  await server.kill9();
  await database.remove();
});

test('D4 while the database stands still, what is unsaved and its age grow; tries that fail count; all of it is 0 when it is back', async () => {
  const id = await createPiece(server, { content: 'Words.' });
  const [writer, other] = [connectSaved(server, id), connectSaved(server, id)];
  await Promise.all([writer.synced(), other.synced()]);
  writer.body.insert(0, 'Saved ');
  await writer.allSaved();
  await docHolds(other.doc, () => other.body.length === writer.body.length);

  await database.pause();
  const letters = 30;
  const before = other.body.length - 1;
  for (let i = 0; i < letters; i++) writer.body.insert(0, 'x');
  await docHolds(other.doc, () => other.body.length > letters + before);
  const first = await scrape(server);
  expect(first.of('counterpoint_unsaved_updates')).toBe(letters);
  expect(first.of('counterpoint_unsaved_bytes')).toBeGreaterThan(letters * 10);
  const later = await until('a second has passed', async () => {
    const now = await scrape(server);
    return now.of('counterpoint_unsaved_oldest_age_seconds') > 1 && now;
  });
  expect(later.of('counterpoint_unsaved_oldest_age_seconds')).toBeGreaterThan(
    first.of('counterpoint_unsaved_oldest_age_seconds'),
  );
  writer.body.insert(0, 'y');
  await until('one more waits', async () => {
    return (await scrape(server)).of('counterpoint_unsaved_updates') === letters + 1;
  });
  const commits = later.of('counterpoint_commits_total');

  // The age is that of the oldest, whatever comes after it.
  expect((await scrape(server)).of('counterpoint_unsaved_oldest_age_seconds')).toBeGreaterThan(1);
  await database.resume();
  await database.kill9();
  writer.body.insert(0, 'z');
  await until('commits fail', async () => {
    return (await scrape(server)).of('counterpoint_commit_failures_total') > 1;
  });
  await database.restart();
  await writer.allSaved();
  await until('all is saved', async () => {
    const { of } = await scrape(server);
    const left = ['updates', 'bytes', 'oldest_age_seconds'].map(
      (of) => `counterpoint_unsaved_${of}`,
    );
    return left.every((name) => of(name) === 0) && of('counterpoint_commits_total') > commits;
  });
  writer.destroy();
  other.destroy();
}, 120_000);
