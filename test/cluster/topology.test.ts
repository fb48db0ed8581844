/** What docker-compose.yml starts, from this machine's packages: two servers, Postgres, Redis, a pooler and a proxy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
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
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { hasRedis, startRedis } from '../support/redis.ts';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file));
const hasAll = hasRedis && hasPgBouncer && nginx !== undefined;

/** Gives the address of a proxy before these servers, when it answers. */
async function startNginx(ports: readonly number[]): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-topology-'));
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${name};`)
    .join(' ');
  const servers = ports.map((one) => `server 127.0.0.1:${one} fail_timeout=1s;`).join(' ');
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `daemon off; pid nginx.pid; error_log stderr;
events {}
http {
  access_log off; ${temp}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  upstream counterpoint { ${servers} }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 8m;
    location / {
      proxy_pass http://counterpoint;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 60s;
    }
  }
}`,
  );
  const child = spawn(nginx!, ['-p', folder, '-c', 'nginx.conf'], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await gone;
    await rm(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await until('nginx leads to a server', async () => {
    if (child.exitCode !== null) throw new Error('nginx ended');
    return (await fetch(`${url}/readyz`).catch(() => null))?.ok;
  });
  return url;
}

test.skipIf(!hasAll)(
  'C3 D5 behind nginx and PgBouncer, with Redis: each server is stopped and started under typing, one is killed, and no keystroke is lost or doubled',
  async () => {
    const random = chance();
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    const pooler = await startPgBouncer(postgres.url);
    onTestFinished(() => pooler.stop());
    const env = {
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: postgres.url,
      REDIS_URL: redis.url,
      TRUST_PROXY: 'loopback',
    };
    const desks = [await openDesk(env), await openDesk(env)] as const;
    const url = await startNginx(desks.map((desk) => Number(new URL(desk.url).port)));
    const front = { ...desks[0], url };
    const piece = await createPiece(front);
    const typists = await seatTypists(front, piece, 4, random);
    const typing = startTyping(typists, 30);
    for (const desk of desks) {
      await typing.keys(100);
      expect(await desk.terminate()).toBe(0);
      await typing.keys(60);
      await desk.start();
    }
    await typing.keys(60);
    await desks[0].kill9();
    await typing.keys(60);
    await desks[0].start();
    await typing.stop();
    await expectTogether(typists);
    for (const desk of desks) {
      expect(missingFrom(await seenByNewcomer(desk, piece), typists)).toEqual([]);
    }
    for (const desk of desks) expect(await desk.terminate()).toBe(0);
    await expectVerified({ DATABASE_URL: postgres.url });
  },
);
