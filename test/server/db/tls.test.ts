import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf } from '../../../server/db/address/parse.ts';
import { openClient } from '../../../server/db/client.ts';
import { explain } from '../../../server/db/opening/explain.ts';
import { probe } from '../../../server/db/opening/probe.ts';
import { startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-tls-'));
const file = (name: string) => path.join(folder, name);
let server: OwnPostgres;
let admin: postgres.Sql;

beforeAll(async () => {
  await chmod(folder, 0o777);
  await makeAuthority('ca');
  await makeAuthority('other-ca');
  await makeCertificate('server', 'localhost', 'DNS:localhost');
  await makeCertificate('client', 'counterpoint');
  server = await startOwnPostgres({ settings: { unix_socket_directories: folder } });
  admin = postgres(server.url, {
    ...{ host: folder, port: server.port, max: 1, onnotice: () => undefined },
  });
  // Postgres wants the key to be its own.
  const { uid, gid } = await stat(await shown('data_directory'));
  await chown(file('server.key'), uid, gid);
  await chmod(file('server.key'), 0o600);
});
afterAll(async () => {
  await admin.end();
  await server.remove();
  await rm(folder, { recursive: true, force: true });
});

async function shown(name: string): Promise<string> {
  const [row] = await admin.unsafe<Record<string, string>[]>(`show ${name}`);
  return row?.[name] ?? '';
}

async function makeAuthority(name: string): Promise<void> {
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files]);
}

async function makeCertificate(name: string, common: string, names?: string): Promise<void> {
  const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)];
  await run('openssl', [
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${common}`,
    ...files,
  ]);
  await writeFile(file(`${name}.ext`), names === undefined ? '' : `subjectAltName=${names}\n`);
  const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial'];
  const ends = ['-days', '2', '-extfile', file(`${name}.ext`), '-out', file(`${name}.crt`)];
  await run('openssl', ['x509', '-req', '-in', file(`${name}.csr`), ...signer, ...ends]);
}

/** @param door - lines of pg_hba.conf for connections by TCP */
async function serverWith(ssl: 'on' | 'off', door: readonly string[]): Promise<void> {
  await writeFile(
    await shown('hba_file'),
    ['local all all scram-sha-256', ...door.map((line) => `${line}\n`)].join('\n'),
  );
  await admin.unsafe(`alter system set ssl_cert_file = '${file('server.crt')}'`);
  await admin.unsafe(`alter system set ssl_key_file = '${file('server.key')}'`);
  await admin.unsafe(`alter system set ssl_ca_file = '${file('ca.crt')}'`);
  await admin.unsafe(`alter system set ssl = '${ssl}'`);
  const loadedAt = async () => String((await admin`select pg_conf_load_time()::text as at`)[0]?.at);
  const before = await loadedAt();
  await admin`select pg_reload_conf()`;
  // Postgres takes no connection before it has read all of it.
  await until('the settings are read', async () => (await loadedAt()) !== before);
}

const doors = {
  both: ['host all all 127.0.0.1/32 scram-sha-256'],
  tls: ['hostssl all all 127.0.0.1/32 scram-sha-256'],
  plain: ['hostnossl all all 127.0.0.1/32 scram-sha-256'],
  certificate: ['hostssl all all 127.0.0.1/32 cert'],
} as const;

const ca = `sslrootcert=${encodeURIComponent(file('ca.crt'))}`;
const otherCa = `sslrootcert=${encodeURIComponent(file('other-ca.crt'))}`;
const own = `sslcert=${encodeURIComponent(file('client.crt'))}&sslkey=${encodeURIComponent(file('client.key'))}`;

/** `encrypted`, `plain`, or the line that an operator is shown. */
async function outcome(query: string, host = 'localhost'): Promise<string> {
  const { username, password, port } = new URL(server.url);
  const url = `postgres://${username}:${password}@${host}:${port}/postgres?${query}`;
  try {
    const found = await probe(url, silentLog);
    const how = { log: silentLog, name: 'test', max: 1 };
    const client = openClient(found.url, how, () => undefined);
    const [row] = await client<{ ssl: boolean }[]>`
      select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`;
    await client.end();
    return row?.ssl === true ? 'encrypted' : 'plain';
  } catch (error) {
    return explain(error, addressOf(url)).message;
  }
}

const refused =
  /its certificate is refused \(.*\); correct sslrootcert or sslmode in DATABASE_URL$/;
interface Case {
  readonly ssl: 'on' | 'off';
  readonly door: readonly string[];
  /** The query of the URL, what comes of it, and the host; `localhost` where not given. */
  readonly outcomes: readonly (readonly [string, string | RegExp, string?])[];
}
const cases: Readonly<Record<string, Case>> = {
  'has no TLS': {
    ...{ ssl: 'off', door: doors.both },
    outcomes: [
      ['sslmode=disable', 'plain'],
      ['sslmode=allow', 'plain'],
      ['sslmode=prefer', 'plain'],
      ['', 'plain'],
      ['sslmode=require', /it offers no TLS; turn ssl on there/],
      [`sslmode=verify-full&${ca}`, /it offers no TLS; turn ssl on there/],
    ],
  },
  'has TLS': {
    ...{ ssl: 'on', door: doors.both },
    outcomes: [
      ['sslmode=disable', 'plain'],
      ['sslmode=allow', 'plain'],
      ['sslmode=prefer', 'encrypted'],
      ['', 'encrypted'],
      ['sslmode=require', 'encrypted'],
      ['sslmode=require&sslnegotiation=direct', 'encrypted'],
      ['sslmode=require&ssl_min_protocol_version=TLSv1.3', 'encrypted'],
      ['sslmode=require&channel_binding=prefer&connect_timeout=3', 'encrypted'],
      [`sslmode=require&${ca}`, 'encrypted'],
      [`sslmode=require&${otherCa}`, refused],
      [`sslmode=verify-ca&${ca}`, 'encrypted'],
      [`sslmode=verify-ca&${ca}`, 'encrypted', '127.0.0.1'],
      [`sslmode=verify-ca&${otherCa}`, refused],
      [`sslmode=verify-full&${ca}`, 'encrypted'],
      [`sslmode=verify-full&${ca}`, refused, '127.0.0.1'],
      [`sslmode=verify-full&${ca}&hostaddr=127.0.0.1`, 'encrypted'],
      [`sslmode=verify-full&${otherCa}`, refused],
      ['sslrootcert=system', refused],
      [
        'sslmode=verify-ca&sslrootcert=/nowhere.crt',
        /sslrootcert .* cannot be read: \/nowhere.crt \(ENOENT\)/,
      ],
    ],
  },
  'lets in with TLS only': {
    ...{ ssl: 'on', door: doors.tls },
    outcomes: [
      ['sslmode=disable', /it lets nobody in without TLS; set sslmode=require in DATABASE_URL/],
      ['sslmode=allow', 'encrypted'],
      ['sslmode=prefer', 'encrypted'],
      ['sslmode=require', 'encrypted'],
    ],
  },
  'lets in without TLS only': {
    ...{ ssl: 'on', door: doors.plain },
    outcomes: [
      ['sslmode=disable', 'plain'],
      ['sslmode=allow', 'plain'],
      ['sslmode=prefer', 'plain'],
      [
        'sslmode=require',
        /it does not let counterpoint in \(.*\); correct DATABASE_URL, or pg_hba.conf/,
      ],
    ],
  },
  'asks for a certificate': {
    ...{ ssl: 'on', door: doors.certificate },
    outcomes: [
      [`sslmode=require&${own}`, 'encrypted'],
      [`sslmode=verify-full&${ca}&${own}`, 'encrypted'],
      ['sslmode=require', /it does not let counterpoint in \(.*\)/],
    ],
  },
};

describe.each(Object.entries(cases))('a server that %s', (_name, { ssl, door, outcomes }) => {
  beforeAll(() => serverWith(ssl, door));

  test.for(outcomes)('%s: %s', async ([query, expected, host]) => {
    const found = await outcome(query, host);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
  });
});

test('a Unix socket is found by its folder, in the place of the host and as a parameter', async () => {
  const socket = encodeURIComponent(folder);
  const { username, password, port } = new URL(server.url);
  for (const url of [
    `postgres://${username}:${password}@${socket}:${port}/postgres`,
    `postgres://${username}:${password}@/postgres?host=${socket}&port=${port}&sslmode=require`,
  ]) {
    expect((await probe(url, silentLog)).pooled).toBe(false);
  }
});

test('of several hosts, one that answers and takes writes is found, in any order', async () => {
  await serverWith('off', doors.both);
  const { username, password, port } = new URL(server.url);
  for (const hosts of [`127.0.0.1:1,127.0.0.1:${port}`, `127.0.0.1:${port},127.0.0.1:1`]) {
    for (const target of ['', 'target_session_attrs=any', 'load_balance_hosts=random']) {
      const url = `postgres://${username}:${password}@${hosts}/postgres?${target}`;
      expect((await probe(url, silentLog)).schema).toBe('public');
    }
  }
});
