/** The web app in a real browser: a server, people who are signed in, their windows. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished, TestRunner } from 'vitest';
import { buildWhereStale } from '../../server/build.mjs';
import { launchBrowser } from '../support/browser.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { adminToken } from '../support/server-process.ts';

export type Role = 'owner' | 'writer' | 'reviewer' | 'reader';

/** Anything that has the address of a running server. */
export interface Serving {
  readonly url: string;
}

export interface WebApp {
  readonly server: TestRunningServer;
  readonly browser: Browser;
  /** Made by the admin, in Markdown. */
  makePiece(content?: string, title?: string): Promise<string>;
  /** A new person with a role on the piece, in a window of their own that shows it. */
  join(name: string, pieceId: string, role?: Role, options?: BrowserContextOptions): Promise<Desk>;
  /**
   * Gives somebody the role on another piece, and shows it in the window that they have: loading costs
   * a third of what a person with a new window does, without loading a sixth.
   */
  move(desk: Desk, pieceId: string, role?: Role, how?: 'load' | 'follow'): Promise<Desk>;
  /** A window of somebody who is signed in. */
  windowOf(person: TestPerson, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function startWebApp(env: Record<string, string> = {}): Promise<WebApp> {
  expect(await buildWhereStale(['client'])).toBe(true);
  const server = await startRunningServer(env);
  const browser = await launchBrowser();
  const windowOf = async (person: TestPerson, options: BrowserContextOptions = {}) => {
    // It would fetch all of the app for each window. Who tests it allows it.
    const context = await browser.newContext({ serviceWorkers: 'block', ...options });
    // What is left open goes on drawing carets, and asking the server. A hook's are for all tests.
    if (TestRunner.getCurrentTest()) onTestFinished(() => context.close());
    await signIn(context, server, person.id);
    return context.newPage();
  };
  return {
    server,
    browser,
    windowOf,
    makePiece: (content = '', title = 'A piece') => makePiece(server, content, title),
    async join(name, pieceId, role = 'writer', options = {}) {
      const person = await createPerson(server, name);
      await addMember(server, pieceId, person, role);
      const desk = new Desk(await windowOf(person, options), person);
      await desk.open(server, pieceId);
      return desk;
    },
    async move(desk, pieceId, role = 'writer', how = 'load') {
      await addMember(server, pieceId, desk.person, role);
      if (how === 'load') await desk.open(server, pieceId);
      else await desk.follow(pieceId);
      return desk;
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** A person at a window that shows a piece. */
export class Desk {
  readonly page: Page;
  readonly person: TestPerson;
  readonly body;
  readonly title;
  readonly saved;

  constructor(page: Page, person: TestPerson) {
    this.page = page;
    this.person = person;
    // Not by its role: behind a dialog it has none, and is still to be seen.
    this.body = page.locator('.prose > .ProseMirror');
    this.title = page.getByRole('textbox', { name: 'Title' });
    this.saved = page.locator('[data-save]');
  }

  async open(server: Serving, pieceId: string): Promise<void> {
    await this.page.goto(`${server.url}/pieces/${pieceId}`);
    await this.body.waitFor();
  }

  /** From one piece to another as a link within the app leads there, without loading the page. */
  async follow(pieceId: string): Promise<void> {
    const last = await this.body.elementHandle();
    await this.page.evaluate((to) => history.pushState(null, '', to), `/pieces/${pieceId}`);
    await this.page.waitForFunction((body) => !body?.isConnected, last);
    await this.body.waitFor();
  }

  /** The body's lines as they are shown, without what others' carets say. */
  lines(): Promise<string[]> {
    return this.body.evaluate((body) =>
      [...body.children].map((line) => {
        const copy = line.cloneNode(true) as HTMLElement;
        for (const caret of copy.querySelectorAll('.caret')) caret.remove();
        return copy.textContent ?? '';
      }),
    );
  }

  /** The title as it is shown, without what others' carets say. */
  titleText(): Promise<string> {
    return this.title.evaluate((title) => {
      const copy = title.cloneNode(true) as HTMLElement;
      for (const caret of copy.querySelectorAll('.caret')) caret.remove();
      return copy.textContent ?? '';
    });
  }

  /** Whether what is typed goes into the body. */
  hasFocus(): Promise<boolean> {
    return this.body.evaluate((body) => body === document.activeElement);
  }

  /** Waits until the body shows exactly these lines. */
  async shows(lines: readonly string[]): Promise<void> {
    await expect.poll(() => this.lines(), { timeout: 15_000 }).toEqual(lines);
  }

  /** Waits until the indicator says so. */
  async isSaid(said: 'saved' | 'saving' | 'offline' | 'refused'): Promise<void> {
    await this.page.locator(`[data-save="${said}"]`).waitFor({ timeout: 20_000 });
  }

  /** Waits for a notice at the edge of the page: for a second, screen readers' copy says it too. */
  async isTold(words: string): Promise<void> {
    await this.page
      .getByRole('region', { name: /^Notifications/ })
      .getByText(words)
      .waitFor();
  }

  /** Puts the caret at the end of the line that has this text. */
  async caretAfter(text: string): Promise<void> {
    await this.body.locator('> *', { hasText: text }).first().click();
    await this.page.keyboard.press('End');
  }
}

/** Gives a browser context the session of a person, by an invite link as the admin sends it. */
export async function signIn(
  context: BrowserContext,
  server: Serving,
  userId: string,
): Promise<void> {
  const { url } = await asAdmin<{ url: string }>(server, 'POST', `/users/${userId}/invite`);
  const invite = url.slice(url.indexOf('#') + 1);
  const answer = await context.request.post(`${server.url}/api/session`, { data: { invite } });
  if (!answer.ok()) throw new Error(`Signing in failed: ${await answer.text()}`);
}

export async function makePiece(server: Serving, content: string, title: string): Promise<string> {
  return (await asAdmin<{ id: string }>(server, 'POST', '/pieces', { title, content })).id;
}

/** Calls the API as the admin. */
export async function asAdmin<T>(
  server: Serving,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
