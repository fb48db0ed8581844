import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { openDatabase } from '../../../server/db/open.ts';
import { startServer } from '../../../server/main.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { api } from '../../adversary/api.ts';
import { connectSaved } from '../../support/clients.ts';
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '../../support/pgbouncer.ts';
import { makePiece } from '../../support/pieces.ts';
import { databaseUrl } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { adminToken } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { deadline, rounds } from '../../support/test-length.ts';

/** What roles are set to, each value unlike what our statements and parsers count on. */
const odd = {
  DateStyle: ["'German, DMY'", "'SQL, DMY'", "'Postgres, YMD'"],
  bytea_output: ['escape'],
  IntervalStyle: ['iso_8601', 'sql_standard'],
  TimeZone: ["'Pacific/Kiritimati'", "'America/St_Johns'"],
  search_path: ['nowhere', 'pg_catalog', "''", 'other'],
  standard_conforming_strings: ['off'],
  backslash_quote: ['off'],
  client_encoding: ["'LATIN1'", "'SJIS'"],
  default_transaction_isolation: ['serializable', "'repeatable read'"],
  default_transaction_deferrable: ['on'],
  row_security: ['off'],
  lock_timeout: ['1'],
  statement_timeout: ['100'],
  // Through a pooler it counts until our own is set, within the transaction.
  idle_in_transaction_session_timeout: ['1000'],
  extra_float_digits: ['-15', '-4', '0'],
  jit: ['on'],
  jit_above_cost: ['0'],
  quote_all_identifiers: ['on'],
  transform_null_equals: ['on'],
  array_nulls: ['off'],
  synchronous_commit: ['off'],
  client_min_messages: ['debug1'],
  enable_hashjoin: ['off'],
  plan_cache_mode: ['force_generic_plan'],
  work_mem: ["'64kB'"],
} as const;
type Settings = Readonly<Record<string, string>>;

const password = 'odd';
const name = `odd_${process.pid}_${randomBytes(3).toString('hex')}`;
let pooler: PgBouncer | null = null;

const admin = () => postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
async function asAdmin(...statements: string[]): Promise<void> {
  const sql = admin();
  for (const statement of statements) await sql.unsafe(statement);
  await sql.end();
}

beforeAll(async () => {
  await asAdmin(`create role ${name} login password '${password}'`);
  if (hasPgBouncer) {
    pooler = await startPgBouncer(inject('postgresUrl'), { users: { [name]: password } });
  }
});
afterAll(async () => {
  await pooler?.stop();
  await asAdmin(`drop role ${name}`);
});

/** A database of the role's own, which is set so; its URL. */
async function database(settings: Settings, server: string): Promise<string> {
  const own = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${own} template template0 owner ${name}`);
  onTestFinished(() => asAdmin(`drop database ${own} with (force)`));
  const inside = postgres(databaseUrl(inject('postgresUrl'), own), { max: 1 });
  await inside.unsafe(`create schema other authorization ${name}`);
  await inside.end();
  await asAdmin(
    ...Object.entries(settings).map(
      ([setting, value]) => `alter role ${name} in database ${own} set ${setting} = ${value}`,
    ),
  );
  const url = new URL(databaseUrl(server, own));
  url.username = name;
  url.password = password;
  return url.href;
}

/** The main ways of a server, and what comes of them, without what differs each time. */
async function mainWays(url: string) {
  const read = readConfig({
    ...{ DATABASE_URL: url, PORT: '0', ADMIN_EMAIL: 'admin@example.org', ADMIN_TOKEN: adminToken },
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) });
  const before = Date.now();
  const server = await startServer(read.config, log);
  try {
    const call = api(server, { token: adminToken });
    const ask = async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text;
    };
    const json = async (...args: Parameters<typeof ask>) =>
      JSON.parse(await ask(...args)) as Record<string, unknown>;
    const content = String.raw`Whose streets? O’Neill’s, \ and 100 % “ours”. Ünï—☂ 🏙`;
    const piece = await json('POST', '/api/pieces', { title: 'Night \\ “buses”', content });
    const id = String(piece.id);
    const client = connectSaved(server, id);
    await client.synced();
    client.body.insert(0, 'Typed: \\x41 ☂. ');
    // Longer than one statement takes: it goes in parts.
    client.body.insert(0, `${'long \\ '.repeat(60_000)}\n`);
    await client.allSaved();
    client.body.delete(10, 400_000);
    await client.allSaved();
    client.destroy();
    await ask('POST', `/api/pieces/${id}/versions`, { name: 'First' });
    const history = (await json('GET', `/api/pieces/${id}/history`)).items as object[];
    const events = (await json('GET', `/api/pieces/${id}/events`)).items as { at: string }[];
    const times = [piece.createdAt, piece.updatedAt, ...events.map(({ at }) => at)] as string[];
    const outcome = {
      text: await ask('GET', `/api/pieces/${id}/export?profile=working`),
      titles: ((await json('GET', '/api/pieces?q=night')).items as { title: string }[]).map(
        ({ title }) => title,
      ),
      stretches: history.length > 0,
      events: (events as unknown as { kind: string }[]).map(({ kind }) => kind),
      past: await ask('GET', `/api/pieces/${id}/at/${new Date().toISOString()}?format=markdown`),
      timesAreNow: times.every(
        (at) => Date.parse(at) >= before - 1_000 && Date.parse(at) <= Date.now() + 1_000,
      ),
    };
    return { outcome, warnings };
  } finally {
    await server.stop();
  }
}

type Outcome = Awaited<ReturnType<typeof mainWays>>['outcome'];

/** And what is stored can be rebuilt. */
async function verified(url: string) {
  const opened = await openDatabase({ databaseUrl: url, dataDir: '/nowhere', log: silentLog });
  try {
    const problems: string[] = [];
    for await (const report of verifyPieces(opened.sql)) problems.push(...report.problems);
    return problems;
  } finally {
    await opened.close();
  }
}

/** What comes of the main ways where a role is set to nothing. */
let plain: Promise<Outcome> | null = null;
const plainOutcome = () =>
  (plain ??= database({}, inject('postgresUrl'))
    .then(mainWays)
    .then(({ outcome }) => outcome));

const seed = runSeed();
const ways = ['directly', 'through PgBouncer'] as const;

/**
 * All of them at once, then some by chance. Each next one has the next value of every list, over both
 * ways; what has more than two values is in each, so that every run meets all of them.
 */
function* settingsByChance(count: number, way: number): Generator<Settings> {
  const random = seeded(seed + way);
  const names = Object.keys(odd) as (keyof typeof odd)[];
  for (let n = 0; n < count; n += 1) {
    const valueOf = (each: keyof typeof odd) => {
      const values: readonly string[] = odd[each];
      return values[(seed + way + n * ways.length) % values.length]!;
    };
    const some = names.filter((each) => n === 0 || odd[each].length > 2 || random.next() < 0.6);
    yield Object.fromEntries(some.map((each) => [each, valueOf(each)]));
  }
}

for (const [at, way] of ways.entries()) {
  test.skipIf(way !== 'directly' && !hasPgBouncer)(
    `whatever a role is set to, the main ways of the server give the same, ${way}`,
    { timeout: deadline(180_000) },
    async () => {
      const expected = await plainOutcome();
      expect(expected).toMatchObject({ timesAreNow: true, stretches: true });
      for (const settings of settingsByChance(rounds(2), at)) {
        const server = way === 'directly' ? inject('postgresUrl') : (pooler?.url ?? '');
        const url = await database(settings, server);
        const told = `SEED=${seed} ${JSON.stringify(settings)}`;
        const { outcome, warnings } = await mainWays(url);
        expect(outcome, told).toEqual(expected);
        // Through a pooler alone, other servers cannot be heard.
        const others = warnings.filter((line) => !line.includes('loses LISTEN'));
        expect(others, told).toEqual([]);
        expect(await verified(url), told).toEqual([]);
      }
    },
  );
}

test('tables are found where they were made, wherever the search path leads by now', async () => {
  const url = await database({}, inject('postgresUrl'));
  const made = await openDatabase({ databaseUrl: url, dataDir: '/nowhere', log: silentLog });
  await makePiece(made.sql, 'Some words.');
  await made.close();
  const own = new URL(url).pathname.slice(1);
  await asAdmin(`alter role ${name} in database ${own} set search_path = other, public`);
  const opened = await openDatabase({ databaseUrl: url, dataDir: '/nowhere', log: silentLog });
  expect(await opened.sql`select count(*) from pieces`).toEqual([{ count: 1 }]);
  await opened.close();
});

test('a schema that the URL names is where the tables are', async () => {
  const url = await database({}, inject('postgresUrl'));
  const named = `${url}?options=-c%20search_path%3Dother`;
  const opened = await openDatabase({ databaseUrl: named, dataDir: '/nowhere', log: silentLog });
  expect(await opened.sql`select to_regclass('other.pieces')::text as found`).toEqual([
    { found: 'pieces' },
  ]);
  await opened.close();
});
