/**
 * Makes the two pictures of the README: `npm run screenshots`. Three people are in a piece on a
 * server of its own; the pictures are of one's window, and of a phone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildWhereStale } from '../server/build.mjs';
import { packageFile } from '../server/package-root.ts';
import { launchBrowser } from './support/browser.ts';
import { adminToken, startServerProcess, type ServerProcess } from './support/server-process.ts';

const content = `At 3:40 the N6 leaves the terminus with eleven people on it, and nine of them are on their way to work. None of them is in any count that the city council has seen.

## What the count leaves out

:::thesis{#count}
The city counts riders, and never those whom it left standing.
:::

The survey of 2024 asked people on buses whether they needed the bus.[^survey] Whoever had given up on it was not there to be asked.

:::counterpoint{#cost answers=count}
Asking everybody costs more than the line does, and ends with the same timetable.
:::

## What would be fair

:::thesis{#year}
Run every line that was cut for one more year, and count at the stops.
:::

It would cost what the council spends on one roundabout.

## Who pays

:::thesis{#who}
Those who earn by night-time work should pay for the way to it.
:::

[^survey]: Transport survey, question 4.
`;

const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-pictures-'));
let server: ServerProcess | undefined;
let browser: Browser | undefined;
try {
  if (!(await buildWhereStale(['client']))) throw new Error('The web app could not be built');
  server = await startServerProcess({ DATA_DIR: folder, LOG_LEVEL: 'warn' });
  browser = await launchBrowser();
  await take(server, browser);
} finally {
  await browser?.close();
  await server?.terminate();
  await rm(folder, { recursive: true, force: true });
}

async function take({ url }: ServerProcess, opened: Browser): Promise<void> {
  const { id: pieceId } = await ask<{ id: string }>(url, 'POST', '/pieces', {
    title: 'Whom the night bus leaves standing',
    standfirst:
      'A council that counts only those who ride will always find that the line is empty.',
    content,
  });
  const join = async (name: string, options: BrowserContextOptions) => {
    const page = await windowOf(opened, url, pieceId, name, options);
    await page.locator('.prose > .ProseMirror').waitFor();
    return page;
  };
  const desk = { viewport: { width: 1440, height: 900 } };
  const ana = await join('Ana Lindqvist', desk);
  const ben = await join('Ben Okri', desk);
  const cleo = await join('Cleo Martin', desk);
  await write(ben, 'was not there to be asked.', ' Her shift had ended hours before');
  await write(cleo, 'one roundabout.', ' We have eleven of them.');
  await cleo.keyboard.press('Shift+Home');
  await write(ana, 'the same timetable.', '');
  await ana.locator('[data-save="saved"]').waitFor();
  await ana.locator('.caret').nth(1).waitFor({ state: 'attached' });
  // Names are shown while carets move.
  await ben.keyboard.type('.');
  await ana.getByText('hours before.').waitFor();
  await ana.screenshot({ path: packageFile('docs/editor.png') });

  const phone = await join('Dora Weiss', {
    viewport: { width: 390, height: 800 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  });
  await phone.locator('[data-save="saved"]').waitFor();
  await phone.screenshot({ path: packageFile('docs/phone.png') });
}

/** Types behind `text`. */
async function write(page: Page, text: string, words: string): Promise<void> {
  const line = page.locator('.ProseMirror > *', { hasText: text }).first();
  const box = await line.boundingBox();
  if (box === null) throw new Error(`"${text}" is not shown`);
  // On its last row, far right: "End" leads to the end of a row only.
  await line.click({ position: { x: box.width - 4, y: box.height - 12 } });
  await page.keyboard.press('End');
  await page.keyboard.type(words);
}

async function windowOf(
  opened: Browser,
  url: string,
  pieceId: string,
  name: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.org`;
  const { id } = await ask<{ id: string }>(url, 'POST', '/users', { email, name });
  await ask(url, 'PUT', `/pieces/${pieceId}/members/${id}`, { role: 'owner' });
  const invited = await ask<{ url: string }>(url, 'POST', `/users/${id}/invite`, {});
  const context = await opened.newContext({ serviceWorkers: 'block', ...options });
  const invite = new URL(invited.url).hash.slice(1);
  const answer = await context.request.post(`${url}/api/session`, { data: { invite } });
  if (!answer.ok()) throw new Error(await answer.text());
  const page = await context.newPage();
  await page.goto(`${url}/pieces/${pieceId}`);
  return page;
}

async function ask<T>(url: string, method: string, where: string, body: object): Promise<T> {
  const response = await fetch(`${url}/api${where}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${where}: ${await response.text()}`);
  return (await response.json()) as T;
}
