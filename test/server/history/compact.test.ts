import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { packPiece, type Packing } from '../../../server/history/packer.ts';
import { historyOf, stateAt } from '../../../server/history/questions.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { deltaText } from '../../../shared/document/index.ts';
import { runCommand } from '../../durability/desk.ts';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { createDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { startRunningServer } from '../../support/running-server.ts';
import { deadline, rounds } from '../../support/test-length.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../../support/silent-log.ts';
import { historyConnection, onePost, record } from './recorded.ts';
import { builtCli } from '../../support/built-cli.ts';

const kills = rounds(4);
const author = '01900000-0000-7000-8000-000000000001';

async function openDatabase() {
  const database = await createDatabase();
  const sql = connect(database.url, historyConnection);
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  return { url: database.url, sql };
}

async function problemsIn(sql: Sql): Promise<string[]> {
  const problems: string[] = [];
  for await (const report of verifyPieces(sql)) problems.push(...report.problems);
  return problems;
}

test(
  `D1 kill -9 at ${kills} random points of compact leaves a piece that verifies, with every moment`,
  async () => {
    const seed = runSeed();
    const random = seeded(seed);
    const { url, sql } = await openDatabase();
    const keystrokes = onePost(random, 6_000).keystrokes;
    const { pieceId, times } = await record(sql, url, keystrokes, [author], random);
    const history = await historyOf(sql, pieceId);
    const doc = new Y.Doc();
    const middle = keystrokes.length >> 1;
    for (const { update } of keystrokes.slice(0, middle + 1)) Y.applyUpdate(doc, update);
    const text = doc.getText('body').toJSON();
    await sql`create table before_packing as select * from journal`;

    const cli = await builtCli();
    const compact = () =>
      spawn(process.execPath, [cli, 'compact'], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: url },
        stdio: 'ignore',
      });
    const rows = async () => {
      const [row] = await sql<{ rows: number }[]>`select count(*) as rows from journal`;
      return row!.rows;
    };
    const began = performance.now();
    const [code] = (await once(compact(), 'close')) as [number];
    const whole = performance.now() - began;
    expect(code).toBe(0);
    const packed = await rows();
    expect(packed).toBe(Math.ceil((keystrokes.length + 1) / 4_000));

    let halfWay = 0;
    for (let round = 0; round < kills; round++) {
      await sql`truncate journal`;
      await sql`insert into journal select * from before_packing`;
      const child = compact();
      const closed = once(child, 'close');
      if (round % 2 === 0) await pause((whole * random.int(100)) / 100);
      else {
        // From the first pack on.
        await until('it packs', async () => (await rows()) <= keystrokes.length, 60_000);
        await pause(random.int(300));
      }
      child.kill('SIGKILL');
      await closed;
      const left = await rows();
      if (left > packed && left <= keystrokes.length) halfWay++;
      const about = `SEED=${seed}, round ${round}, ${left} rows`;
      for await (const report of verifyPieces(sql)) {
        expect(report, about).toMatchObject({ rows: keystrokes.length + 1, problems: [] });
      }
      const { model } = await stateAt(sql, pieceId, { time: times[middle]! });
      expect(deltaText(model.body), about).toBe(text);
      expect(await historyOf(sql, pieceId), about).toEqual(history);
    }
    console.log(`seed ${seed}: ${halfWay} of ${kills} were killed between two packs`);
    expect((await once(compact(), 'close'))[0]).toBe(0);
    expect(await rows()).toBe(packed);
    expect(await problemsIn(sql)).toEqual([]);
  },
  deadline(300_000),
);

test('D1 D4 compact beside a server in which somebody types: nothing is lost, and it verifies', async () => {
  const server = await startRunningServer();
  const pieceId = await createPiece(server, { content: 'First words.' });
  const client = connectSaved(server, pieceId);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  await client.synced();
  let typing = true;
  const typed = (async () => {
    for (let i = 0; typing; i++) {
      client.body.insert(client.body.length, `${i} `);
      await pause(5);
    }
  })();
  const env = { DATABASE_URL: server.databaseUrl };
  for (let time = 0; time < 2; time++) {
    const { code, output } = await runCommand(['compact'], env);
    const figures = /^Packed 1 of 1 pieces: (\d+) journal rows are (\d+)/m.exec(output);
    const [before, after] = [Number(figures?.[1]), Number(figures?.[2])];
    expect(after, output).toBeGreaterThanOrEqual(1);
    expect(after, output).toBeLessThanOrEqual(before);
    expect(code).toBe(0);
  }
  typing = false;
  await typed;
  await client.allSaved();
  const sql = connect(server.databaseUrl, { log: silentLog, name: 'test' });
  const { model } = await stateAt(sql, pieceId, null);
  expect(deltaText(model.body)).toBe(client.body.toJSON());
  expect(await problemsIn(sql)).toEqual([]);
  await sql.end();
  expect(server.warnings).toEqual([]);
});

test('rows that come while packing counts are counted as it reads them: nothing is packed to fewer than one', async () => {
  const seed = runSeed();
  const random = seeded(seed);
  const { url, sql } = await openDatabase();
  const keystrokes = onePost(random, 40).keystrokes;
  const { pieceId } = await record(sql, url, keystrokes, [author], random);
  // Packing asks for the head after it has counted, and has to wait for it here.
  const blocker = connect(url, { log: silentLog, name: 'test writer' });
  let packing: Promise<Packing> | undefined;
  await blocker.begin(async (tx) => {
    await tx`lock table journal_heads in access exclusive mode`;
    packing = packPiece(sql, pieceId, { unfilled: true });
    await until('packing waits', async () => {
      const [row] = await blocker<{ waits: boolean }[]>`
        select exists (select from pg_locks
          where not granted and relation = 'journal_heads'::regclass) as waits`;
      return row!.waits;
    });
    const more = 10;
    await tx`
      insert into journal (piece_id, seq, author, at, update)
      select piece_id, seq + ${more}, author, at, update from journal where seq > ${41 - more}`;
    await tx`update journal_heads set seq = seq + ${more}`;
  });
  await blocker.end();
  expect(await packing, `SEED=${seed}`).toEqual({ before: 51, after: 1 });
});

test('compact says what it cannot find', async () => {
  const { url } = await openDatabase();
  const { code, output } = await runCommand(['compact', 'none'], { DATABASE_URL: url });
  expect(output).toContain('There is no piece none');
  expect(code).toBe(1);
});
