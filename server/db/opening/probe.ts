import type { Log } from '../../collab/ports.ts';
import { addressOf, withParameters, type DatabaseAddress } from '../address/parse.ts';
import type { SslMode } from '../address/tls-settings.ts';
import { openRaw, type Sql } from '../client.ts';
import { readOptions, withOption } from '../pooler/session-settings.ts';
import { StartupError } from '../startup-error.ts';

/** What there is at a database URL, and how connections to it are to be made. */
export interface Probed {
  /** The URL, with what was found out put into its parameters. */
  readonly url: string;
  readonly pooled: boolean;
  /** Where our tables are, or will be made. */
  readonly schema: string;
  /** Connections that there may be, of everybody together; null: the pooler's matter. */
  readonly mostConnections: number | null;
}

/** The oldest Postgres that the tests run on. */
const leastVersion = 15;

interface Row {
  readonly pid: number;
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
  readonly readOnly: string;
  readonly schema: string | null;
  readonly ledgers: string;
  readonly connections: number;
}

/**
 * Connects once, and looks. Rejects with the driver's error where that fails (explain.ts), and with a
 * StartupError where what it finds cannot be used.
 *
 * Whether a pooler stands in between is told by the process id: Postgres names it when a connection is
 * made, and a pooler, which has none of its own by then, makes one up. Rejected: a variable for it, which
 * an operator has to know of; the pooler's own commands (`show version`), which each has others of.
 */
export async function probe(url: string, log: Log): Promise<Probed> {
  return find(url, log, checkServer);
}

/** The same for who only reads: what is found may be a standby, or nothing that a server could use. */
export async function probeForReading(url: string, log: Log): Promise<Probed> {
  return find(url, log, () => undefined);
}

async function find(url: string, log: Log, check: (row: Row) => void): Promise<Probed> {
  const address = addressOf(url);
  const { row, reported, mode, told } = await look(address, log);
  check(row);
  const pooled = address.pooled ?? (!told || (reported !== undefined && reported !== row.pid));
  const { settings } = readOptions(address.options);
  const named = settings.search_path ?? null;
  const ledgers = row.ledgers === '' ? [] : row.ledgers.split('\n');
  const schema = named === null ? schemaFor(ledgers, row.schema) : (row.schema ?? named);
  let { options } = address;
  if (named === null)
    options = withOption(options, 'search_path', `"${schema.replaceAll('"', '""')}"`);
  if (row.version >= 170_000) options = withOption(options, 'transaction_timeout', '0');
  return {
    url: withParameters(url, { options, pgbouncer: String(pooled), sslmode: mode }),
    pooled,
    schema,
    mostConnections: pooled ? null : row.connections,
  };
}

/** libpq's `prefer` and `allow` go from one kind of connection to the other where that is turned away. */
const second: Partial<Record<SslMode, SslMode>> = { prefer: 'disable', allow: 'require' };

async function look(address: DatabaseAddress, log: Log) {
  const { mode } = address.tls;
  try {
    return { ...(await ask(address, log)), mode };
  } catch (error) {
    const other = second[mode];
    if (codeOf(error) !== '28000' || other === undefined) throw error;
    const tls = { ...address.tls, mode: other };
    return { ...(await ask({ ...address, tls }, log)), mode: other };
  }
}

/** `told`: whether the settings of the URL could be sent. PgBouncer refuses those that it does not know. */
async function ask(address: DatabaseAddress, log: Log) {
  const { options } = address;
  try {
    return { ...(await askOnce(address, options, log)), told: true };
  } catch (error) {
    if (!/unsupported startup parameter/.test((error as Error).message)) throw error;
    const { others } = readOptions(options);
    return { ...(await askOnce(address, others.join(' '), log)), told: false };
  }
}

const question = `
  select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
    current_setting('transaction_read_only') as "readOnly", current_schema()::text as schema,
    coalesce((
      select string_agg(n.nspname, chr(10) order by n.nspname)
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relname = 'schema_migrations' and c.relkind in ('r', 'p')
        and a.attname = 'checksum' and not a.attisdropped
    ), '') as ledgers,
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int as connections`;

async function askOnce(address: DatabaseAddress, options: string, log: Log) {
  const client: Sql = openRaw(address, {
    ...{ log, name: 'counterpoint start', max: 1, prepare: false, onclose: () => undefined },
    settings: options === '' ? {} : { options },
  });
  try {
    // In one go, with an end of our own: the role's may be too soon. As one value each: arrays are read by
    // types, which only a second question would tell.
    const answers = await client.unsafe(
      `begin; set local statement_timeout = '10s'; ${question}; commit`,
    );
    // Only what has rows is apart: first the beginning, then these.
    const rows = (answers as unknown as Row[][]).at(-1) ?? [];
    const [row] = rows;
    if (row === undefined) throw new Error('The database answered with nothing');
    const { state } = rows as { readonly state?: { readonly pid?: number } };
    return { row, reported: state?.pid };
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** @throws StartupError */
export function checkServer(row: Pick<Row, 'version' | 'encoding' | 'standby' | 'readOnly'>): void {
  const version = Math.floor(row.version / 10_000);
  if (version < leastVersion) {
    throw new StartupError(
      `The database is Postgres ${version}; Counterpoint needs ${leastVersion} or newer: upgrade it, or set another DATABASE_URL`,
    );
  }
  if (row.encoding !== 'UTF8') {
    throw new StartupError(
      `The database is encoded in ${row.encoding}, which cannot hold every text: make one with "create database … encoding 'UTF8' template template0", and set DATABASE_URL to it`,
    );
  }
  if (row.standby) throw new TakesNoWrites('is a standby, which takes no writes');
  if (row.readOnly === 'on') {
    throw new TakesNoWrites('takes no writes (default_transaction_read_only is on)');
  }
}

/** It may become writable: after a failover, or when there is room again. */
export class TakesNoWrites extends Error {
  readonly code = '25006';
}

/**
 * Where our tables are: where our ledger is, wherever the role's search path leads by now. In a database
 * without one, where the path leads.
 */
function schemaFor(ledgers: readonly string[], current: string | null): string {
  const usual = current === null || current.startsWith('pg_') ? 'public' : current;
  const [only, ...others] = ledgers;
  if (only === undefined) return usual;
  if (others.length === 0) return only;
  for (const name of [usual, 'public']) if (ledgers.includes(name)) return name;
  throw new StartupError(
    `The database has Counterpoint's tables in several schemas (${ledgers.join(', ')}): name one in DATABASE_URL with options=-c%20search_path%3D${only}`,
  );
}

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
