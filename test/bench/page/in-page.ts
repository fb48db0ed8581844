/** What is measured inside the page: see in-page.js, which does it. */
import path from 'node:path';
import type { Page } from 'playwright-core';

/** A heading of the piece; when it can be written in, all of it can. */
export const landmark = 'What section 9 counts';

/** To be called before the page is opened. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript({ path: path.join(import.meta.dirname, 'in-page.js') });
}

/** From the navigation's start to the first paint of the text that can be written in, in ms. */
export async function editableAt(page: Page): Promise<number> {
  await holds(page, 'window.bench.editableAt !== null');
  return page.evaluate<number>('window.bench.editableAt');
}

/** Forgets the keys so far. */
export async function forgetKeys(page: Page): Promise<void> {
  await holds(page, 'window.bench.keys.length > 0');
  await page.evaluate('void (window.bench.keys.length = 0)');
}

/** From each key to the paint that followed it, in ms, once `count` of them are painted. */
export async function keysTook(page: Page, count: number): Promise<number[]> {
  await holds(page, `window.bench.keys.length >= ${count}`);
  return page.evaluate<number[]>('window.bench.keys');
}

const lookEveryMs = 50;

/** Resolves once it is so. Playwright's own way evaluates in the page, which its security policy forbids. */
async function holds(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate<boolean>(expression))) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
