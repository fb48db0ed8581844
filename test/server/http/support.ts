import type { LightMyRequestResponse } from 'fastify';
import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { buildApp } from '../../../server/app.ts';
import { Journal } from '../../../server/collab/journal/journal.ts';
import { Rooms } from '../../../server/collab/rooms/rooms.ts';
import { readConfig, type Config } from '../../../server/config.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createJournalReader } from '../../../server/history/holds.ts';
import type { App } from '../../../server/http/app-type.ts';
import { createLog } from '../../../server/http/log.ts';
import { Metrics } from '../../../server/metrics/metrics.ts';
import { createAuthenticate } from '../../../server/people/sign-in/authenticate.ts';
import { ensureAdmin } from '../../../server/people/ensure-admin.ts';
import { Sessions } from '../../../server/people/sessions/sessions.ts';
import { TokenGate } from '../../../server/people/tokens/token-gate.ts';
import { TokenUses } from '../../../server/people/tokens/token-uses.ts';
import { Tries } from '../../../server/people/sign-in/tries.ts';
import { saveSummary, summarise } from '../../../server/pieces/summary.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { createOpenPieces } from '../../../server/store/open-pieces.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { createRefusedStore } from '../../../server/store/refused-store.ts';
import { createWorkers, type Workers } from '../../../server/workers/pool.ts';
import { createDatabase } from '../../support/postgres.ts';
import { workInProcess } from '../../../server/states/in-process.ts';
import { silentLog } from '../../support/silent-log.ts';

export const adminToken = 'an-admin-token-of-at-least-32-characters';

export interface Person {
  readonly id: string;
  readonly token: string;
  call(
    method: Method,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface TestServer {
  readonly app: App;
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly workers: Workers;
  /** The database behind it. */
  readonly databaseUrl: string;
  readonly admin: Person;
  /** All that has been logged, as text. */
  logged(): string;
  /** Makes a member (or `role`) with a token of their own. */
  person(name: string, role?: 'member' | 'admin'): Promise<Person>;
  /** Makes a piece of `owner`'s and gives its id. */
  piece(owner: Person, body?: object): Promise<string>;
  close(): Promise<void>;
}

/** The whole HTTP side on the real engine and a database of its own, with everything logged. */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const config = testConfig(env);
  const database = await createDatabase();
  const sql = connect(database.url, { log: silentLog, name: 'test' });
  const lines: string[] = [];
  const log = createLog('trace', collect(lines));
  const lanes = { short: 3, long: 2 };
  const workers = createWorkers({ url: database.url, lanes, ...config.limits });
  const journalStore = createJournalStore(database.url, { log: silentLog });
  const journal = new Journal(journalStore, {
    maxPendingBytes: config.limits.maxPendingBytes,
    gapMs: 0,
    log,
    onPressure: () => undefined,
  });
  const rooms = new Rooms({
    journal,
    store: createPieceStore(sql),
    openPieces: createOpenPieces(sql),
    reader: createJournalReader(workers),
    refused: createRefusedStore(sql, config.limits.maxRefusedBytes),
    maxRefusedBytes: config.limits.maxRefusedBytes,
    maxPieceBytes: config.limits.maxPieceBytes,
    work: workInProcess,
    log,
    idleMs: 30_000,
    snapshotEvery: 500,
    onChanged: (id, doc) => saveSummary(sql, id, summarise(doc), new Date()),
  });
  const tries = new Tries(config.limits.maxTries);
  const tokens = new TokenGate(createAuthenticate(sql), tries);
  const sessions = new Sessions(sql, config.limits.sessionMs);
  const app = await buildApp({
    ...{ config, log, sql, documents: rooms, workers },
    ...{ tokens, uses: new TokenUses(sql, log), sessions, tries, metrics: new Metrics() },
  });
  const adminId = await ensureAdmin(sql, { email: 'admin@example.org', token: adminToken });
  if (adminId === null) throw new Error('The admin is disabled in a new database');
  const admin = asPerson(app, adminId, adminToken);
  return {
    ...{ app, sql, rooms, workers, admin, databaseUrl: database.url },
    logged: () => lines.join(''),
    person: (name, role = 'member') => makePerson(app, admin, name, role),
    async piece(owner, body = {}) {
      const answer = await owner.call('POST', '/api/pieces', body);
      expect(answer.statusCode).toBe(201);
      return answer.json<{ id: string }>().id;
    },
    async close() {
      await app.close();
      await rooms.stop();
      await workers.close();
      await journalStore.close();
      await sql.end();
      await database.drop();
    },
  };
}

export function testConfig(env: Record<string, string> = {}): Config {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

function collect(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}

function asPerson(app: App, id: string, token: string): Person {
  return {
    id,
    token,
    call: (method, url, body, headers) =>
      app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      }),
  };
}

async function makePerson(
  app: App,
  admin: Person,
  name: string,
  role: 'member' | 'admin',
): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  const user = await admin.call('POST', '/api/users', { email, name, role });
  expect(user.statusCode).toBe(201);
  const { id } = user.json<{ id: string }>();
  const token = await admin.call('POST', `/api/users/${id}/tokens`, { name: 'test' });
  expect(token.statusCode).toBe(201);
  return asPerson(app, id, token.json<{ token: string }>().token);
}

/** Expects RFC 9457 problem details of a code, and gives the paths of its bad fields. */
export function expectProblem(
  answer: LightMyRequestResponse,
  status: number,
  code: string,
): string[] {
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = answer.json<{ errors?: { path: string; message: string }[] }>();
  expect(problem).toMatchObject({
    type: `urn:counterpoint:problem:${code}`,
    title: expect.any(String) as string,
    status,
    code,
    detail: expect.any(String) as string,
  });
  return (problem.errors ?? []).map(({ path }) => path);
}
