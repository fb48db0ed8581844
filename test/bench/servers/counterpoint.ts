/** Counterpoint as its user starts it: embedded Postgres, saving on, pieces made over the API. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, running, type Server, type StartOptions } from './server.ts';

const bin = join(import.meta.dirname, '..', '..', '..', 'server', 'bin.mjs');

/** The admin is made once per database, which outlives single starts of the server. */
const adminToken = randomBytes(24).toString('hex');

/** Each has some connections, as somebody has who looks after several pieces. */
const people = 100;

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
  let tokens: Promise<string[]> | null = null;
  return running('ours', launched, {
    target: {
      url: `${launched.url.replace('http', 'ws')}/collab`,
      dialect: 'y-websocket',
      params: { token: env.ADMIN_TOKEN },
    },
    rooms: (count) => makePieces(launched.url, env.ADMIN_TOKEN, count),
    tokens: () => (tokens ??= makePeople(launched.url, env.ADMIN_TOKEN)),
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
  return (await post<{ id: string }>(url, token, '/api/pieces', { title: 'Bench' })).id;
}

async function makePeople(url: string, token: string): Promise<string[]> {
  const tokens: string[] = [];
  for (let i = 0; i < people; i++) {
    const email = `${randomBytes(8).toString('hex')}@example.org`;
    const person = { email, name: `Person ${i + 1}`, role: 'admin' };
    const { id } = await post<{ id: string }>(url, token, '/api/users', person);
    const path = `/api/users/${id}/tokens`;
    tokens.push((await post<{ token: string }>(url, token, path, { name: 'bench' })).token);
  }
  return tokens;
}

async function post<T>(url: string, token: string, path: string, body: object): Promise<T> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status}`);
  return (await answer.json()) as T;
}
