import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { clock, databaseChecks } from '../../../server/doctor/database.ts';
import type { Finding } from '../../../server/doctor/finding.ts';
import { databaseUrl, startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { runCli } from '../../support/run-cli.ts';
import { silentLog } from '../../support/silent-log.ts';
import { freePort } from '../../support/free-port.ts';

/** Durable, unlike that of the other tests. */
let server: OwnPostgres;
let admin: postgres.Sql;
beforeAll(async () => {
  server = await startOwnPostgres();
  admin = postgres(server.url, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await admin.end();
  await server.remove();
});

interface Made {
  readonly name: string;
  readonly url: string;
}

/** A database with the schema, of its own name. */
async function make(how = ''): Promise<Made> {
  const name = `d${randomBytes(4).toString('hex')}`;
  await admin.unsafe(`create database ${name} ${how}`);
  return { name, url: databaseUrl(server.url, name) };
}

async function ask(url: string, check: keyof typeof databaseChecks): Promise<Finding[]> {
  const sql = connect(url, { log: silentLog, name: 'test', max: 1 });
  try {
    return [await databaseChecks[check](sql)].flat();
  } finally {
    await sql.end();
  }
}

/** What makes each check fail, for real, and what it says then. */
const breaks: Record<
  string,
  {
    check: keyof typeof databaseChecks;
    level: string;
    says: RegExp;
    readonly how: () => Promise<string>;
  }
> = {
  'another encoding': {
    ...{ check: 'encoding', level: 'problem', says: /SQL_ASCII/ },
    how: async () =>
      (await make(`encoding 'SQL_ASCII' locale 'C' locale_provider 'libc' template template0`)).url,
  },
  'read only': {
    ...{ check: 'takesWrites', level: 'problem', says: /read only/ },
    async how() {
      const { name, url } = await make();
      await admin.unsafe(`alter database ${name} set default_transaction_read_only = on`);
      return url;
    },
  },
  'a newer schema': {
    ...{ check: 'schema', level: 'problem', says: /newer version.*9999_later/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(url, `insert into schema_migrations values ('9999_later.sql', 'x')`);
      return url;
    },
  },
  'a changed migration': {
    ...{ check: 'schema', level: 'problem', says: /0001_people.sql is not what was applied/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(
        url,
        `update schema_migrations set checksum = 'x' where name = '0001_people.sql'`,
      );
      return url;
    },
  },
  'an older schema': {
    ...{ check: 'schema', level: 'warning', says: /run at the next start: make a backup/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(
        url,
        `delete from schema_expansions where name = (select max(name) from schema_expansions)`,
      );
      return url;
    },
  },
  'jobs of another version of their library': {
    ...{ check: 'schema', level: 'problem', says: /jobs are of another version/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(url, `update boss_version set version = 1`);
      return url;
    },
  },
  'no tables of jobs': {
    ...{ check: 'schema', level: 'warning', says: /tables of jobs are missing/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(url, `drop table boss_version`);
      return url;
    },
  },
  'a newer schema that suits this version': {
    ...{ check: 'schema', level: 'ok', says: /newer version.*9999_later.*suits/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      await alter(url, `insert into schema_expansions values ('9999_later.sql', 'x')`);
      return url;
    },
  },
  'foreign tables': {
    ...{ check: 'schema', level: 'problem', says: /another program/ },
    async how() {
      const { url } = await make();
      await alter(url, 'create table pieces (id int)');
      return url;
    },
  },
  'no right to create': {
    ...{ check: 'rights', level: 'problem', says: /may not create tables: grant create/ },
    how: async () => as((await make()).url, await role()),
  },
  "another role's tables": {
    ...{ check: 'rights', level: 'problem', says: /another role/ },
    async how() {
      const { url } = await make();
      await migrate(url, { log: silentLog });
      const name = await role();
      await alter(url, `grant create on schema public to ${name}`);
      return as(url, name);
    },
  },
  'too few connections': {
    ...{ check: 'connections', level: 'warning', says: /others use \d+ of 5/ },
    how: async () => as((await make()).url, await role('connection limit 5')),
  },
};

async function alter(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(statement);
  await sql.end();
}

async function role(how = ''): Promise<string> {
  const name = `r${randomBytes(4).toString('hex')}`;
  await admin.unsafe(`create role ${name} login password 'secret' ${how}`);
  return name;
}

function as(url: string, name: string): string {
  const changed = new URL(url);
  changed.username = name;
  changed.password = 'secret';
  return changed.href;
}

describe('doctor looks at the database', () => {
  test('where all is well, every check is ok, also of an empty database', async () => {
    const { url } = await make();
    const all = async () =>
      (
        await Promise.all(
          (Object.keys(databaseChecks) as (keyof typeof databaseChecks)[]).map((check) =>
            ask(url, check),
          ),
        )
      ).flat();
    expect((await all()).filter(({ level }) => level !== 'ok')).toEqual([]);
    await migrate(url, { log: silentLog });
    expect((await all()).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  test.each(Object.keys(breaks))('%s is told, with what to do', async (what) => {
    const { check, level, says, how } = breaks[what]!;
    const found = await ask(await how(), check);
    expect(found.filter((finding) => finding.level === level)).toEqual([
      { level, line: expect.stringMatching(says) as string },
    ]);
  });

  test('fsync and full_page_writes off are problems: saved would not mean committed', async () => {
    const settings = { fsync: 'off', full_page_writes: 'off' };
    const careless = await startOwnPostgres({ settings });
    try {
      const found = await ask(careless.url, 'durability');
      expect(found.map(({ level, line }) => `${level} ${line.split(' ')[0]}`)).toEqual([
        ...['problem fsync', 'problem full_page_writes'],
      ]);
    } finally {
      await careless.remove();
    }
  });

  test('clocks that are apart are told, by how much they are', async () => {
    const sql = connect(server.url, { log: silentLog, name: 'test', max: 1 });
    const away = async (ms: number) => (await clock(sql, () => Date.now() + ms)).level;
    expect([await away(0), await away(-10_000), await away(300_000)]).toEqual([
      ...['ok', 'warning', 'problem'],
    ]);
    await sql.end();
  });

  test('a database that does not answer, or no such role, is one line, without the password', async () => {
    const nowhere = `postgres://me:hidden@127.0.0.1:${await freePort()}/none`;
    const url = new URL(server.url);
    url.password = 'hidden';
    for (const DATABASE_URL of [nowhere, url.href]) {
      const { code, stdout, stderr } = await runCli(['doctor'], { DATABASE_URL });
      expect(code).toBe(1);
      expect(stdout.toString()).toMatch(/^problem {2}The database cannot be reached/m);
      expect(stdout.toString() + stderr).not.toContain('hidden');
      expect(stderr.trim().split('\n')).toEqual(['Mend the problems above first.']);
    }
  });
});
