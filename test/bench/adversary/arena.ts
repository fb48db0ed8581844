/** Where attacks take place: a server of their own each, on a database of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded, type EmbeddedPostgres } from '../../../server/db/embedded.ts';
import { groundOn } from '../../adversary/ground.ts';
import type { Ground } from '../../adversary/attack.ts';
import { adminToken } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { temporaryFolder, trackChild } from '../cleanup.ts';
import type { Server } from '../servers/server.ts';
import { startServer } from '../servers/start.ts';

export interface Arena {
  readonly server: Server;
  readonly ground: Ground;
  /** What is wrong after an attack: errors in the log, and what `verify` finds; stops the server. */
  end(): Promise<string[]>;
}

/** One Postgres for all of them, so that each attack costs a database and not a cluster. */
export class Arenas {
  readonly #postgres: Promise<EmbeddedPostgres>;
  readonly #profile: string | null;
  #made = 0;

  /** `profile`: a folder for CPU profiles, one in it for each server; null: none are taken. */
  constructor(profile: string | null = null) {
    this.#profile = profile;
    this.#postgres = startEmbedded({ dataDir: temporaryFolder(), log: silentLog });
  }

  async open(env: Readonly<Record<string, string>> = {}): Promise<Arena> {
    const databaseUrl = await this.#database();
    const folder = temporaryFolder();
    const own = {
      DATABASE_URL: databaseUrl,
      ADMIN_EMAIL: 'admin@example.org',
      ADMIN_TOKEN: adminToken,
    };
    const profile = this.#profile === null ? null : join(this.#profile, `attack-${this.#made}`);
    if (profile !== null) mkdirSync(profile, { recursive: true });
    const how = { folder, profile, watched: true, env: { ...env, ...own } };
    const server = await startServer('ours', how);
    const url = server.target.url.replace('ws', 'http').replace('/collab', '');
    return {
      server,
      ground: groundOn({ url, pid: server.pid }),
      async end() {
        await server.stop();
        return [...errorsIn(join(folder, 'server.log')), ...(await verify(databaseUrl))];
      },
    };
  }

  async close(): Promise<void> {
    await (await this.#postgres).stop();
  }

  async #database(): Promise<string> {
    const { url } = await this.#postgres;
    const name = `attack_${++this.#made}`;
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    await sql`create database ${sql(name)}`;
    await sql.end();
    const own = new URL(url);
    own.pathname = `/${name}`;
    return own.href;
  }
}

/** Lines at `error` and above, and lines that no logger wrote. */
function errorsIn(log: string): string[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && isError(line)).map((line) => line.slice(0, 400));
}

function isError(line: string): boolean {
  if (/^(Counterpoint is at|Building)/.test(line)) return false;
  try {
    return (JSON.parse(line) as { level?: number }).level! >= 50;
  } catch {
    return true;
  }
}

/** `counterpoint verify` as an operator runs it; nothing where all is well. */
async function verify(databaseUrl: string): Promise<string[]> {
  const bin = join(import.meta.dirname, '..', '..', '..', 'server', 'bin.mjs');
  const child = spawn(process.execPath, [bin, 'verify'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  trackChild(child);
  const said: Buffer[] = [];
  child.stderr.on('data', (part: Buffer) => said.push(part));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 ? [] : [`verify ended with ${code}: ${Buffer.concat(said).toString().trim()}`];
}
