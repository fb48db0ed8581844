import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from './browser.ts';
import { servePage, type PageServer } from './page-server.ts';

/** For a file of tests: a page of a real Chromium that runs `script`, in the look of the text. */
export function useScriptPage(script: string): { readonly page: Page } {
  let browser: Browser | undefined;
  let pages: PageServer | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
    pages = await servePage({ script, style: 'client/pages/piece/writing/prose.css' });
    page = await browser.newPage();
    await page.goto(pages.origin);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });
  return {
    get page() {
      if (page === undefined) throw new Error('The page is there from beforeAll on');
      return page;
    },
  };
}
