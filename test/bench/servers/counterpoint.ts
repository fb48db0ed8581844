/** Counterpoint as its user starts it: embedded Postgres, saving on, pieces made over the API. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, running, type Server, type StartOptions } from './server.ts';

const bin = join(import.meta.dirname, '..', '..', '..', 'server', 'bin.mjs');

/** The admin is made once per database, which outlives single starts of the server. */
const adminToken = randomBytes(24).toString('hex');

/** Requests in flight while pieces are made. */
const requestsAtOnce = 8;

export async function startCounterpoint(options: StartOptions): Promise<Server> {
  const data = join(options.folder, 'data');
  mkdirSync(data, { recursive: true });
  const env = {
    HOST: '127.0.0.1',
    DATA_DIR: data,
    ADMIN_EMAIL: 'admin@localhost',
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'warn',
    // Of the bench's own choosing, whatever the caller's shell has set for other purposes.
    DATABASE_URL: '',
    REDIS_URL: '',
    ...options.env,
  };
  const launched = await launch([bin, 'serve'], env, '/readyz', options);
  return running('ours', launched, {
    target: {
      url: `${launched.url.replace('http', 'ws')}/collab`,
      dialect: 'y-websocket',
      params: { token: env.ADMIN_TOKEN },
    },
    rooms: (count) => makePieces(launched.url, env.ADMIN_TOKEN, count),
  });
}

async function makePieces(url: string, token: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const batch = Array.from({ length: Math.min(requestsAtOnce, count - ids.length) }, () =>
      makePiece(url, token),
    );
    ids.push(...(await Promise.all(batch)));
  }
  return ids;
}

async function makePiece(url: string, token: string): Promise<string> {
  const answer = await fetch(`${url}/api/pieces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Bench' }),
  });
  if (answer.status !== 201) throw new Error(`POST /api/pieces: ${answer.status}`);
  return ((await answer.json()) as { id: string }).id;
}
