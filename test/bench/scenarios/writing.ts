/**
 * The web app in a real browser: how heavy its pages are, how soon a long piece can be written in,
 * and how long a key takes to the screen while ten others write in the same piece. Everything is on
 * this machine: server, Postgres, the others, and a browser that paints without a graphics card.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { packageFile } from '../../../server/package-root.ts';
import { launchBrowser } from '../../support/browser.ts';
import { stopChild, trackChild } from '../cleanup.ts';
import { names, type Figure } from '../figures.ts';
import type { CompanyJob } from '../page/company.ts';
import { editableAt, forgetKeys, keysTook, landmark, watch } from '../page/in-page.ts';
import { ask, longPiece, pageOf, signIn } from '../page/piece.ts';
import type { Target } from '../load/wire.ts';
import type { Server } from '../servers/server.ts';
import { median, percentile } from '../stats.ts';

const wordCount = 10_000;
const others = 10;
/** Keys of each of the others a second: people who write, not who hammer. */
const pace = 2;
const keys = 300;
/** Between two keys, in ms: a quick typist's, and no multiple of a frame. */
const keyGapMs = 83;
const openings = 5;

/** Runs once a round; `server` has nobody connected. */
export async function measureWriting(server: Server, round: number): Promise<Figure[]> {
  const { target } = server;
  const browser = await launchBrowser();
  try {
    const me = await addPerson(target, `Typist ${round}`);
    const pieceId = await makePiece(target);
    const figure = (name: string, value: number): Figure => {
      console.log(`  ${name}: ${value.toFixed(1)}`);
      return { scenario: 'writing', server: 'ours', round, name, value, doubt: null };
    };
    const opened = await openTimes(browser, target, me, pieceId);
    const typed = await typeInCompany(browser, target, me, pieceId);
    const weights = await weigh(browser, target, me, pieceId);
    return [
      figure(names.editable, median(opened)),
      figure(names.keyP50, percentile(typed, 0.5)),
      figure(names.keyP95, percentile(typed, 0.95)),
      figure(names.editorWeight, weights.editor),
      figure(names.listWeight, weights.list),
    ];
  } finally {
    await browser.close();
  }
}

async function makePiece(target: Target): Promise<string> {
  const content = longPiece(wordCount);
  const body = { title: 'A long piece', content, format: 'markdown' };
  return (await ask<{ id: string }>(target, 'POST', '/api/pieces', body)).id;
}

async function addPerson(target: Target, name: string): Promise<string> {
  const email = `${name.replace(/\W/g, '-')}-${Date.now()}@example.org`;
  const role = 'admin';
  return (await ask<{ id: string }>(target, 'POST', '/api/users', { email, name, role })).id;
}

/** Each in a browser that has never been here: nothing is cached. */
async function openTimes(browser: Browser, target: Target, me: string, pieceId: string) {
  const times: number[] = [];
  for (let i = 0; i < openings; i++) {
    const context = await browser.newContext();
    await signIn(context, target, me);
    const page = await context.newPage();
    await watch(page);
    await page.goto(`${pageOf(target)}/pieces/${pieceId}`);
    times.push(await editableAt(page));
    await context.close();
  }
  return times;
}

async function typeInCompany(browser: Browser, target: Target, me: string, pieceId: string) {
  const company = await startCompany(target, pieceId);
  const context = await browser.newContext();
  await signIn(context, target, me);
  const page = await context.newPage();
  await watch(page);
  await page.goto(`${pageOf(target)}/pieces/${pieceId}`);
  await editableAt(page);
  // In the middle of the piece, where somebody else writes too.
  await page.getByRole('heading', { name: landmark, exact: true }).click();
  await page.keyboard.press('End');
  await forgetKeys(page);
  await type(page);
  const took = await keysTook(page, keys);
  await context.close();
  await stopChild(company);
  return took;
}

async function type(page: Page): Promise<void> {
  const text = 'we counted the buses at night ';
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press(
      text.charAt(i % text.length) === ' ' ? 'Space' : text.charAt(i % text.length),
    );
    await new Promise((resolve) => setTimeout(resolve, keyGapMs));
  }
}

async function startCompany(target: Target, pieceId: string) {
  const tokens: string[] = [];
  for (let i = 0; i < others; i++) {
    const id = await addPerson(target, `Writer ${i}`);
    const made = await ask<{ token: string }>(target, 'POST', `/api/users/${id}/tokens`, {
      name: 'bench',
    });
    tokens.push(made.token);
  }
  const job: CompanyJob = { target, pieceId, tokens, pace };
  const child = fork(path.join(import.meta.dirname, '../page/company.ts'), [JSON.stringify(job)]);
  trackChild(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the company ended with ${code}`)));
  });
  return child;
}

/** Gzipped JavaScript, in KB of 1,000 bytes, that each page has loaded when it stands. */
async function weigh(browser: Browser, target: Target, me: string, pieceId: string) {
  const weightOf = async (address: string, ready: (page: Page) => Promise<unknown>) => {
    const context = await browser.newContext();
    await signIn(context, target, me);
    const page = await context.newPage();
    const scripts = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await page.goto(pageOf(target) + address);
    await ready(page);
    await page.waitForLoadState('networkidle');
    await context.close();
    const sizes = [...scripts].map((script) => readFileSync(packedFile(script)).length);
    return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
  };
  return {
    editor: await weightOf(`/pieces/${pieceId}`, (page) =>
      page.locator('.ProseMirror[contenteditable="true"]').first().waitFor(),
    ),
    list: await weightOf('/', (page) => page.getByText('A long piece').first().waitFor()),
  };
}

function packedFile(address: string): string {
  return packageFile(`dist/client${address}.gz`);
}
