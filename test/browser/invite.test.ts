import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWhereStale } from '../../server/build.mjs';
import { launchBrowser } from '../support/browser.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

let folder: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  expect(await buildWhereStale(['client'])).toBe(true);
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

test('the link that a first start prints signs the first person in as admin, with a password, once', async () => {
  const link = /http:\S+\/invite#\S+/.exec(server.log.join('\n'))?.[0];
  expect(link, server.log.join('\n')).toBeDefined();
  const page = await browser.newPage();
  await page.goto(link!);
  await page.getByLabel('Choose a password').fill('a fine password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Pieces' }).waitFor();
  expect(page.url(), 'the secret is out of the address bar').toBe(`${server.url}/`);
  // The sample piece that a first start makes.
  await page.getByRole('list').getByRole('link').first().waitFor();

  const again = await browser.newPage();
  await again.goto(link!);
  await again.getByLabel('Choose a password').fill('another password');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect
    .poll(() => again.getByRole('alert').filter({ hasText: /./ }).textContent())
    .toMatch(/link|invite/i);

  const later = await browser.newPage();
  await later.goto(server.url);
  await later.getByLabel('Email').fill('admin@localhost');
  await later.getByLabel('Password').fill('a wrong password');
  await later.getByRole('button', { name: 'Sign in' }).click();
  await expect
    .poll(() => later.getByRole('alert').filter({ hasText: /./ }).textContent())
    .toMatch(/do not match/i);
  await later.getByLabel('Password').fill('a fine password');
  await later.getByRole('button', { name: 'Sign in' }).click();
  await later.getByRole('heading', { name: 'Pieces' }).waitFor();
});
