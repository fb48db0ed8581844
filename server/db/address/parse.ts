import os from 'node:os';
import { readParameters, type Parameters } from './parameters.ts';
import { readTls, type TlsSettings } from './tls-settings.ts';

/** One server of a database URL. */
export interface Host {
  /** A name, an address, or the folder of a Unix socket, which begins with `/`. */
  readonly name: string;
  /** Where to connect, when that is not what the name says (`hostaddr`). */
  readonly address: string | null;
  readonly port: number;
}

/** What a database URL says, as libpq reads it. */
export interface DatabaseAddress {
  readonly hosts: readonly Host[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: TlsSettings;
  /** Of one host, in seconds; null: not said. */
  readonly connectTimeout: number | null;
  readonly applicationName: string | null;
  /** As libpq's `options`: settings for the session, and words for a provider's proxy. */
  readonly options: string;
  /** Which of several hosts will do: each, or only one that takes writes. */
  readonly target: 'any' | 'read-write' | 'primary';
  /** Whether the hosts are tried in an order of chance. */
  readonly shuffled: boolean;
  /** Seconds after which a silent connection is probed; 0: it is not. */
  readonly keepAlive: number;
  /** Whether connections are lent for one transaction at a time; null: not known. */
  readonly pooled: boolean | null;
}

/** `problems` are parts of one line. */
export type AddressResult =
  | { readonly ok: true; readonly address: DatabaseAddress }
  | { readonly ok: false; readonly problems: readonly string[] };

const shape =
  /^postgres(?:ql)?:\/\/(?:(?<userinfo>[^@/]*)@)?(?<hosts>[^/?]*)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

/**
 * Reads a `postgres://` URL by the rules of libpq, which the driver knows a part of only: several hosts,
 * Unix sockets, percent-encoding, and parameters.
 */
export function readAddress(url: string): AddressResult {
  const found = shape.exec(url)?.groups;
  if (found === undefined) return { ok: false, problems: ['must be a postgres:// URL'] };
  const problems: string[] = [];
  const decode = (text: string | undefined, what: string): string => {
    try {
      return decodeURIComponent(text ?? '');
    } catch {
      problems.push(`${what} has a % that begins no code: write it as %25`);
      return '';
    }
  };
  if (found.hosts?.includes('@')) {
    return { ok: false, problems: ['has more than one @: write that of the password as %40'] };
  }
  const [user, ...rest] = (found.userinfo ?? '').split(':');
  const given = readParameters(found.query ?? '', problems);
  const name = given.user ?? (decode(user, 'the user') || os.userInfo().username);
  const address: DatabaseAddress = {
    hosts: readHosts(found.hosts ?? '', given, decode, problems),
    user: name,
    password: given.password ?? decode(rest.join(':'), 'the password'),
    database: given.dbname ?? (decode(found.path, 'the database') || name),
    tls: readTls(given, problems),
    connectTimeout: timeoutOf(given.connect_timeout),
    applicationName: given.application_name ?? given.fallback_application_name ?? null,
    options: given.options ?? '',
    target: 'any',
    shuffled: given.load_balance_hosts === 'random',
    keepAlive: given.keepalives === '0' ? 0 : Number(given.keepalives_idle ?? 60),
    pooled: given.pgbouncer === undefined ? null : given.pgbouncer === 'true',
  };
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, address: { ...address, target: targetOf(given, address.hosts.length) } };
}

/** As `readAddress`, of a URL that has been read before. @throws TypeError */
export function addressOf(url: string): DatabaseAddress {
  const read = readAddress(url);
  if (!read.ok) throw new TypeError(`The database URL ${read.problems.join('; it ')}`);
  return read.address;
}

/** Without user and password, for messages. */
export function placeOf({ hosts, database }: DatabaseAddress): string {
  const places = hosts.map(({ name, port }) =>
    name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`,
  );
  return `${places.join()}/${database}`;
}

/** A URL with parameters of its query put in, or in the place of those it has. */
export function withParameters(url: string, more: Readonly<Record<string, string>>): string {
  const [start = '', ...rest] = url.split('?');
  const kept = rest
    .join('?')
    .split('&')
    .filter((part) => part !== '' && !((part.split('=')[0] ?? '') in more));
  const added = Object.entries(more).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `${start}?${[...kept, ...added].join('&')}`;
}

/** libpq takes two seconds at least, and 0 or less for no end, which we do not wait for. */
function timeoutOf(given: string | undefined): number | null {
  if (given === undefined || Number(given) <= 0) return null;
  return Math.max(2, Number(given));
}

/**
 * libpq's default is any server. Of several, that would be a standby as soon as it stands first, and stay
 * so after a failover: this server writes.
 */
function targetOf(given: Parameters, hosts: number): DatabaseAddress['target'] {
  const target = given.target_session_attrs ?? (hosts > 1 ? 'read-write' : 'any');
  return target === 'read-write' || target === 'primary' ? target : 'any';
}

function readHosts(
  authority: string,
  given: Parameters,
  decode: (text: string, what: string) => string,
  problems: string[],
): Host[] {
  const parts = authority.split(',').map((part) => /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(part));
  const names = given.host?.split(',') ?? parts.map((part) => decode(bare(part?.[1]), 'the host'));
  const addresses = given.hostaddr?.split(',');
  const all = names.length > 1 || names[0] !== '' ? names : (addresses ?? ['']);
  const ports = given.port?.split(',') ?? parts.map((part) => part?.[2] ?? '');
  if (ports.length > 1 && ports.length !== all.length) {
    problems.push(`has ${ports.length} ports for ${all.length} hosts`);
  }
  if (addresses !== undefined && addresses.length !== all.length) {
    problems.push(`has ${addresses.length} hostaddr for ${all.length} hosts`);
  }
  return all.map((name, index) => {
    const text = (ports.length === 1 ? ports[0] : ports[index]) || '5432';
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) problems.push(`has a port that is none: ${text}`);
    return { name: name || 'localhost', address: addresses?.[index] ?? null, port };
  });
}

const bare = (host: string | undefined) => (host ?? '').replace(/^\[|\]$/g, '');
