import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { StartupError } from '../startup-error.ts';
import type { Parameters } from './parameters.ts';

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** How connections are encrypted, and what proves that the server is the right one. */
export interface TlsSettings {
  readonly mode: SslMode;
  /** TLS at once, without asking for it in Postgres' own protocol first (Postgres 17). */
  readonly direct: boolean;
  /** A file of certificates; `system`: those that Node trusts; null: none is asked for. */
  readonly rootCert: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly passphrase: string | null;
  readonly crl: string | null;
  readonly sni: boolean;
  readonly minVersion: SecureVersion | null;
  readonly maxVersion: SecureVersion | null;
}

export function readTls(given: Parameters, problems: string[]): TlsSettings {
  const rootCert = given.sslrootcert ?? null;
  // As libpq does it: who trusts everybody's certificates has to look at the name.
  const mode = (given.sslmode ?? (rootCert === 'system' ? 'verify-full' : 'prefer')) as SslMode;
  if (rootCert === 'system' && mode !== 'verify-full') {
    problems.push(`has sslrootcert=system, which needs sslmode=verify-full and not ${mode}`);
  }
  if ((mode === 'verify-ca' || mode === 'verify-full') && rootCert === null) {
    problems.push(
      `has sslmode=${mode}, which needs sslrootcert: a file, or system with verify-full`,
    );
  }
  if ((given.sslcert === undefined) !== (given.sslkey === undefined)) {
    problems.push('has one of sslcert and sslkey, which go together');
  }
  const direct = given.sslnegotiation === 'direct';
  if (direct && ['disable', 'allow', 'prefer'].includes(mode)) {
    problems.push('has sslnegotiation=direct, which needs sslmode=require or more');
  }
  return {
    ...{ mode, direct, rootCert, cert: given.sslcert ?? null, key: given.sslkey ?? null },
    passphrase: given.sslpassword ?? null,
    crl: given.sslcrl ?? null,
    sni: given.sslsni !== '0',
    minVersion: (given.ssl_min_protocol_version ?? null) as SecureVersion | null,
    maxVersion: (given.ssl_max_protocol_version ?? null) as SecureVersion | null,
  };
}

/**
 * For `tls.connect`. @throws StartupError when a file cannot be read
 * @param host - the name that the certificate is for, or an address
 */
export function tlsOptions(settings: TlsSettings, host: string): ConnectionOptions {
  const { mode, rootCert, cert, key, crl, passphrase, minVersion, maxVersion } = settings;
  // With a root at hand, `require` looks at it too (libpq).
  const verify = mode === 'verify-ca' || mode === 'verify-full' || rootCert !== null;
  return {
    host,
    ...(settings.sni && isIP(host) === 0 && { servername: host }),
    ...(settings.direct && { ALPNProtocols: ['postgresql'] }),
    rejectUnauthorized: verify,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(rootCert !== null && rootCert !== 'system' && { ca: read('sslrootcert', rootCert) }),
    ...(cert !== null && { cert: read('sslcert', cert) }),
    ...(key !== null && { key: read('sslkey', key) }),
    ...(crl !== null && { crl: read('sslcrl', crl) }),
    ...(passphrase !== null && { passphrase }),
    ...(minVersion !== null && { minVersion }),
    ...(maxVersion !== null && { maxVersion }),
  };
}

function read(parameter: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new StartupError(
      `The ${parameter} of the database URL cannot be read: ${file} (${code ?? 'no reason given'})`,
      { cause },
    );
  }
}
