/** What a backup and a restore do when the database fails under them, or is of another time. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeWholeFile } from '../../../server/backup/output-file.ts';
import { restoreBackup } from '../../../server/backup/restore.ts';
import { writeBackup } from '../../../server/backup/write-backup.ts';
import { connect } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { packageFile } from '../../../server/package-root.ts';
import {
  createDatabase,
  databaseUrl,
  startOwnPostgres,
  type OwnPostgres,
  type TestDatabase,
} from '../../support/postgres.ts';
import { runCommand } from '../../durability/desk.ts';
import { makePiece } from '../../support/pieces.ts';
import { silentLog } from '../../support/silent-log.ts';
import { fillDatabase } from './filled.ts';

let source: TestDatabase;
/** To be killed meanwhile. */
let dying: OwnPostgres;
let folder: string;
let file: string;
beforeAll(async () => {
  source = await createDatabase();
  dying = await startOwnPostgres();
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-failures-'));
  file = path.join(folder, 'good.backup');
  await fillDatabase(source.url);
  await backUp(source.url, file);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await source.drop();
  await dying.remove();
});

async function backUp(url: string, name: string, change = (sink: Writable) => sink) {
  const sql = connect(url, { log: silentLog, name: 'test', statementTimeout: 0 });
  try {
    return await writeWholeFile(name, (sink) => writeBackup(sql, change(sink), () => undefined));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function restore(name: string, url: string, tell: (line: string) => void = () => undefined) {
  const handle = await open(name, 'r');
  try {
    return await restoreBackup(handle, { url, log: silentLog, signOut: false, tell });
  } finally {
    await handle.close();
  }
}

async function asked<T extends object>(url: string, statement: string): Promise<T[]> {
  const sql = connect(url, { log: silentLog, name: 'test', max: 1 });
  try {
    return await sql.unsafe<T[]>(statement);
  } finally {
    await sql.end();
  }
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );

describe('backup', () => {
  test('of a database that dies meanwhile fails, and leaves no file', async () => {
    const { url } = dying;
    try {
      await migrate(url, { log: silentLog });
      await fillDatabase(url);
      let killed: Promise<void> | null = null;
      const name = path.join(folder, 'dead.backup');
      const killing = (sink: Writable) => {
        sink.on('error', () => undefined);
        return new Writable({
          write(chunk, _encoding, done) {
            killed ??= dying.kill9();
            void killed.then(() => sink.write(chunk as Buffer, done));
          },
        });
      };
      // The archive's first bytes are held back by gzip: what is large makes them come in mid-table.
      await asked(
        url,
        `update pieces set standfirst = (select string_agg(md5(n::text), '') from generate_series(1, 40000) n)`,
      );
      await failureOf(backUp(url, name, killing));
      expect(killed).not.toBeNull();
      expect((await readdir(folder)).filter((entry) => entry.startsWith('dead'))).toEqual([]);
    } finally {
      await dying.restart();
    }
  });

  test('whose disk is full fails, and leaves no file', async () => {
    const name = path.join(folder, 'full.backup');
    const full = () =>
      new Writable({
        write: (_chunk, _encoding, done) => done(new Error('ENOSPC: no space left')),
      });
    const large = await createDatabase();
    try {
      await fillDatabase(large.url);
      // More than is on its way at once: the rest of a table has to be told off.
      await asked(
        large.url,
        `update pieces set standfirst = (select string_agg(md5(n::text), '') from generate_series(1, 40000) n)`,
      );
      expect((await failureOf(backUp(large.url, name, full))).message).toContain('ENOSPC');
    } finally {
      await large.drop();
    }
    expect((await readdir(folder)).filter((entry) => entry.startsWith('full'))).toEqual([]);
  });

  test('of a database without our tables says so', async () => {
    const empty = await createDatabase({ empty: true });
    try {
      const { message } = await failureOf(backUp(empty.url, path.join(folder, 'none.backup')));
      expect(message).toMatch(/nothing to back up/);
    } finally {
      await empty.drop();
    }
  });
});

describe('restore', () => {
  test('into a database that dies meanwhile leaves it empty, and can be done again', async () => {
    await asked(dying.url, 'create database target');
    const url = databaseUrl(dying.url, 'target');
    try {
      const kills: Promise<void>[] = [];
      const failed = failureOf(
        restore(file, url, (line) => {
          if (line.startsWith('journal:')) kills.push(dying.kill9());
        }),
      );
      await failed;
      expect(kills).toHaveLength(1);
      await Promise.all(kills);
      await dying.restart();
      const [rows] = await asked(
        url,
        'select (select count(*) from users)::int as users, (select count(*) from pieces)::int as pieces',
      );
      expect(rows).toEqual({ users: 0, pieces: 0 });
      expect((await restore(file, url)).problems).toEqual([]);
    } finally {
      await dying.restart();
    }
  });

  test.each([
    ['while rows come', 'alter table comments add check (false)'],
    [
      'after the last row',
      'alter table comments add foreign key (thread_id) references versions (id)',
    ],
  ])(
    'that the database refuses %s ends with its reason, and leaves nothing',
    async (_when, change) => {
      const target = await createDatabase();
      try {
        await asked(target.url, change);
        const { message } = await failureOf(restore(file, target.url));
        expect(message).toMatch(/violates (check|foreign key) constraint/);
        expect(await asked(target.url, 'select 1 from users')).toHaveLength(0);
      } finally {
        await target.drop();
      }
    },
  );

  test('of a backup of an older schema: migrations change its rows, and all texts are there', async () => {
    const migrations = (await readdir(packageFile('migrations'))).sort();
    const older = path.join(folder, 'older');
    await mkdir(older);
    // Before 0010_thread_fields.sql, and before people could be disabled.
    for (const name of migrations.filter((each) => each < '0010')) {
      await copyFile(packageFile(`migrations/${name}`), path.join(older, name));
    }
    const [old, target] = [
      await createDatabase({ empty: true }),
      await createDatabase({ empty: true }),
    ];
    try {
      await migrate(old.url, { log: silentLog, folder: older });
      const sql = connect(old.url, { log: silentLog, name: 'test' });
      const id = randomUUID();
      // In a Unicode form that a later migration puts right.
      await sql`insert into users (id, email, name) values (${id}, ${'re\u0301mi@example.org'}, 'R')`;
      // As an older server stores one.
      const piece = randomUUID();
      await sql`insert into pieces (id) values (${piece})`;
      await sql`insert into journal_heads (piece_id, seq) values (${piece}, 0)`;
      await sql.end();
      const name = path.join(folder, 'older.backup');
      const manifest = await backUp(old.url, name);
      expect(manifest.migrations.at(-1)?.name).toMatch(/^0009/);
      expect((await restore(name, target.url)).problems).toEqual([]);
      const [user] = await asked(target.url, 'select email, disabled_at from users');
      expect(user).toEqual({ email: 'r\u00e9mi@example.org', disabled_at: null });
      const applied = await asked(
        target.url,
        'select name from schema_migrations union all select name from schema_expansions',
      );
      expect(applied).toHaveLength(migrations.length);

      const newest = await createDatabase();
      try {
        const { message } = await failureOf(restore(name, newest.url));
        expect(message).toMatch(/older schema than the database, .* make a new database/);
      } finally {
        await newest.drop();
      }
    } finally {
      await old.drop();
      await target.drop();
    }
  });

  test('which this version could not restore is announced by `counterpoint backup`', async () => {
    const expanded = await createDatabase();
    try {
      const backup = () => runCommand(['backup', '-'], { DATABASE_URL: expanded.url });
      expect((await backup()).output).not.toContain('cannot restore this backup');
      await asked(expanded.url, `insert into schema_expansions values ('9999_later.sql', 'x')`);
      const { code, output } = await backup();
      expect(code).toBe(0);
      expect(output).toContain('expanded the schema (9999_later.sql): this version cannot restore');
    } finally {
      await expanded.drop();
    }
  });

  test('of a backup of a newer schema is refused, and says what has to be known', async () => {
    const [newer, target] = [await createDatabase(), await createDatabase({ empty: true })];
    try {
      await asked(newer.url, `insert into schema_migrations values ('9999_later.sql', 'x')`);
      const name = path.join(folder, 'newer.backup');
      await backUp(newer.url, name);
      const { message } = await failureOf(restore(name, target.url));
      expect(message).toMatch(
        /of a schema with 9999_later.sql, .* restore it with a version that does$/,
      );
      expect(
        await asked(target.url, `select 1 from pg_tables where schemaname = 'public'`),
      ).toEqual([]);
    } finally {
      await newer.drop();
      await target.drop();
    }
  });

  test('puts sequences where they were, and keeps numbers that the database has given', async () => {
    const [counted, target] = [await createDatabase(), await createDatabase()];
    try {
      const change = 'alter table versions add column number bigint generated always as identity';
      for (const { url } of [counted, target]) await asked(url, change);
      const sql = connect(counted.url, { log: silentLog, name: 'test' });
      const piece = await makePiece(sql, 'One.');
      const add = (url: string) =>
        asked<{ number: number }>(
          url,
          `insert into versions (id, piece_id, seq, kind) values (gen_random_uuid(), '${piece}', 1, 'quiet') returning number`,
        );
      await add(counted.url);
      await sql`delete from versions`;
      const [second] = await add(counted.url);
      await sql.end();
      const name = path.join(folder, 'counted.backup');
      await backUp(counted.url, name);
      await restore(name, target.url);
      const [kept] = await asked<{ number: number }>(target.url, 'select number from versions');
      const [next] = await add(target.url);
      expect([second, kept, next].map((row) => row?.number)).toEqual([2, 2, 3]);
    } finally {
      await counted.drop();
      await target.drop();
    }
  });

  test('takes a database that another program of ours has open for one in use', async () => {
    const target = await createDatabase();
    // Past a pooler, which gives connections other names.
    const { directUrl } = target;
    const server = connect(directUrl, { log: silentLog, name: 'counterpoint journal', max: 1 });
    try {
      await server`select 1`;
      const { message } = await failureOf(restore(file, directUrl));
      expect(message).toMatch(/in use \(by counterpoint journal\): stop the server first/);
    } finally {
      await server.end();
      await target.drop();
    }
  });
});
