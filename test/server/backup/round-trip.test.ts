import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manifest } from '../../../server/backup/manifest.ts';
import { writeWholeFile } from '../../../server/backup/output-file.ts';
import { restoreBackup } from '../../../server/backup/restore.ts';
import { keptTables, leftOut } from '../../../server/backup/tables.ts';
import { writeBackup } from '../../../server/backup/write-backup.ts';
import { connect } from '../../../server/db/connect.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { silentLog } from '../../support/silent-log.ts';
import { fillDatabase, oddTexts, rowsOf } from './filled.ts';

let source: TestDatabase;
let folder: string;
let file: string;
let manifest: Manifest;
beforeAll(async () => {
  source = await createDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-backup-'));
  file = path.join(folder, 'first.backup');
  await fillDatabase(source.url);
  manifest = await backUp(source.url, file);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await source.drop();
});

async function backUp(url: string, name: string): Promise<Manifest> {
  const sql = connect(url, { log: silentLog, name: 'test', statementTimeout: 0 });
  try {
    return await writeWholeFile(name, (sink) => writeBackup(sql, sink, () => undefined));
  } finally {
    await sql.end();
  }
}

async function restore(name: string, url: string, signOut = false) {
  const handle = await open(name, 'r');
  try {
    const quiet = { log: silentLog, tell: () => undefined };
    return await restoreBackup(handle, { url, signOut, ...quiet });
  } finally {
    await handle.close();
  }
}

/** Gives a new database to `work`, and removes it. */
async function inDatabase<T>(work: (url: string) => Promise<T>, empty = true): Promise<T> {
  const target = await createDatabase({ empty });
  try {
    return await work(target.url);
  } finally {
    await target.drop();
  }
}

describe('backup and restore', () => {
  test('every table of the schema is kept or left out for a reason, after what it refers to', async () => {
    const sql = connect(source.url, { log: silentLog, name: 'test', max: 1 });
    const tables = await sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;
    const references = await sql<{ name: string; refers: string }[]>`
      select conrelid::regclass::text as name, confrelid::regclass::text as refers
      from pg_constraint where contype = 'f' and conrelid <> confrelid`;
    await sql.end();
    expect(tables.map(({ name }) => name).sort()).toEqual(
      [...keptTables, ...Object.keys(leftOut)].sort(),
    );
    const place = (name: string) => (keptTables as readonly string[]).indexOf(name);
    const wrong = references.filter(
      ({ name, refers }) => place(name) !== -1 && place(refers) >= place(name),
    );
    expect(wrong).toEqual([]);
  });

  test('what is restored is what was backed up, row by row, in every table', async () => {
    await inDatabase(async (url) => {
      const { problems } = await restore(file, url);
      expect(problems).toEqual([]);
      const [before, after] = [await rowsOf(source.url), await rowsOf(url)];
      for (const table of keptTables) {
        expect(before.get(table)?.length, table).toBeGreaterThan(0);
        // Beside those of servers there is one for each piece that is not deleted.
        if (table === 'open_pieces') {
          expect(after.get(table)).toEqual(expect.arrayContaining(before.get(table)!));
        } else expect(after.get(table), table).toEqual(before.get(table));
      }
      const sql = connect(url, { log: silentLog, name: 'test', max: 1 });
      const [left] = await sql`select count(*)::int as invites from invites`;
      const [pieces] = await sql`
        select count(*)::int as unnoted from pieces where deleted_at is null
          and (select count(*) from open_pieces where piece_id = pieces.id) < 2`;
      const triggers = await sql`
        select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'`;
      await sql.end();
      expect({ ...left, ...pieces, triggers: [...triggers] }).toEqual({
        ...{ invites: 0, unnoted: 0, triggers: [] },
      });
    });
  });

  test('a database that has the schema already, but nobody and no piece, is empty too', async () => {
    await inDatabase(async (url) => {
      expect((await restore(file, url)).problems).toEqual([]);
    }, false);
  });

  test('--sign-out: all is restored, and nobody is signed in', async () => {
    await inDatabase(async (url) => {
      await restore(file, url, true);
      const rows = await rowsOf(url);
      expect(rows.get('sessions')).toEqual([]);
      expect(rows.get('users')).toHaveLength(oddTexts.length);
    });
  });

  test('what is damaged, cut off or not a backup is refused before anything is written', async () => {
    const whole = await readFile(file);
    const seed = runSeed();
    const random = seeded(seed);
    const at = (below: number) => random.int(below);
    const tar = gunzipSync(whole);
    const damaged: [string, Buffer][] = [
      ['nothing', Buffer.alloc(0)],
      ['a text', Buffer.from('not a backup')],
      ['another gzip', gzipSync(Buffer.from('not a backup'))],
      ['another tar', gzipSync(Buffer.alloc(10_240))],
    ];
    for (let i = 0; i < 12; i++) {
      damaged.push([`cut ${i}`, whole.subarray(0, at(whole.length))]);
      const flipped = Buffer.from(whole);
      flipped[at(whole.length)]! ^= 1 << at(8);
      damaged.push([`flipped ${i}`, flipped]);
      // With a good CRC of gzip, so that only our own sums can tell.
      const inside = Buffer.from(tar);
      const place = inside.indexOf('tables/', at(inside.length - 100_000)) + 512 + at(200);
      inside[place]! ^= 1;
      damaged.push([`changed within ${i}`, gzipSync(inside)]);
      damaged.push([`cut within ${i}`, gzipSync(tar.subarray(0, at(tar.length / 512) * 512))]);
    }
    await inDatabase(async (url) => {
      const name = path.join(folder, 'damaged.backup');
      for (const [what, bytes] of damaged) {
        await writeFile(name, bytes);
        const failure = await restore(name, url).then(
          () => 'restored',
          (error: Error) => error,
        );
        expect([seed, what, failure]).toEqual([
          seed,
          what,
          expect.objectContaining({ name: 'BackupError' }),
        ]);
        expect((failure as Error).message).not.toContain('\n');
      }
      const sql = connect(url, { log: silentLog, name: 'test', max: 1 });
      const tables = await sql`select 1 from pg_tables where schemaname = 'public'`;
      await sql.end();
      expect(tables).toHaveLength(0);
    });
  });

  test('the sums of the manifest are those of the files in the tar, put together by name', async () => {
    const { extract } = await import('tar-stream');
    const entries = extract();
    const found = new Map<string, ReturnType<typeof createHash>>();
    const fed = pipeline(Readable.from(await readFile(file)), createGunzip(), entries);
    for await (const entry of entries) {
      const name = entry.header.name.replace(/\/\d+$/, '');
      const hash = found.get(name) ?? createHash('sha256');
      found.set(name, hash);
      for await (const part of entry) hash.update(part as Buffer);
    }
    await fed;
    for (const { name, rows, sha256 } of manifest.tables) {
      const digest = found.get(`tables/${name}`)?.digest('hex');
      if (rows > 0) expect([name, digest]).toEqual([name, sha256]);
    }
  });
});
