import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder } from '../../../server/doctor/folder.ts';
import { memory, nodeVersion, openFiles } from '../../../server/doctor/machine.ts';
import { portState } from '../../../server/doctor/port.ts';
import { builtCli } from '../../support/built-cli.ts';
import { createDatabase } from '../../support/postgres.ts';
import { runCli } from '../../support/run-cli.ts';
import { freePort } from '../../support/free-port.ts';
import { startServerProcess } from '../../support/server-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-doctor-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const levels = (findings: readonly { level: string }[]) => findings.map(({ level }) => level);

test.each([
  ['18.20.4', 'problem'],
  ['20.18.1', 'problem'],
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
])('Node %s is %s', (version, level) => {
  expect(nodeVersion(version).level).toBe(level);
});

test('a machine where all is well has no problem, and the exit code is 0', async () => {
  const env = { DATA_DIR: path.join(folder, 'new'), PORT: String(await freePort()) };
  const { code, stdout } = await runCli(['doctor'], env);
  expect(stdout.toString()).toContain('0 problems');
  expect(stdout.toString()).not.toMatch(/^problem/m);
  expect(code).toBe(0);
});

test('every bad variable is a problem of its own, and the exit code is 1', async () => {
  const { code, stdout } = await runCli(['doctor'], { PORT: 'x', TRUST_PROXY: '2' });
  const problems = stdout.toString().match(/^problem {2}\w+/gm);
  expect(problems).toEqual(['problem  PORT', 'problem  TRUST_PROXY']);
  expect(code).toBe(1);
});

test('fewer open files than sockets need are a problem, in a shell that allows no more', async () => {
  const cli = await builtCli();
  const script = 'ulimit -n 300 && exec "$0" "$1" doctor';
  const env = { PATH: process.env.PATH, DATA_DIR: path.join(folder, 'new') };
  const said = await new Promise<string>((resolve) => {
    execFile('/bin/sh', ['-c', script, process.execPath, cli], { env }, (_, out) => resolve(out));
  });
  expect(said).toMatch(/^problem {2}At most 300 files can be open/m);
  expect(levels(await openFiles({ maxConnections: 10 }))).toEqual(['ok']);
});

test('a heap too small for MAX_OPEN_BYTES, or larger than the machine, is a warning', () => {
  const GiB = 1024 ** 3;
  const open = (bytes: number, heap: number, total: number, embedded = true) =>
    levels(memory({ maxOpenBytes: bytes }, embedded, { heap, total }));
  expect(open(64 * 1024 ** 2, 4 * GiB, 8 * GiB)).toEqual(['ok', 'ok']);
  expect(open(GiB, 4 * GiB, 8 * GiB)).toEqual(['warning', 'ok']);
  expect(open(64 * 1024 ** 2, 4 * GiB, 4 * GiB)).toEqual(['ok', 'warning']);
  expect(open(64 * 1024 ** 2, 2 * GiB, 2.3 * GiB, false)).toEqual(['ok', 'ok']);
  expect(open(64 * 1024 ** 2, 2 * GiB, 2.3 * GiB, true)).toEqual(['ok', 'warning']);
});

test('a folder that cannot be written in, or holds nothing more, is a problem', async () => {
  // Nobody writes there, root neither, and nothing is free.
  const found = await dataFolder('/proc/self/data');
  const lines = found.filter(({ level }) => level === 'problem').map(({ line }) => line);
  expect(lines).toEqual([
    expect.stringMatching(/cannot be written in/),
    expect.stringMatching(/has 0 MiB free/),
  ]);
});

test('a folder in memory is a problem', async () => {
  const found = await dataFolder('/dev/shm/counterpoint-doctor');
  expect(found.map(({ line }) => line).join('\n')).toMatch(/tmpfs, which is gone/);
});

test('a file in place of the folder is a problem', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  expect(levels(await dataFolder(file))).toContain('problem');
});

test('a database that belongs to somebody else is a problem to who is not root', async () => {
  const dataDir = path.join(folder, 'theirs');
  await mkdir(path.join(dataDir, 'postgres'), { recursive: true });
  const told = (await dataFolder(dataDir, 4_242)).map(({ line }) => line).join('\n');
  expect(told).toMatch(/belongs to uid \d+, and this is uid 4242/);
  expect(levels(await dataFolder(dataDir))).not.toContain('problem');
});

test('a port is free, ours, or somebody else’s', async () => {
  const port = await freePort();
  expect(await portState('127.0.0.1', port)).toMatchObject({
    is: 'free',
    finding: { level: 'ok' },
  });
  const stranger = createServer((socket) => socket.end('no HTTP')).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const taken = (stranger.address() as AddressInfo).port;
  expect(await portState('127.0.0.1', taken)).toMatchObject({
    ...{
      is: 'bad',
      finding: { level: 'problem', line: expect.stringContaining('another program') as string },
    },
  });
  stranger.close();
  expect(await portState('203.0.113.7', port)).toMatchObject({
    ...{ is: 'bad', finding: { line: expect.stringContaining('set HOST') as string } },
  });
  const database = await createDatabase();
  const server = await startServerProcess({ DATABASE_URL: database.url, PORT: String(port) });
  try {
    expect(await portState('127.0.0.1', port)).toMatchObject({
      is: 'ours',
      finding: { level: 'ok' },
    });
  } finally {
    await server.terminate();
    await database.drop();
  }
});
