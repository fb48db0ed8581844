import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

let folder: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-invite-'));
  // Nobody is set by the environment: a first start has to print the way in.
  server = await startServerProcess({ DATA_DIR: folder, ADMIN_EMAIL: '', ADMIN_TOKEN: '' });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.terminate();
  await rm(folder, { recursive: true, force: true });
});

test('the link that a first start prints signs the first person in as admin, once, and makes a token', async () => {
  const link = /http:\S+\/invite#\S+/.exec(server.log.join('\n'))?.[0];
  expect(link, server.log.join('\n')).toBeDefined();
  const page = await browser.newPage();
  await page.goto(link!);
  await page.getByLabel(/password/i).fill('a fine password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('You are signed in as Admin').waitFor();
  expect(page.url(), 'the secret is out of the address bar').toBe(`${server.url}/invite`);
  await page.getByRole('button', { name: 'Make an API token' }).click();
  const token = page.getByLabel(/the token/i);
  await token.waitFor();
  const headers = { authorization: `Bearer ${await token.inputValue()}` };
  const me = await fetch(`${server.url}/api/me`, { headers });
  expect(await me.json()).toMatchObject({ email: 'admin@localhost', role: 'admin' });

  const again = await browser.newPage();
  await again.goto(link!);
  await again.getByLabel(/password/i).fill('another password');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect
    .poll(() => again.getByRole('alert').textContent(), { timeout: 15_000 })
    .toMatch(/link|invite/i);
});
