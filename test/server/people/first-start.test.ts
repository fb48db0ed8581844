import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

const link = /http:\/\/\S+\/invite#[\w-]{43}/;

async function linkOf(server: ServerProcess): Promise<string> {
  return until('the link', () => server.log.map((line) => link.exec(line)?.[0]).find(Boolean));
}

async function signIn(server: ServerProcess, url: string) {
  return fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite: new URL(url).hash.slice(1) }),
  });
}

test('P3 the first start prints one link, which signs the first person in as admin, once', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-first-'));
  const env = { DATA_DIR: dataDir, ADMIN_EMAIL: '', ADMIN_TOKEN: '' };
  try {
    const first = await startServerProcess(env);
    const lost = await linkOf(first);
    expect(lost.startsWith(first.url)).toBe(true);
    expect(await first.terminate()).toBe(0);

    const second = await startServerProcess(env);
    const url = await linkOf(second);
    expect((await signIn(second, lost)).status).toBe(401);
    const answer = await signIn(second, url);
    expect(await answer.json()).toMatchObject({ role: 'admin' });
    const cookie = answer.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    const pieces = await fetch(`${second.url}/api/pieces`, { headers: { cookie } });
    expect(((await pieces.json()) as { items: object[] }).items).toHaveLength(1);
    expect((await signIn(second, url)).status).toBe(401);
    expect(second.log.filter((line) => line.includes(url.split('#')[1]!))).toHaveLength(1);
    expect(await second.terminate()).toBe(0);

    const third = await startServerProcess(env);
    const told = await until('it listens', () =>
      third.log.find((line) => line.includes(' is at ')),
    );
    expect(told).toContain('http');
    expect(third.log.filter((line) => link.test(line))).toEqual([]);
    expect(await third.terminate()).toBe(0);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
