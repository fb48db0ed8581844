import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresBus } from '../../server/bus/postgres/postgres.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { recordingLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { bytesOf, collect, textOf } from './suites/medium.ts';

const hasPooler = spawnSync('pgbouncer', ['--version']).status === 0;

describe.skipIf(!hasPooler)(
  `PgBouncer between a bus and Postgres${hasPooler ? '' : ' (skipped: there is no pgbouncer here)'}`,
  () => {
    let database: TestDatabase;
    const children: ChildProcess[] = [];
    const folders: string[] = [];
    beforeAll(async () => {
      database = await createDatabase({ empty: true });
    });
    afterAll(async () => {
      for (const child of children) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true })));
      await database.drop();
    });

    async function startPooler(mode: 'transaction' | 'session'): Promise<string> {
      const dir = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-pooler-'));
      folders.push(dir);
      await chmod(dir, 0o755);
      const port = await freePort();
      const target = new URL(database.directUrl);
      const name = target.pathname.slice(1);
      const password = decodeURIComponent(target.password);
      const user = decodeURIComponent(target.username);
      await writeFile(
        path.join(dir, 'pgbouncer.ini'),
        `[databases]
${name} = host=${target.hostname} port=${target.port} user=${user} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout
`,
      );
      // It refuses to be root.
      const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      const child = spawn('pgbouncer', [path.join(dir, 'pgbouncer.ini')], {
        ...asNobody,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      children.push(child);
      process.once('exit', () => child.kill('SIGKILL'));
      let output = '';
      child.stderr.on('data', (text: Buffer) => (output += text.toString()));
      await until('pgbouncer is up', () => {
        if (child.exitCode !== null) throw new Error(`pgbouncer ended:\n${output}`);
        return output.includes('process up');
      });
      const url = new URL(database.directUrl);
      url.port = String(port);
      // As the server finds out when it opens the database.
      url.searchParams.set('pgbouncer', 'true');
      return url.href;
    }

    test('in transaction mode, which loses LISTEN, it is not live, and one line says what to do', async () => {
      const url = await startPooler('transaction');
      const log = recordingLog();
      const bus = createPostgresBus(url, { log });
      const told = () => log.lines.filter(({ level }) => level !== 'debug');
      const line = await until('it is told', () => told()[0]);
      expect(line.level).toBe('warn');
      expect(line.message).toMatch(/loses LISTEN, as a pooler in transaction mode does: .*journal/);
      expect(line.message).toMatch(/DATABASE_DIRECT_URL the address of Postgres itself.*REDIS_URL/);
      expect(bus.live).toBe(false);
      expect(await collect(bus, 'a').ready).toBe(false);
      await bus.close();
      expect(told()).toHaveLength(1);
    });

    test('in session mode it is a bus like any other, also beside one that goes to Postgres itself', async () => {
      const log = recordingLog();
      const buses = [
        createPostgresBus(await startPooler('session'), { log }),
        createPostgresBus(database.directUrl, { log }),
      ] as const;
      await until('both are live', () => buses.every(({ live }) => live));
      const inboxes = buses.map((bus) => collect(bus, 'a'));
      await Promise.all(inboxes.map(({ ready }) => ready));
      for (const bus of buses) bus.publish('a', bytesOf(bus.serverId));
      await until('both have heard', () => inboxes.every(({ got }) => got.length === 1));
      expect(inboxes.map(({ got }) => textOf(got[0]!))).toEqual(
        [...buses].reverse().map(({ serverId }) => serverId),
      );
      await Promise.all(buses.map((bus) => bus.close()));
      expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
    });
  },
);
