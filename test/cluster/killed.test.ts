import { expect, onTestFinished, test } from 'vitest';
import {
  chance,
  expectTogether,
  expectVerified,
  missingFrom,
  openDesk,
  seenByNewcomer,
  type Desk,
} from '../durability/desk.ts';
import { startTyping, Typist } from '../durability/typist.ts';
import { createPiece } from '../support/clients.ts';
import { addMember, createPerson } from '../support/people.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { picks, type Random } from '../support/random.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { roundRobin } from '../support/round-robin.ts';
import { deadline, rounds } from '../support/test-length.ts';

/** Each kind of them comes in CI. */
const faults = rounds(8);
const pieces = 4;
const perPiece = 2;
/** Keystrokes of all together before a fault, and while it lasts. */
const mostKeys = 80;
const mostRestMs = 120;

interface Group {
  readonly piece: string;
  readonly typists: readonly Typist[];
}

interface Ground {
  readonly random: Random;
  readonly desks: readonly [Desk, Desk];
  readonly redis: TestRedis;
  readonly wayToRedis: Proxy;
  readonly postgres: OwnPostgres;
}

/** What goes wrong, and what mends it. */
const kinds: Record<string, (ground: Ground) => Promise<() => Promise<void>>> = {
  async 'kill -9 of one server'({ random, desks }) {
    const desk = random.pick(desks);
    await desk.kill9();
    return () => desk.start();
  },
  async 'kill -9 of both servers'({ desks }) {
    await Promise.all(desks.map((desk) => desk.kill9()));
    return async () => void (await Promise.all(desks.map((desk) => desk.start())));
  },
  async 'a server stops and starts'({ random, desks }) {
    const desk = random.pick(desks);
    expect(await desk.terminate()).toBe(0);
    return () => desk.start();
  },
  async 'kill -9 of Redis'({ redis }) {
    await redis.kill9();
    return () => redis.restart();
  },
  async 'Redis stands still'({ redis }) {
    redis.pause();
    return async () => redis.resume();
  },
  async 'nothing gets through to Redis'({ wayToRedis }) {
    wayToRedis.silence();
    return async () => wayToRedis.resume();
  },
  async 'Postgres starts anew'({ postgres }) {
    await postgres.kill9();
    return () => postgres.restart();
  },
  async 'a server stands still for longer than others believe that it lives'({ random, desks }) {
    const { server } = random.pick(desks);
    process.kill(server.pid, 'SIGSTOP');
    return async () => {
      await new Promise((resolve) => setTimeout(resolve, 5_500));
      process.kill(server.pid, 'SIGCONT');
    };
  },
};

test.runIf(hasRedis)(
  `C2 C3 D2 ${faults} random faults of two servers, Redis and Postgres while eight clients type in four pieces: nothing that was saved is lost, and all come together${ifRedis}`,
  { timeout: deadline(360_000) },
  async () => {
    const random = chance();
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    const wayToRedis = await startProxy(redis.port);
    onTestFinished(() => wayToRedis.close());
    const env = {
      DATABASE_URL: postgres.serverUrl,
      REDIS_URL: `redis://127.0.0.1:${wayToRedis.port}`,
    };
    const desks = [await openDesk(env), await openDesk(env)] as const;
    const front = await roundRobin(desks.map(({ url }) => url));
    onTestFinished(() => front.close());
    const people = await Promise.all(
      Array.from({ length: pieces * perPiece }, (_, i) => createPerson(front, `Typist ${i}`)),
    );
    let groups: Group[] = [];
    const leave = () =>
      groups.forEach(({ typists }) => typists.forEach((one) => one.client.destroy()));
    onTestFinished(leave);
    const sit = async () => {
      leave();
      groups = [];
      for (let i = 0; i < pieces; i++) {
        const piece = await createPiece(front);
        const hands = people.slice(i * perPiece, (i + 1) * perPiece);
        for (const person of hands) await addMember(front, piece, person, 'writer');
        const typists = hands.map(
          ({ token }, hand) => new Typist(front, piece, { hand, token, random }),
        );
        groups.push({ piece, typists });
      }
    };
    const ground: Ground = { random, desks, redis, wayToRedis, postgres };

    const took: string[] = [];
    for (const [fault, [name, strike]] of picks(random, Object.entries(kinds), faults).entries()) {
      // Each has so many letters that are nobody else's.
      if (fault % 8 === 0) await sit();
      const typing = startTyping(
        groups.flatMap(({ typists }) => typists),
        mostRestMs,
      );
      await typing.keys(random.int(mostKeys));
      const mend = await strike(ground);
      await typing.keys(random.int(mostKeys));
      await mend();
      await typing.stop();
      const mended = performance.now();
      const about = `after fault ${fault + 1}, ${name}`;
      for (const { piece, typists } of groups) {
        await expectTogether(typists, 30_000).catch((cause: unknown) => {
          throw new Error(about, { cause });
        });
        const found = await seenByNewcomer(front, piece);
        expect(missingFrom(found, typists), about).toEqual([]);
      }
      took.push(`${Math.round(performance.now() - mended)} ms after ${name}`);
    }
    console.log(`all together ${took.join(', ')}`);
    for (const desk of desks) expect(await desk.terminate()).toBe(0);
    await expectVerified(env);
  },
);
