/**
 * The only reader of the environment. Everything else is given a `Config`.
 */
import { isIP } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import { z } from 'zod';
import { readAddress } from './db/address/parse.ts';
import { leastPool, usualPool } from './db/opening/pool-shares.ts';

/** Bytes in one mebibyte, the unit that the limits below are thought in. */
const MiB = 1024 * 1024;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Enough for an internal address such as `admin@localhost`, which stricter checks refuse. */
const emailShape = /^[^\s@]+@[^\s@]+$/;

const wholeNumber = (least: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(Number.MAX_SAFE_INTEGER, 'is too large');

const count = (fallback: number, least = 1) => wholeNumber(least).default(fallback);

/** A list divided by commas; each entry must be an origin: scheme, host and port, nothing after. */
const originList = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim().replace(/\/$/, '')))
  .transform((list) => list.filter((entry) => entry !== ''))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://news.example, by comma')
  .default([]);

/** A number of hops is refused: Fastify trusts nobody then, since hops can be made up. */
const trustProxy = z
  .string()
  .transform((value) => (value === 'true' || value === 'false' ? value === 'true' : value))
  .refine(
    (value) => typeof value !== 'string' || value.split(',').every(isAddress),
    'must be true, false, or addresses and subnets by comma',
  )
  .default(false);

const url = (protocols: RegExp, message: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.test(value), message);

/** Everything that is wrong with it, in one line. */
const databaseUrl = z.string().superRefine((value, context) => {
  const read = readAddress(value);
  if (!read.ok) context.addIssue({ code: 'custom', message: read.problems.join('; it ') });
});

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: count(3000, 0).pipe(z.number().max(65535, 'must be at most 65535')),
  /** Where people reach the server, when that is not http://HOST:PORT; https turns HSTS on. */
  PUBLIC_URL: url(/^https?:\/\//, 'must be an http or https URL')
    .refine(
      (value) => !URL.canParse(value) || isBare(new URL(value)),
      'must have no path: give Counterpoint a host name, or a port, of its own',
    )
    .optional(),
  /** None: a Postgres of the server's own, with its files in DATA_DIR. */
  DATABASE_URL: databaseUrl.optional(),
  /** Leads to the same database past a pooler, for what needs a session: LISTEN, migrations. */
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  /** The most connections that this server opens to the database, in all. */
  DATABASE_POOL: count(usualPool, leastPool).pipe(z.number().max(1_000, 'must be at most 1000')),
  DATA_DIR: z.string().default('./data'),
  /** Where servers meet; none: in the database. */
  REDIS_URL: url(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL').optional(),
  /** Another sign-in service: the three are set together. */
  OIDC_ISSUER: url(/^https?:\/\//, 'must be an http or https URL').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  ADMIN_EMAIL: z.string().regex(emailShape, 'must be an email address').optional(),
  ADMIN_TOKEN: z.string().min(32, 'must be at least 32 characters').optional(),
  /** Who reads /metrics from anywhere; none: this machine alone does. */
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{32,}$/, 'must be at least 32 characters, without spaces or accents')
    .optional(),
  /** Origins, besides the server's own, whose pages may open sockets. */
  ALLOWED_ORIGINS: originList,
  TRUST_PROXY: trustProxy,
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  /** The largest WebSocket message, in bytes; a larger one ends its connection with 4413. */
  MAX_FRAME_BYTES: count(16 * MiB),
  /** The largest HTTP request body, in bytes; a larger one is 413. */
  MAX_BODY_BYTES: count(8 * MiB),
  /** The largest text that becomes a piece in one go, in bytes of UTF-8; a larger one is 413. */
  MAX_IMPORT_BYTES: count(2 * MiB),
  /** How long reading a text in, or writing one out, may take, in milliseconds; then it is 422. */
  IMPORT_TIMEOUT_MS: count(10_000),
  /** Unsaved bytes in memory past which sockets are not read and nothing more is opened (D4). */
  MAX_PENDING_BYTES: count(64 * MiB),
  /** How long an empty piece stays in memory, in milliseconds (R2). */
  IDLE_UNLOAD_MS: count(30_000, 0),
  /** How long stopping may take, in milliseconds, until the process ends regardless (D5). */
  SHUTDOWN_MS: count(10_000),
  /** How long nobody older has run when the schema loses what they needed. */
  CONTRACT_AFTER_MS: count(600_000, 0),
  /** Open WebSockets; one more is closed with 1013. */
  MAX_CONNECTIONS: count(5_000),
  /** How long a browser stays signed in without being used, in days. */
  SESSION_DAYS: count(30).pipe(z.number().max(3_650, 'must be at most 3650')),
  /** How long an invite link can be used, in hours. */
  INVITE_HOURS: count(72).pipe(z.number().max(87_600, 'must be at most 87600')),
  /** The most bytes of refused edits that are kept of one person in one piece (R4). */
  MAX_REFUSED_BYTES: count(4 * MiB),
  /** The largest that a piece may become, in bytes; what would add more is refused (R4). */
  MAX_PIECE_BYTES: count(16 * MiB),
  /** The most bytes of all pieces that are open, as stored (B2); by the heap where not given. */
  MAX_OPEN_BYTES: wholeNumber(1).optional(),
  /** The longest comment, and the longest text that one proposes, in bytes of UTF-8; else 413. */
  MAX_COMMENT_BYTES: count(16 * 1024),
  /** Requests of one person that wait for a thread; one more is 429. */
  MAX_WAITING_TASKS: count(64),
  /** Failed tries at signing in, per minute: from one address, and for one account. */
  MAX_TRIES: count(10),
  /** Searches for people, per minute and person. */
  MAX_SEARCHES: count(60),
});

/**
 * Bytes of the heap for each byte that is stored of an open piece. Measured with pieces of 1.4 to 2 MB:
 * 2 where it was pasted as one text, 15 where it was typed all over, 23 where every letter has a mark,
 * 30 where every letter was typed before all others. What no editor makes, shared types within the
 * text, takes 105.
 */
const heapPerStoredByte = 30;
/** The part of the heap that open pieces may take up. */
const heapForPieces = 0.5;
/** So many pieces of the largest kind can always be open, or none of them could be. */
const leastOpenPieces = 2;

/** Sizes in bytes, times in milliseconds. */
export interface Limits {
  readonly maxFrameBytes: number;
  readonly maxBodyBytes: number;
  readonly maxImportBytes: number;
  readonly importTimeoutMs: number;
  readonly maxPendingBytes: number;
  readonly idleUnloadMs: number;
  readonly shutdownMs: number;
  readonly contractAfterMs: number;
  readonly maxConnections: number;
  readonly maxRefusedBytes: number;
  readonly maxPieceBytes: number;
  /** Of all pieces that are open. */
  readonly maxOpenBytes: number;
  readonly maxCommentBytes: number;
  readonly sessionMs: number;
  readonly inviteMs: number;
  /** Of one person. */
  readonly maxWaitingTasks: number;
  /** Failed tries a minute. */
  readonly maxTries: number;
  /** Searches for people a minute, of one person. */
  readonly maxSearches: number;
}

/** An OpenID Connect provider, at which this server is a confidential client. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly publicUrl: string | null;
  readonly databaseUrl: string | null;
  /** The same database without a pooler; null: `databaseUrl` is all there is. */
  readonly databaseDirectUrl: string | null;
  readonly databasePool: number;
  readonly dataDir: string;
  /** None: servers on one database meet there. */
  readonly redisUrl: string | null;
  readonly oidc: OidcConfig | null;
  readonly admin: { readonly email: string; readonly token: string } | null;
  /** What reads `/metrics`; null: no token is asked for, and this machine alone is answered. */
  readonly metricsToken: string | null;
  /** Origins whose pages may open sockets, that of `publicUrl` included. */
  readonly allowedOrigins: readonly string[];
  /**
   * True: one proxy beside the server; a string: addresses and subnets
   * (`http/origins/addresses.ts`).
   */
  readonly trustProxy: boolean | string;
  readonly logLevel: (typeof logLevels)[number];
  readonly limits: Limits;
}

/** `problems` has one line per bad variable. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the configuration out of environment variables; an empty variable counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const result = variables.safeParse(given);
  const problems = result.success ? [] : linesOf(result.error);
  if ((given.ADMIN_EMAIL === undefined) !== (given.ADMIN_TOKEN === undefined)) {
    const missing = given.ADMIN_EMAIL === undefined ? 'ADMIN_EMAIL' : 'ADMIN_TOKEN';
    problems.push(`${missing}: ADMIN_EMAIL and ADMIN_TOKEN are set together or not at all`);
  }
  if (given.METRICS_TOKEN !== undefined && given.METRICS_TOKEN === given.ADMIN_TOKEN) {
    problems.push('METRICS_TOKEN: must differ from ADMIN_TOKEN, which may do everything');
  }
  const oidc = oidcVariables.filter((name) => given[name] === undefined);
  if (oidc.length > 0 && oidc.length < oidcVariables.length) {
    problems.push(`${oidc[0]}: ${oidcVariables.join(', ')} are set together or not at all`);
  }
  if (given.DATABASE_DIRECT_URL !== undefined && given.DATABASE_URL === undefined) {
    problems.push('DATABASE_DIRECT_URL: goes with DATABASE_URL; the embedded database needs none');
  }
  if (result.success && openBytesOf(result.data) < leastOpenBytes(result.data)) {
    problems.push('MAX_OPEN_BYTES: must be at least twice MAX_PIECE_BYTES');
  }
  if (!result.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: configOf(result.data) };
}

const oidcVariables = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;

function oidcOf(read: z.infer<typeof variables>): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = read;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null;
  return { issuer, clientId, clientSecret };
}

function leastOpenBytes({ MAX_PIECE_BYTES: piece }: z.infer<typeof variables>): number {
  return leastOpenPieces * piece;
}

function openBytesOf(read: z.infer<typeof variables>): number {
  const { heap_size_limit: heap } = getHeapStatistics();
  const usual = Math.floor((heap * heapForPieces) / heapPerStoredByte);
  return read.MAX_OPEN_BYTES ?? Math.max(leastOpenBytes(read), usual);
}

function configOf(read: z.infer<typeof variables>): Config {
  const { ADMIN_EMAIL: email, ADMIN_TOKEN: token } = read;
  return {
    host: read.HOST,
    port: read.PORT,
    publicUrl: read.PUBLIC_URL?.replace(/\/$/, '') ?? null,
    databaseUrl: read.DATABASE_URL ?? null,
    databaseDirectUrl: read.DATABASE_DIRECT_URL ?? null,
    databasePool: read.DATABASE_POOL,
    dataDir: read.DATA_DIR,
    redisUrl: read.REDIS_URL ?? null,
    oidc: oidcOf(read),
    admin: email !== undefined && token !== undefined ? { email, token } : null,
    metricsToken: read.METRICS_TOKEN ?? null,
    allowedOrigins: [
      ...read.ALLOWED_ORIGINS,
      ...(read.PUBLIC_URL === undefined ? [] : [new URL(read.PUBLIC_URL).origin]),
    ],
    trustProxy: read.TRUST_PROXY,
    logLevel: read.LOG_LEVEL,
    limits: {
      maxFrameBytes: read.MAX_FRAME_BYTES,
      maxBodyBytes: read.MAX_BODY_BYTES,
      maxImportBytes: read.MAX_IMPORT_BYTES,
      importTimeoutMs: read.IMPORT_TIMEOUT_MS,
      maxPendingBytes: read.MAX_PENDING_BYTES,
      idleUnloadMs: read.IDLE_UNLOAD_MS,
      shutdownMs: read.SHUTDOWN_MS,
      contractAfterMs: read.CONTRACT_AFTER_MS,
      maxConnections: read.MAX_CONNECTIONS,
      maxRefusedBytes: read.MAX_REFUSED_BYTES,
      maxPieceBytes: read.MAX_PIECE_BYTES,
      maxOpenBytes: openBytesOf(read),
      maxCommentBytes: read.MAX_COMMENT_BYTES,
      sessionMs: read.SESSION_DAYS * 86_400_000,
      inviteMs: read.INVITE_HOURS * 3_600_000,
      maxWaitingTasks: read.MAX_WAITING_TASKS,
      maxTries: read.MAX_TRIES,
      maxSearches: read.MAX_SEARCHES,
    },
  };
}

/** One line per variable: the first thing that is wrong with it. */
function linesOf(error: z.ZodError): string[] {
  const first = new Map<string, string>();
  for (const issue of error.issues) {
    const name = String(issue.path[0]);
    if (!first.has(name)) first.set(name, `${name}: ${issue.message}`);
  }
  return [...first.values()];
}

/** Our pages and cookies are at the root. */
function isBare({ pathname, search, hash }: URL): boolean {
  return pathname === '/' && search === '' && hash === '';
}

function isOrigin(entry: string): boolean {
  return URL.canParse(entry) && new URL(entry).origin === entry;
}

/** An address, a subnet, or a name that the proxy-addr package gives to a group of them. */
function isAddress(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.trim().split('/');
  if (['loopback', 'linklocal', 'uniquelocal'].includes(entry.trim())) return true;
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (longest === -1 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= longest)
  );
}
