import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(
  (file) => existsSync(file),
);

/** Whether there is one on this machine; tests that need it are skipped where there is none. */
export const hasPgBouncer = program !== undefined;

export interface PgBouncer {
  /** Of the same databases as the server behind it. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  /** Passwords by role, beside that of the URL. */
  readonly users?: Readonly<Record<string, string>>;
  /** Over ours, by the names of pgbouncer.ini. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Ends PgBouncer when the pipe to its standard input ends, which a killed test ends too. */
const stopWithParent = `
exec 3<&0 </dev/null
( ( read -r line <&3; kill -TERM $$ ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

/** Puts a PgBouncer in transaction mode before a server; as another user, since it refuses to be root. */
export async function startPgBouncer(
  serverUrl: string,
  { users = {}, settings = {} }: PgBouncerOptions = {},
): Promise<PgBouncer> {
  if (program === undefined) throw new Error('There is no pgbouncer on this machine');
  const server = new URL(serverUrl);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-pgbouncer-'));
  const port = await freePort();
  const merged = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: path.join(folder, 'users.txt'),
    pool_mode: 'transaction',
    max_client_conn: '2000',
    default_pool_size: '8',
    server_login_retry: '1',
    ...settings,
  };
  const lines = Object.entries(merged).map(([name, value]) => `${name} = ${value}`);
  const behind = `* = host=${server.hostname} port=${server.port}`;
  const ini = path.join(folder, 'pgbouncer.ini');
  await writeFile(ini, `[databases]\n${behind}\n[pgbouncer]\n${lines.join('\n')}\n`);
  const all = {
    [decodeURIComponent(server.username)]: decodeURIComponent(server.password),
    ...users,
  };
  const quoted = Object.entries(all).map(([name, password]) => `"${name}" "${password}"\n`);
  await writeFile(merged.auth_file, quoted.join(''));
  const nobody = { uid: 65_534, gid: 65_534 };
  const ids = process.getuid?.() === 0 ? nobody : {};
  if (process.getuid?.() === 0) {
    for (const file of [folder, ini, merged.auth_file]) await chown(file, nobody.uid, nobody.gid);
  }
  const child = spawn('/bin/sh', ['-c', stopWithParent, 'sh', program, ini], {
    ...ids,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const told: string[] = [];
  child.stderr.on('data', (part: Buffer) => told.push(part.toString()));
  child.stdin.on('error', () => undefined);
  let ended = false;
  const exited = once(child, 'exit').then(() => {
    ended = true;
  });
  await until('PgBouncer listens', async () => {
    if (ended) throw new Error(`PgBouncer did not start: ${told.join('')}`);
    return listens(port);
  });
  server.port = String(port);
  server.hostname = '127.0.0.1';
  server.search = '';
  return {
    url: server.href,
    async stop() {
      child.stdin.end();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
