/**
 * Comments in a real browser: how long one takes from its POST to the paint in somebody else's
 * window, and how long the page of a piece with 500 of them is ever busy at a stretch, while it opens
 * and while it scrolls. Everything is on this machine, as in `writing`.
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.ts';
import { names, type Figure } from '../figures.ts';
import type { Target } from '../load/wire.ts';
import { ask, longPiece, pageOf, signIn } from '../page/piece.ts';
import type { Server } from '../servers/server.ts';
import { median, percentile } from '../stats.ts';

const wordCount = 10_000;
const threadCount = 500;
const posts = 60;
/** Between two posts, in ms; no multiple of a frame. */
const postGapMs = 97;
const openings = 3;
const viewport = { width: 1440, height: 900 };

/** Runs once a round; `server` has nobody connected. */
export async function measureThreads(server: Server, round: number): Promise<Figure[]> {
  const { target } = server;
  const browser = await launchBrowser();
  const figure = (name: string, value: number): Figure => {
    console.log(`  ${name}: ${value.toFixed(1)}`);
    return { scenario: 'threads', server: 'ours', round, name, value, doubt: null };
  };
  try {
    const reader = await addPerson(target, `Reader ${round}`);
    const shown = await shownAfter(browser, target, reader);
    const { opening, scrolling } = await busyWithMany(browser, target, reader);
    return [
      figure(names.threadShown, percentile(shown, 0.95)),
      figure(names.threadOpen, opening),
      figure(names.threadScroll, scrolling),
    ];
  } finally {
    await browser.close();
  }
}

/** From each POST to the paint of its passage and its card at somebody else, in ms. */
async function shownAfter(browser: Browser, target: Target, reader: string): Promise<number[]> {
  const pieceId = await makePiece(target);
  const page = await openPiece(browser, target, reader, pieceId);
  await page.getByText('No open comments.').waitFor();
  const took: number[] = [];
  for (let i = 0; i < posts; i++) {
    const from = performance.timeOrigin + performance.now();
    // Those of the first screen, one after the other: each is resolved before the next.
    const id = await comment(target, pieceId, (i % 8) + 1);
    took.push((await shownAt(page, id)) - from);
    await ask(target, 'POST', `/api/threads/${id}/resolve`);
    await pause(postGapMs);
  }
  await page.context().close();
  return took;
}

/** When a thread was painted, in ms of the wall clock. */
async function shownAt(page: Page, id: string): Promise<number> {
  // Not by `waitForFunction`, which the page's content security policy keeps from evaluating.
  for (;;) {
    const at = await page.evaluate<number | null>(
      `window.threads.shownAt[${JSON.stringify(id)}] ?? null`,
    );
    if (at !== null) return at;
    await pause(20);
  }
}

/** The longest tasks with many threads, in ms: medians of several openings. */
async function busyWithMany(browser: Browser, target: Target, reader: string) {
  const pieceId = await makePiece(target);
  for (let n = 1; n <= threadCount; n++) await comment(target, pieceId, n);
  const opening: number[] = [];
  const scrolling: number[] = [];
  for (let i = 0; i < openings; i++) {
    const page = await openPiece(browser, target, reader, pieceId);
    await page.locator('[data-thread-card]').first().waitFor();
    await page.waitForLoadState('networkidle');
    opening.push(await longestTask(page));
    await page.mouse.move(viewport.width / 2, viewport.height / 2);
    for (let turns = 0; turns < 60; turns++) {
      await page.mouse.wheel(0, 700);
      await pause(40);
    }
    scrolling.push(await longestTask(page));
    await page.context().close();
  }
  return { opening: median(opening), scrolling: median(scrolling) };
}

/** The longest since it was last asked, in ms; what is shorter than 50 ms is no long task. */
async function longestTask(page: Page): Promise<number> {
  // Reports come some time after the task.
  await pause(500);
  return page.evaluate<number>('Math.max(0, ...window.threads.tasks.splice(0))');
}

/** In a browser that has never been here, on a desk's screen. */
async function openPiece(browser: Browser, target: Target, userId: string, pieceId: string) {
  const context = await browser.newContext({ viewport });
  await signIn(context, target, userId);
  const page = await context.newPage();
  await page.addInitScript({ path: path.join(import.meta.dirname, '../page/watch-threads.js') });
  await page.goto(`${pageOf(target)}/pieces/${pieceId}`);
  await page.locator('.ProseMirror').first().waitFor();
  return page;
}

async function addPerson(target: Target, name: string): Promise<string> {
  const email = `${name.replace(/\W/g, '-')}-${Date.now()}@example.org`;
  const body = { email, name, role: 'admin' };
  return (await ask<{ id: string }>(target, 'POST', '/api/users', body)).id;
}

/** A long piece in which each thread finds words of its own. */
async function makePiece(target: Target): Promise<string> {
  let n = 0;
  const numbered = (line: string) =>
    line.replace(/(?:\S+ ){14}/g, (words) => `${words}${wordsOf(++n)} `);
  const content = longPiece(wordCount)
    .split('\n')
    .map((line) => (/^[A-Z]/.test(line) ? numbered(line) : line))
    .join('\n');
  const body = { title: 'A long piece', content, format: 'markdown' };
  return (await ask<{ id: string }>(target, 'POST', '/api/pieces', body)).id;
}

function wordsOf(n: number): string {
  return `case ${n} is one`;
}

async function comment(target: Target, pieceId: string, n: number): Promise<string> {
  const body = { anchor: { quote: wordsOf(n) }, body: `Where is case ${n} from? Please say.` };
  return (await ask<{ id: string }>(target, 'POST', `/api/pieces/${pieceId}/threads`, body)).id;
}
