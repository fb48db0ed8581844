import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import * as Y from 'yjs';
import { normalDelta } from '../../shared/document/delta/delta.ts';
import { blockAttributes, inlineAttributes, type DeltaOp } from '../../shared/document/schema.ts';
import type { StockClient } from '../support/clients.ts';
import { until } from '../support/until.ts';
import type { PageState } from './quill-page.ts';

export interface QuillOptions {
  /** Where the page is served from. */
  readonly origin: string;
  readonly server: { readonly url: string };
  readonly piece: string;
  readonly token: string;
  /** `stock`: Quill as it comes. `all`: its user has registered what else a piece may hold. */
  readonly formats: 'stock' | 'all';
  /** When y-quill gets the text: as its README has it, at once, or when the text has arrived. */
  readonly bind: 'at once' | 'synced';
}

/** A page with Quill in it, in a profile of its own. */
export class QuillUser {
  readonly page: Page;
  /** What the page has complained of. */
  readonly complaints: string[] = [];
  readonly #options: QuillOptions;

  private constructor(page: Page, options: QuillOptions) {
    this.page = page;
    this.#options = options;
    page.on('pageerror', (error) => this.complaints.push(String(error.stack)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, options: QuillOptions): Promise<QuillUser> {
    const user = new QuillUser(await browser.newPage(), options);
    const query = new URLSearchParams({
      collab: `${options.server.url.replace('http', 'ws')}/collab`,
      piece: options.piece,
      token: options.token,
      formats: options.formats,
      bind: options.bind,
    });
    await user.page.goto(`${options.origin}/?${query}`);
    return user;
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  read(): Promise<PageState> {
    return this.page.evaluate(() => window.quillPage.read());
  }

  /** Resolves when Quill shows `text`. */
  async shows(text: string): Promise<void> {
    await this.page.locator('.ql-editor', { hasText: text }).waitFor();
  }

  async select(text: string): Promise<void> {
    await this.page.evaluate((it) => window.quillPage.select(it), text);
  }

  async putCaretBehind(text: string): Promise<void> {
    await this.page.evaluate((it) => window.quillPage.select(it, true), text);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Clicks a button of Quill's toolbar. */
  async click(button: string): Promise<void> {
    await this.page.locator(`.ql-toolbar button${button}`).click();
  }

  /** Chooses from the toolbar's list of headings. */
  async chooseHeading(level: number): Promise<void> {
    await this.page.locator('.ql-toolbar .ql-header .ql-picker-label').click();
    await this.page.locator(`.ql-toolbar .ql-picker-item[data-value="${level}"]`).click();
  }

  /** Resolves when the server has handed on to `client` all that this page has written so far. */
  async allArrivedAt(client: StockClient): Promise<void> {
    const word = `here ${Math.random()}`;
    await this.page.evaluate((it) => window.quillPage.say(it), word);
    const { awareness } = client.provider;
    await until('the word of the page', () =>
      [...awareness.getStates().values()].some((state) => state.word === word),
    );
  }

  /** Waits until the page and `client` know the same, and checks that both and Quill hold it. */
  async agreesWith(client: StockClient): Promise<void> {
    const same = async () => {
      const { snapshot } = await this.read();
      const theirs = Y.decodeSnapshot(Uint8Array.from(snapshot));
      return Y.equalSnapshots(theirs, Y.snapshot(client.doc));
    };
    await until('Quill and the other client know the same', same);
    const { body, contents } = await this.read();
    expect(normalDelta(body)).toEqual(normalDelta(client.body.toDelta() as DeltaOp[]));
    expect(normalDelta(contents)).toEqual(this.#asHeld(body));
    expect(this.complaints).toEqual([]);
  }

  /**
   * How Quill holds a body: block attributes on line breaks and inline ones on text only, none that
   * it does not know, and, where it was there before the text, the empty line that it began with.
   */
  #asHeld(body: readonly DeltaOp[]): DeltaOp[] {
    const { formats, bind } = this.#options;
    const unknown = ['raw', ...(formats === 'all' ? [] : ['thesis', 'counterpoint', 'answers'])];
    const held = splitAtBreaks(body).map(({ insert, attributes = {} }) => {
      const counting: readonly string[] = insert === '\n' ? blockAttributes : inlineAttributes;
      const kept = Object.entries(attributes).filter(
        ([name]) => counting.includes(name) && !unknown.includes(name),
      );
      return { insert, attributes: Object.fromEntries(kept) };
    });
    return normalDelta(bind === 'at once' ? [...held, { insert: '\n' }] : held);
  }
}

function splitAtBreaks(delta: readonly DeltaOp[]): DeltaOp[] {
  return delta.flatMap((op) =>
    typeof op.insert === 'string'
      ? op.insert.split(/(\n)/).map((insert) => ({ ...op, insert }))
      : [op],
  );
}
