import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFailed, onTestFinished } from 'vitest';
import * as Y from 'yjs';
import { connect } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { runSeed, seeded, type Random } from '../support/random.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { inOrder, lettersThatStand } from './keyboard.ts';
import { Typist } from './typist.ts';
import { builtCli } from '../support/built-cli.ts';

/** The test's own source of chance, which tells how to repeat the run when the test fails. */
export function chance(): Random {
  const seed = runSeed();
  onTestFailed(() => console.error(`To repeat this run: SEED=${seed}`));
  return seeded(seed);
}

/** A folder that is removed when the test has ended. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-durability-'));
  // A Postgres whose server was killed may still be closing its files.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** A server that can die and come back on the same port and data. */
export interface Desk {
  readonly url: string;
  readonly env: Record<string, string>;
  /** The process that serves now, or did last. */
  readonly server: ServerProcess;
  /** As the version that it was, or another from then on. */
  start(cli?: string): Promise<void>;
  kill9(): Promise<void>;
  terminate(): Promise<number | null>;
}

/** Starts a server, of this version or another, and ends it with the test. */
export async function openDesk(env: Record<string, string>, cli?: string): Promise<Desk> {
  const desk = await openSharedDesk(env, cli);
  onTestFinished(() => desk.kill9());
  tellIfFailed(desk);
  return desk;
}

/** When the test has failed, prints what the server said last. */
export function tellIfFailed(desk: Desk): void {
  onTestFailed(() =>
    console.error(`The server said last:\n${desk.server.log.slice(-20).join('\n')}`),
  );
}

/** The same for all tests of a file, which ends it in afterAll. */
export async function openSharedDesk(env: Record<string, string>, cli?: string): Promise<Desk> {
  let version = cli;
  let server = await startServerProcess({ LOG_LEVEL: 'warn', ...env }, version);
  const { url } = server;
  const settled = { LOG_LEVEL: 'warn', ...env, PORT: new URL(url).port };
  return {
    url,
    env: settled,
    get server() {
      return server;
    },
    async start(other = version) {
      version = other;
      server = await startServerProcess(settled, version);
    },
    kill9: () => server.kill9(),
    terminate: () => server.terminate(),
  };
}

/** Runs one command of the command line, of this version or another, to its end. */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string>,
  cli?: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [cli ?? (await builtCli()), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => (output += part.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** `counterpoint verify`, of this version or another, finds every piece the same as its journal. */
export async function expectVerified(env: Record<string, string>, cli?: string): Promise<void> {
  const { code, output } = await runCommand(['verify'], env, cli);
  expect(output).toContain('all are the same');
  expect(code).toBe(0);
}

/** What somebody gets who opens the piece now, and leaves again. */
export async function seenByNewcomer(server: { url: string }, pieceId: string): Promise<Y.Doc> {
  const newcomer = connect(server, pieceId);
  await until('a newcomer gets the piece', () => newcomer.provider.synced);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(newcomer.doc));
  newcomer.destroy();
  return copy;
}

/**
 * Whoever opens the piece at any of these gets every letter that stands; all stop in order, and `verify` of this
 * version, or another, agrees.
 */
export async function expectAllThere(
  desks: readonly Desk[],
  piece: string,
  typists: readonly Typist[],
  cli?: string,
): Promise<void> {
  for (const desk of desks) {
    expect(missingFrom(await seenByNewcomer(desk, piece), typists)).toEqual([]);
  }
  for (const desk of desks) expect(await desk.terminate()).toBe(0);
  await expectVerified(desks[0]!.env, cli);
}

/** So many people, each a writer of the piece with a client of their own; `first`: how many there are already. */
export async function seatTypists(
  desk: Desk,
  pieceId: string,
  count: number,
  random: Random,
  first = 0,
): Promise<Typist[]> {
  const typists: Typist[] = [];
  onTestFinished(() => typists.forEach(({ client }) => client.destroy()));
  for (let hand = first; hand < first + count; hand++) {
    const person = await createPerson(desk, `Typist ${hand}`);
    await addMember(desk, pieceId, person, 'writer');
    typists.push(new Typist(desk, pieceId, { hand, token: person.token, random }));
  }
  return typists;
}

/** Waits until everybody has every letter that stands, all of it saved, in the same order. */
export async function expectTogether(typists: readonly Typist[], patience = 15_000): Promise<void> {
  const letters = lettersThatStand(typists);
  const bodies = () => typists.map(({ client }) => client.body.toJSON());
  await until(
    'everybody has every letter',
    // Putting them in order is dear; as long as they are too few there is no need to.
    () => {
      const all = bodies();
      const have = (body: string) => inOrder(body) === letters;
      return all.every(({ length }) => length === letters.length) && all.every(have);
    },
    patience,
  ).catch(() => {
    // Says which letters are missing or too many, instead of only that some are.
    for (const body of bodies()) expect(inOrder(body)).toBe(letters);
  });
  expect(new Set(bodies()).size, 'everybody has the same text').toBe(1);
  await until(
    'everything is reported saved',
    () => typists.every(({ client }) => client.provider.synced && client.saved() >= client.sent()),
    patience,
  );
}

export function missingFrom(doc: Y.Doc, typists: readonly Typist[]): string[] {
  return typists.flatMap((typist) => typist.missingFrom(doc));
}
