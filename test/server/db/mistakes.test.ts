import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { lockDataDir } from '../../../server/db/data-dir-lock.ts';
import { freePort } from '../../support/free-port.ts';
import { startCommands, type Commands } from '../../support/commands/commands.ts';
import { createDatabase, databaseUrl, type TestDatabase } from '../../support/postgres.ts';
import { runCli } from '../../support/run-cli.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-mistakes-'));
const dropped: TestDatabase[] = [];
const servers: Server[] = [];
/** Whom the server runs as where the tests run as root, who may write everywhere. */
const ordinary = process.getuid?.() === 0 ? { uid: 65_533, gid: 65_533 } : {};
const role = `stranger_${process.pid}`;
const admin = () => postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });

let commands: Commands;
beforeAll(async () => {
  commands = await startCommands(ordinary);
  await chmod(root, 0o755);
  const sql = admin();
  await sql.unsafe(`create role ${role} login password 'stranger'`);
  await sql.end();
});
afterAll(async () => {
  await commands.close();
  for (const server of servers) server.close();
  for (const database of dropped) await database.drop();
  const sql = admin();
  await sql.unsafe(`drop role ${role}`);
  await sql.end();
  await rm(root, { recursive: true, force: true });
});

/** A database with something done to it; its URL. */
async function spoilt(how: { empty?: boolean }, statements = ''): Promise<URL> {
  const database = await createDatabase(how);
  dropped.push(database);
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  const name = new URL(database.directUrl).pathname.slice(1);
  await sql.unsafe(statements.replaceAll('DATABASE', `"${name}"`)).simple();
  await sql.end();
  return new URL(database.directUrl);
}

async function encoded(encoding: string): Promise<URL> {
  const name = `test_${encoding.toLowerCase()}_${process.pid}`;
  const sql = admin();
  await sql.unsafe(
    `create database ${name} encoding '${encoding}' locale_provider libc locale 'C' template template0`,
  );
  await sql.end();
  const url = databaseUrl(inject('postgresUrl'), name);
  const drop = async () => {
    const ending = admin();
    await ending.unsafe(`drop database ${name} with (force)`);
    await ending.end();
  };
  dropped.push({ url, directUrl: url, drop });
  return new URL(url);
}

/** Listens, and answers whoever says something as a web server would. */
async function stranger(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function as(url: URL, change: (url: URL) => void): { DATABASE_URL: string } {
  change(url);
  return { DATABASE_URL: url.href };
}

const asStranger = (url: URL) =>
  as(url, (one) => {
    one.username = role;
    one.password = 'stranger';
  });

const folder = async (name: string) => {
  const made = path.join(root, name);
  await mkdir(made);
  return made;
};

/** Environment of the server, by the mistake that it makes, and what the line has to say. */
const mistakes: Record<
  string,
  readonly [env: () => Promise<Record<string, string>>, line: RegExp]
> = {
  'DATA_DIR is a file': [
    async () => {
      await writeFile(path.join(root, 'file'), '');
      return { DATA_DIR: path.join(root, 'file') };
    },
    /file is a file.*set DATA_DIR to a folder/,
  ],
  'DATA_DIR lies below a file': [
    async () => {
      await writeFile(path.join(root, 'other-file'), '');
      return { DATA_DIR: path.join(root, 'other-file', 'data') };
    },
    /set DATA_DIR to a folder/,
  ],
  'DATA_DIR may not be written': [
    async () => {
      const closed = await folder('closed');
      await chmod(closed, 0o555);
      return { DATA_DIR: path.join(closed, 'data') };
    },
    /may not be written: give it to the user that runs the server, or set another DATA_DIR/,
  ],
  'the data folder belongs to another user': [
    async () => {
      const data = await folder('of-another');
      await mkdir(path.join(data, 'postgres'), { mode: 0o700 });
      if (process.getuid?.() === 0) await chown(data, 65_534, 65_534);
      else await chmod(path.join(data, 'postgres'), 0);
      return { DATA_DIR: data };
    },
    /belongs to another user|may not be written/,
  ],
  'the data folder holds something else': [
    async () => {
      const data = await folder('something-else');
      await mkdir(path.join(data, 'postgres'));
      await writeFile(path.join(data, 'postgres', 'letter.txt'), 'Dear reader');
      for (const one of [data, path.join(data, 'postgres')]) {
        if (process.getuid?.() === 0) await chown(one, 65_533, 65_533);
      }
      return { DATA_DIR: data };
    },
    /holds files but no Postgres database; move them away/,
  ],
  'a second server on one embedded folder': [
    async () => {
      const data = await folder('in-use');
      await chmod(data, 0o777);
      await lockDataDir(data);
      return { DATA_DIR: data };
    },
    /in use by another server \(process \d+\); stop it, or set another DATA_DIR/,
  ],
  'no right to create in the schema': [
    async () => asStranger(await spoilt({ empty: true })),
    /stranger_\d+ may not make tables in the schema public: run "grant create on schema public to stranger/,
  ],
  'no right to its own tables': [
    async () => asStranger(await spoilt({})),
    /permission denied.*give stranger_\d+ the right, or set DATABASE_URL to the role that owns/,
  ],
  ...Object.fromEntries(
    [
      'users (id int)',
      'pieces (x int)',
      'sessions (sid text)',
      'schema_migrations (version text)',
    ].map((table) => [
      `another program's table ${table}`,
      [
        async () => ({
          DATABASE_URL: (await spoilt({ empty: true }, `create table ${table}`)).href,
        }),
        /public holds tables of another program \(\w+\): give Counterpoint a database of its own/,
      ] as const,
    ]),
  ),
  'another port': [
    async () => ({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${await freePort()}/news` }),
    /nothing listens there; start Postgres, or correct host and port in DATABASE_URL/,
  ],
  'a host that is not known': [
    async () => ({ DATABASE_URL: 'postgres://me:secret@nowhere.invalid/news' }),
    /the host is not known; correct the host in DATABASE_URL/,
  ],
  'something else at the port': [
    async () => ({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${await stranger()}/news` }),
    /no Postgres; correct host and port in DATABASE_URL/,
  ],
  'a wrong password': [
    async () => as(await spoilt({}), (url) => (url.password = 'wrong')),
    /the password of counterpoint is wrong.*correct DATABASE_URL/,
  ],
  'no such role': [
    async () => as(await spoilt({}), (url) => (url.username = 'nobody_here')),
    /the password of nobody_here is wrong, or there is no such role; correct DATABASE_URL/,
  ],
  'no such database': [
    async () => as(await spoilt({}), (url) => (url.pathname = '/nowhere')),
    /there is no database nowhere; make it with "create database nowhere/,
  ],
  'too many connections': [
    async () => {
      const env = asStranger(
        await spoilt({ empty: true }, `alter database DATABASE connection limit 0`),
      );
      return env;
    },
    /all of its connections are taken; raise max_connections there, lower DATABASE_POOL/,
  ],
  'a database that takes no writes': [
    async () => ({
      DATABASE_URL: (
        await spoilt({}, 'alter database DATABASE set default_transaction_read_only = on')
      ).href,
    }),
    /takes no writes .*; set DATABASE_URL to the primary, or make it writable/,
  ],
  'a full disk': [
    async () => ({
      DATABASE_URL: (
        await spoilt(
          { empty: true },
          `create function full_disk() returns event_trigger language plpgsql as $$
             begin raise exception 'could not extend file' using errcode = '53100'; end $$;
           create event trigger full_disk on ddl_command_start execute function full_disk()`,
        )
      ).href,
    }),
    /its disk is full; make room there/,
  ],
  'TLS that is not offered': [
    async () => as(await spoilt({}), (url) => (url.search = '?sslmode=require')),
    /it offers no TLS; turn ssl on there, or take sslmode out of DATABASE_URL/,
  ],
  'a root certificate that is not there': [
    async () =>
      as(await spoilt({}), (url) => (url.search = '?sslmode=verify-full&sslrootcert=/nowhere.crt')),
    /sslrootcert|it offers no TLS/,
  ],
  'a database of a newer server': [
    async () => ({
      DATABASE_URL: (
        await spoilt({}, "insert into schema_migrations values ('9999_later.sql', 'x')")
      ).href,
    }),
    /of a newer server \(it has 9999_later.sql\); run that version/,
  ],
  'a migration that is there without its row': [
    async () => ({
      DATABASE_URL: (
        await spoilt(
          {},
          'delete from schema_expansions where name = (select max(name) from schema_expansions)',
        )
      ).href,
    }),
    /Migration \S+ failed and left nothing: .* already exists.*restore the database/,
  ],
  'a backup that was restored in part': [
    async () => ({ DATABASE_URL: (await spoilt({}, 'drop table thread_reads')).href }),
    /lacks tables that its migrations have made \(thread_reads\): restore it whole/,
  ],
  LATIN1: [
    async () => ({ DATABASE_URL: (await encoded('LATIN1')).href }),
    /is encoded in LATIN1, which cannot hold every text: make one with "create database/,
  ],
  SQL_ASCII: [
    async () => ({ DATABASE_URL: (await encoded('SQL_ASCII')).href }),
    /is encoded in SQL_ASCII/,
  ],
  'a port of ours that is taken': [
    async () => ({ DATABASE_URL: (await spoilt({})).href, PORT: String(await stranger()) }),
    /port \d+ on 127.0.0.1 is taken; set PORT to another/,
  ],
  'an address of another machine': [
    async () => ({ DATABASE_URL: (await spoilt({})).href, HOST: '203.0.113.7' }),
    /203.0.113.7 is no address of this machine; set HOST/,
  ],
  'unknown parameters': [
    async () => as(await spoilt({}), (url) => (url.search = '?sslmod=require&pool=3&service=x')),
    /^DATABASE_URL: has unknown parameters: sslmod, pool; .*not supported: service; take them out/,
  ],
  'too small a pool': [
    async () => ({ DATABASE_POOL: '3', DATA_DIR: await folder('small-pool') }),
    /^DATABASE_POOL: must be at least 13/,
  ],
};

/** These end processes of their own: a bad value, a port that is taken, and what is tried for half a minute. */
const alone = [
  ...['too small a pool', 'a port of ours that is taken', 'another port'],
  ...['a host that is not known', 'too many connections', 'a database that takes no writes'],
];

describe('an ordinary mistake ends the start with code 1 and one line that says what to do', () => {
  test.concurrent.for(Object.entries(mistakes))('%s', async ([mistake, [env, line]]) => {
    const variables = { HOME: root, LOG_LEVEL: 'warn', PORT: '0', ...(await env()) };
    const run = alone.includes(mistake) ? runCli : commands.run;
    const { code, stdout, stderr } = await run(['serve'], variables, ordinary);
    const errors = stderr.split('\n').filter((one) => one !== '');
    expect({ code, errors }).toEqual({ code: 1, errors: [expect.stringMatching(line)] });
    expect(`${stdout.toString()}${stderr}`).not.toMatch(/^\s+at |secret|stranger'/m);
  });
});
