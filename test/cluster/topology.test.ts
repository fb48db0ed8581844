/** What docker-compose.yml starts, from this machine's packages: two servers, Postgres, Redis, a pooler and a proxy. */
import { expect, onTestFinished, test } from 'vitest';
import {
  chance,
  expectTogether,
  expectVerified,
  missingFrom,
  openDesk,
  seatTypists,
  seenByNewcomer,
} from '../durability/desk.ts';
import { startTyping } from '../durability/typist.ts';
import { createPiece } from '../support/clients.ts';
import { hasNginx, startNginx } from '../support/nginx.ts';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { createDatabase } from '../support/postgres.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

const hasAll = hasRedis && hasPgBouncer && hasNginx;

test.skipIf(!hasAll)(
  'C3 D5 behind nginx and PgBouncer, with Redis: each server is stopped and started under typing, one is killed, and no keystroke is lost or doubled',
  async () => {
    const random = chance();
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    const pooler = await startPgBouncer(database.directUrl);
    onTestFinished(() => pooler.stop());
    const env = {
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: database.directUrl,
      REDIS_URL: redis.url,
      TRUST_PROXY: 'loopback',
    };
    const desks = [await openDesk(env), await openDesk(env)] as const;
    const nginx = await startNginx(desks.map((desk) => Number(new URL(desk.url).port)));
    onTestFinished(() => nginx.stop());
    const front = { ...desks[0], url: nginx.url };
    const piece = await createPiece(front);
    const typists = await seatTypists(front, piece, 4, random);
    const typing = startTyping(typists, 150);
    for (const desk of desks) {
      await typing.keys(30);
      expect(await desk.terminate()).toBe(0);
      await typing.keys(20);
      await desk.start();
    }
    await typing.keys(20);
    await desks[0].kill9();
    await typing.keys(20);
    await desks[0].start();
    await typing.stop();
    await expectTogether(typists);
    for (const desk of desks) {
      expect(missingFrom(await seenByNewcomer(desk, piece), typists)).toEqual([]);
    }
    for (const desk of desks) expect(await desk.terminate()).toBe(0);
    await expectVerified({ DATABASE_URL: database.directUrl });
  },
);
