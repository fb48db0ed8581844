import { placeOf, type DatabaseAddress } from '../address/parse.ts';
import { codeOf } from './probe.ts';
import { StartupError } from '../startup-error.ts';

/** What is wrong, and what to do about it. */
type Explanation = readonly [wrong: string, todo: string];

/** By the code of Postgres, of Node or of ours. */
const explanations: Readonly<
  Record<string, (address: DatabaseAddress, message: string) => Explanation>
> = {
  ECONNREFUSED: () => [
    'nothing listens there',
    'start Postgres, or correct host and port in DATABASE_URL',
  ],
  ENOTFOUND: () => ['the host is not known', 'correct the host in DATABASE_URL'],
  EAI_AGAIN: () => ['the host is not known', 'correct the host in DATABASE_URL'],
  ENOENT: () => [
    'there is no such socket',
    'start Postgres, or correct the folder in DATABASE_URL',
  ],
  EACCES: () => [
    'the socket may not be opened',
    "run the server as a user who may enter the socket's folder",
  ],
  CONNECT_TIMEOUT: () => [
    'it does not answer',
    'correct host and port in DATABASE_URL, or open the way to it',
  ],
  ETIMEDOUT: () => [
    'it does not answer',
    'correct host and port in DATABASE_URL, or open the way to it',
  ],
  NOT_POSTGRES: () => [
    'what listens there is no Postgres',
    'correct host and port in DATABASE_URL',
  ],
  NO_TLS: () => ['it offers no TLS', 'turn ssl on there, or take sslmode out of DATABASE_URL'],
  '25006': (_, message) => [message, 'set DATABASE_URL to the primary, or make it writable'],
  '28P01': ({ user }) => [
    `the password of ${user} is wrong, or there is no such role`,
    'correct DATABASE_URL',
  ],
  '28000': ({ tls, user }, message) =>
    tls.mode === 'disable' && /no encryption/.test(message)
      ? ['it lets nobody in without TLS', 'set sslmode=require in DATABASE_URL']
      : [`it does not let ${user} in (${message})`, 'correct DATABASE_URL, or pg_hba.conf there'],
  '3D000': ({ database }) => [
    `there is no database ${database}`,
    `make it with "create database ${database} encoding 'UTF8'", or correct DATABASE_URL`,
  ],
  '42501': ({ user }, message) => [
    message,
    `give ${user} the right, or set DATABASE_URL to the role that owns the tables`,
  ],
  '53100': () => ['its disk is full', 'make room there'],
  ENOSPC: () => ['the disk is full', 'make room'],
  '53300': () => [
    'all of its connections are taken',
    'raise max_connections there, lower DATABASE_POOL, or end what holds them',
  ],
  '57P03': (_, message) => [message, 'wait until it has started'],
};

/** Certificates, by what OpenSSL calls what is wrong with them. */
const distrust = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|ERR_OSSL/;

/** Turns what kept the database from being used into one line. What is explained already stays so. */
export function explain(error: unknown, address: DatabaseAddress): StartupError {
  if (error instanceof StartupError) return error;
  const { message = '' } = error as Error;
  const code = codeOf(error) || codeWithin(error);
  const known = explanations[codeFor(code, message)];
  const [wrong, todo] =
    known?.(address, oneLine(message)) ??
    (distrust.test(code)
      ? [
          `its certificate is refused (${oneLine(message)})`,
          'correct sslrootcert or sslmode in DATABASE_URL',
        ]
      : [oneLine(message) || code || 'no reason given', 'correct DATABASE_URL']);
  return new StartupError(`The database ${placeOf(address)} cannot be used: ${wrong}; ${todo}`, {
    cause: error,
  });
}

/** PgBouncer gives one code to nearly all of it. */
function codeFor(code: string, message: string): string {
  if (code !== '08P01') return code;
  if (/no such database/.test(message)) return '3D000';
  if (/no such user|password authentication|auth/.test(message)) return '28P01';
  if (/no more connections/.test(message)) return '53300';
  return code;
}

/** Of several addresses of a host, the first that failed tells. */
function codeWithin(error: unknown): string {
  if (!(error instanceof AggregateError)) return '';
  return codeOf((error.errors as unknown[])[0]);
}

export const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, ' · ');

/** What more patience may cure: it is starting, failing over, or busy. */
const passing = new Set(
  (
    'ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN ENOENT CONNECT_TIMEOUT ETIMEDOUT EHOSTUNREACH ENETUNREACH EPIPE ' +
    'CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED NO_HOST 25006 53300 57P01 57P02 57P03 08006 08001 08P01'
  ).split(' '),
);

export function mayPass(error: unknown): boolean {
  if (error instanceof StartupError) return false;
  const code = codeOf(error) || codeWithin(error);
  return passing.has(codeFor(code, (error as Error).message));
}
