/**
 * Two servers behind nginx are stopped (SIGTERM) and started one after the other while people type: how long
 * anybody waits for a letter that somebody has typed, and whether one is lost or there twice. Once as they are,
 * once from the release before to this one. Stock clients with y-websocket's own pauses; beside the piece in
 * which people type, many others are open and have been written in, since a server has those to put in
 * order as well before it ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { connect, createPiece, type StockClient } from '../../support/clients.ts';
import { hasNginx, startNginx, type Nginx } from '../../support/nginx.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startOwnPostgres } from '../../support/postgres.ts';
import { installPrevious } from '../../support/previous-release/release.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { names, type Figure } from '../figures.ts';

const typists = 8;
const keysPerSecond = 5;
/** Other pieces that are open, and were written in. */
const others = 200;
/** Of them, those that one person has open. */
const piecesOfOne = 10;
/** Of typing before a server is stopped, and after the last has started, in ms. */
const restMs = 3_000;
const rounds = 3;
const mostBackoff = 2_500;

interface Run {
  /** Longest time from a letter to anybody else's screen, in ms. */
  readonly wait: number;
  /** Letters that somebody lacks at the end, and those that somebody has twice. */
  readonly lost: number;
  readonly doubled: number;
}

export async function measureDeploy(): Promise<Figure[]> {
  if (!hasNginx) throw new Error('The scenario "deploy" needs nginx on this machine');
  const figures: Figure[] = [];
  const add = (name: string, value: number) => {
    figures.push({ scenario: 'deploy', server: 'ours', round: 1, name, value, doubt: null });
  };
  const previous = await installPrevious();
  try {
    for (const [from, wait, lost] of [
      [undefined, names.restartWait, names.restartLost],
      [previous.cli, names.deployWait, names.deployLost],
    ] as const) {
      const runs: Run[] = [];
      for (let round = 0; round < rounds; round++) {
        const run = await replaceBoth(from);
        console.log(
          `  ${from === undefined ? 'restart' : 'deploy'}: longest wait ${run.wait.toFixed(0)} ms, lost ${run.lost}, doubled ${run.doubled}`,
        );
        runs.push(run);
      }
      add(wait, Math.max(...runs.map((run) => run.wait)));
      add(
        lost,
        runs.reduce((sum, run) => sum + run.lost + run.doubled, 0),
      );
    }
  } finally {
    await previous.remove();
  }
  return figures;
}

/** @param from - the command line of the version that is replaced; this one where not given */
async function replaceBoth(from: string | undefined): Promise<Run> {
  const postgres = await startOwnPostgres();
  const redis = hasRedis ? await startRedis() : null;
  const servers: ServerProcess[] = [];
  let nginx: Nginx | null = null;
  const clients: StockClient[] = [];
  try {
    const env = {
      ...{ DATABASE_URL: postgres.url, LOG_LEVEL: 'warn', TRUST_PROXY: 'loopback' },
      ...(redis && { REDIS_URL: redis.url }),
    };
    for (let i = 0; i < 2; i++) servers.push(await startServerProcess(env, from));
    const ports = servers.map(({ url }) => new URL(url).port);
    nginx = await startNginx(ports.map(Number));
    const front = { url: nginx.url };
    await openOthers(front, clients);
    const piece = await createPiece(front);
    const typing = new Typing();
    for (let hand = 0; hand < typists; hand++) {
      const person = await createPerson(front, `Typist ${hand}`);
      await addMember(front, piece, person, 'writer');
      const client = connect(front, piece, { mostBackoff, token: person.token });
      clients.push(client);
      await client.synced();
      typing.seat(client);
    }
    typing.start();
    for (const [i, server] of servers.entries()) {
      await pause(restMs);
      const began = performance.now();
      const code = await server.terminate();
      const stopped = performance.now();
      if (code !== 0) throw new Error(`A server ended with ${code}:\n${server.log.join('\n')}`);
      servers[i] = await startServerProcess({ ...env, PORT: ports[i]! });
      const seconds = [stopped - began, performance.now() - stopped];
      console.log(`  stopped and started in ${seconds.map((ms) => ms.toFixed(0)).join(' + ')} ms`);
    }
    await pause(restMs);
    return await typing.stop();
  } finally {
    for (const client of clients) client.destroy();
    await nginx?.stop();
    for (const server of servers) await server.terminate();
    await redis?.remove();
    await postgres.remove();
  }
}

/** One client each, that has written something no snapshot holds yet. */
async function openOthers(front: { readonly url: string }, clients: StockClient[]): Promise<void> {
  const content = 'What a piece says, and goes on to say. '.repeat(200);
  let person: TestPerson | null = null;
  for (let i = 0; i < others; i++) {
    // What a server does for people it shares out among them: all of it must not be one person's.
    if (person === null || i % piecesOfOne === 0) person = await createPerson(front, `Other ${i}`);
    const piece = await createPiece(front, { content, format: 'text' });
    await addMember(front, piece, person, 'writer');
    const client = connect(front, piece, { mostBackoff, token: person.token });
    clients.push(client);
    await client.synced();
    client.body.insert(0, `Change ${i}. `);
  }
}

/** Eight people who type letters each of which is one of a kind. */
class Typing {
  readonly #clients: StockClient[] = [];
  readonly #typedAt = new Map<string, number>();
  #on = true;
  #wait = 0;
  #typing: Promise<void>[] = [];

  seat(client: StockClient): void {
    this.#clients.push(client);
    client.body.observe((event: Y.YTextEvent, { local }: Y.Transaction) => {
      if (local) return;
      const now = performance.now();
      for (const { insert } of event.delta) {
        for (const letter of typeof insert === 'string' ? insert : '') {
          const at = this.#typedAt.get(letter);
          if (at !== undefined) this.#wait = Math.max(this.#wait, now - at);
        }
      }
    });
  }

  start(): void {
    let next = 0x4e00;
    this.#typing = this.#clients.map(async (client) => {
      while (this.#on) {
        await pause((500 + Math.random() * 1_000) / keysPerSecond);
        const letter = String.fromCodePoint(next++);
        this.#typedAt.set(letter, performance.now());
        client.body.insert(Math.floor(Math.random() * client.body.length), letter);
      }
    });
  }

  async stop(): Promise<Run> {
    this.#on = false;
    await Promise.all(this.#typing);
    const letters = [...this.#typedAt.keys()];
    const texts = () => this.#clients.map(({ body }) => body.toJSON());
    // What has not come by then is lost.
    await until(
      'everybody has every letter',
      () => texts().every((text) => letters.every((letter) => text.includes(letter))),
      20_000,
    ).catch(() => undefined);
    const [lost, doubled] = [new Set<string>(), new Set<string>()];
    for (const text of texts()) {
      for (const letter of letters) {
        const count = text.split(letter).length - 1;
        if (count === 0) lost.add(letter);
        if (count > 1) doubled.add(letter);
      }
    }
    return { wait: this.#wait, lost: lost.size, doubled: doubled.size };
  }
}
