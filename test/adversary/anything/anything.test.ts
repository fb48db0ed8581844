import fc from 'fast-check';
import { Agent } from 'node:http';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../server/db/open.ts';
import { packageFile } from '../../../server/package-root.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { schemaVersion } from '../../../shared/document/index.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeed } from '../../support/random.ts';
import { deadline, rounds } from '../../support/test-length.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';
import { groundOn } from '../ground.ts';
import { callsOf, people, type OpenApi, type Person } from './calls.ts';
import { Cast } from './cast.ts';
import { frames } from './frames.ts';
import { call, say } from './say.ts';

/** 30 × (50 + 6 × 5) = 2,400 calls and frames: each round has so many of each, and some rounds a new company. */
const times = rounds(30);
const callsEach = 50;
const socketsEach = 6;
const framesEach = 5;
/** What one person costs is metered: few rounds, so that nobody has to wait for their share. */
const roundsOfACompany = 10;
/** After so many the server has met most of its code, and holds what it always holds. */
const warmUpRounds = Math.floor(times / 2);
/** Requests in flight; more would only wait for each other. */
const atOnce = 10;
const minutes = 60_000;

let database: TestDatabase;
let server: ServerProcess;
let api: OpenApi;

beforeAll(async () => {
  database = await createDatabase();
  const hook = pathToFileURL(packageFile('test/support/report-memory.mjs')).href;
  server = await startServerProcess({
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--import ${hook}`,
    LOG_LEVEL: 'warn',
    // Whoever guesses tokens would keep the others from being heard.
    MAX_TRIES: '1000000',
    IDLE_UNLOAD_MS: '200',
    MAX_PIECE_BYTES: String(1024 * 1024),
  });
  api = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
});

afterAll(async () => {
  await server.kill9();
  await database.drop();
});

it(
  'whatever is asked and sent: no 500, no unhandled error, and memory as before',
  async () => {
    const seed = runSeed();
    console.log(`seed ${seed}`);
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    const statuses = new Map<number, number>();
    const codes = new Map<number, number>();
    const count = (counts: Map<number, number>, key: number) =>
      counts.set(key, (counts.get(key) ?? 0) + 1);
    const found = new Findings();
    let round = 0;
    let heldBefore = 0;
    let cast: Cast | null = null;

    const calls = fc.array(callsOf(api), { minLength: callsEach, maxLength: callsEach });
    const sockets = fc.array(
      fc.record({
        person: fc.oneof(
          {
            weight: 3,
            arbitrary: fc.constantFrom<Person>('owner', 'writer', 'reviewer', 'reader'),
          },
          { weight: 1, arbitrary: fc.constantFrom(...people) },
        ),
        piece: fc.nat(1),
        more: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('', '&ext=1', `&schema=${schemaVersion}`) },
          { weight: 1, arbitrary: fc.constantFrom('&schema=999', '&ext=1&schema=x') },
        ),
        frames: fc.array(frames, { minLength: framesEach, maxLength: framesEach }),
      }),
      { minLength: socketsEach, maxLength: socketsEach },
    );
    await fc.assert(
      fc.asyncProperty(calls, sockets, async (made, opened) => {
        if (round % roundsOfACompany === 0 || cast === null) {
          cast = await Cast.gather(groundOn(server), round);
        }
        if (round === warmUpRounds) heldBefore = await held();
        round++;
        const company = cast;
        await Promise.all([
          ...made.map(async (each) => {
            const status = await found.in(call(server.url, agent, company, each));
            if (status !== null) count(statuses, status);
          }),
          ...opened.map(async ({ person, piece, more, frames: sent }) => {
            const token = company.tokenOf(person);
            const query = `${token === null ? '' : `token=${token}`}${more}`;
            const where = { piece: company.piece(piece), query };
            const code = await found.in(say(server.url, where, sent));
            if (code !== null) count(codes, code);
          }),
        ]);
        for (const line of complaints()) found.add(line);
        expect(found.many).toBe(false);
      }),
      // What came before is part of what fails, so nothing smaller would show it.
      { seed, numRuns: times, endOnFailure: true, reporter: () => undefined },
    );
    agent.destroy();

    // Not as a comparison, of which a report shows the first letters only.
    if (found.all.length > 0) throw new Error(`seed ${seed}\n${found.all.join('\n\n')}`);
    console.log('answers', [...statuses].sort(), 'closed with', [...codes].sort());
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    // Else the calls met nothing but the door.
    expect(statuses.get(200)).toBeGreaterThan((times * callsEach) / 10);
    expect(statuses.get(201)).toBeGreaterThan(times / 4);
    expect(codes.get(1005)).toBeGreaterThan((times * socketsEach) / 40);

    await until(
      'memory is back to within a fifth',
      async () => (await held()) <= heldBefore * 1.2,
      60_000,
    );
    expect(await damagedPieces()).toEqual([]);
    expect(await server.terminate()).toBe(0);
    expect(complaints()).toEqual([]);
  },
  deadline(10 * minutes),
);

/** What is wrong, each kind once, so that one run tells of all of them. */
class Findings {
  readonly #kinds = new Map<string, string>();

  /** Null where it was rejected. */
  async in<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      this.add(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  add(finding: string): void {
    // Ids and times are not what makes a kind.
    const kind = finding.split('\n')[0]!.replace(/[0-9a-f-]{32,}|"(time|reqId)":[^,]*/g, '');
    if (!this.#kinds.has(kind)) this.#kinds.set(kind, finding);
  }

  get all(): string[] {
    return [...this.#kinds.values()];
  }

  /** More than anybody wants to read. */
  get many(): boolean {
    return this.#kinds.size > 30;
  }
}

/** Lines of the log at `error` and above, and those that no logger wrote. */
function complaints(): string[] {
  return server.log.filter((line) => {
    if (line.startsWith('Counterpoint is at')) return false;
    try {
      return (JSON.parse(line) as { level?: number }).level! >= 50;
    } catch {
      return true;
    }
  });
}

/** Bytes that the server holds after a garbage collection. */
async function held(): Promise<number> {
  const seen = server.log.length;
  process.kill(server.pid, 'SIGUSR2');
  const line = await until('the server tells what it holds', () =>
    server.log.slice(seen).find((each) => each.includes('"held"')),
  );
  const { held, heapUsed, external, arrayBuffers } = JSON.parse(line) as Record<string, number>;
  const kib = (bytes = 0) => `${Math.round(bytes / 1024)} KiB`;
  // In parts, so that a failure says what kind of memory it is.
  console.log(`holds ${kib(held)}: heap ${kib(heapUsed)}, external ${kib(external)}, of it`);
  console.log(`  array buffers ${kib(arrayBuffers)}`);
  return held ?? NaN;
}

async function damagedPieces(): Promise<object[]> {
  const db = await openDatabase({ databaseUrl: database.url, dataDir: '', log: silentLog });
  try {
    const damaged: object[] = [];
    for await (const report of verifyPieces(db.sql)) {
      if (report.problems.length > 0) damaged.push(report);
    }
    return damaged;
  } finally {
    await db.close();
  }
}
