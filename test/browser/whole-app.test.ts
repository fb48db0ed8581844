import { readFile } from 'node:fs/promises';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../support/people.ts';
import { expectAccessible } from './axe.ts';
import { webPage } from './clipboards.ts';
import { startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const content =
  '## A heading\n\n:::thesis{#t}\nA thesis.\n:::\n\nWords with a note.[^1]\n\n[^1]: It.';

/** Opens a menu and closes it by the keyboard. */
async function throughMenu(page: Page, button: string | RegExp, look: () => Promise<void>) {
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('menu').waitFor();
  await look();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

describe('The whole app', () => {
  test('no request leaves the server, and its typefaces come from it', async () => {
    const pieceId = await app.makePiece(content, 'A piece');
    const desk = await app.join('Ruth', pieceId, 'owner');
    const { page } = desk;
    const asked: string[] = [];
    const note = (request: Request) => asked.push(request.url());
    page.context().on('request', note);
    page.on('websocket', (socket) => asked.push(socket.url()));
    for (const path of ['/', '/account', '/people', '/invite', '/nowhere', `/pieces/${pieceId}`]) {
      await page.goto(app.server.url + path);
      await page.getByRole('heading').first().waitFor({ state: 'attached' });
    }
    await desk.isSaid('saved');
    await desk.caretAfter('Words with a note.');
    await page.keyboard.press('Enter');
    await desk.body.evaluate((body, html) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/html', html);
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      body.dispatchEvent(event);
    }, webPage);
    await desk.body.getByText('in no paragraph.').waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export and import' }).click();
    await page.getByRole('region', { name: 'The piece as Markdown' }).getByText('# A').waitFor();
    const downloaded = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download HTML' }).click();
    const article = await readFile(await (await downloaded).path(), 'utf8');
    expect(article).toMatch(/<article>.*in no paragraph\..*<\/article>/s);
    const host = new URL(app.server.url).host;
    const elsewhere = asked.filter(
      (url) => !/^(data|blob):/.test(url) && new URL(url).host !== host,
    );
    expect(elsewhere).toEqual([]);
    expect(
      asked.some((url) => url.startsWith('ws:')),
      'its socket among them',
    ).toBe(true);
    expect(
      asked.some((url) => /source-serif.*\.woff2$/.test(url)),
      'its typeface too',
    ).toBe(true);
    const drawn = await desk.body.evaluate((body) => {
      const [first] = getComputedStyle(body).fontFamily.split(',');
      return [...document.fonts].some(
        ({ family, status }) => status === 'loaded' && family === first?.replaceAll('"', ''),
      );
    });
    expect(drawn, 'the text is drawn in it').toBe(true);
  });

  test('axe finds nothing in its menus', async () => {
    const pieceId = await app.makePiece(content, 'A piece with menus');
    const desk = await app.join('Sven', pieceId, 'owner');
    const { page } = desk;
    await desk.isSaid('saved');
    await throughMenu(page, /^Status: /, () => expectAccessible(page, 'the menu of statuses'));
    await throughMenu(page, 'More', () => expectAccessible(page, 'the menu of the piece'));
    await throughMenu(page, /^Kind of block/, () => expectAccessible(page, 'the kinds of blocks'));
    await page.getByRole('button', { name: 'Bold' }).hover();
    await page.getByRole('tooltip').waitFor();
    await expectAccessible(page, 'a hint');
    await page.getByRole('link', { name: 'All pieces' }).click();
    await throughMenu(page, 'What to do with A piece with menus', () =>
      expectAccessible(page, 'the menu of a row'),
    );
    await throughMenu(page, 'Sven', () => expectAccessible(page, 'the menu of the account'));
  });

  test('axe finds nothing where a page loads, where no server answers, and where a fault of ours ends', async () => {
    const pieceId = await app.makePiece(content, 'A piece that loads');
    const person = await createPerson(app.server, 'Tove');
    const page = await app.windowOf(person);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/api/me', async (route) => {
      await gate;
      await route.abort();
    });
    await page.goto(`${app.server.url}/pieces/${pieceId}`);
    await page.getByText('Loading…').waitFor();
    await expectAccessible(page, 'a page that loads');
    go();
    await page.getByRole('alert').getByText('The server does not answer').waitFor();
    await expectAccessible(page, 'a page whose server does not answer');
    await page.unroute('**/api/me');
    await page.route('**/assets/pieces-page*.js', (route) => route.abort());
    await page.goto(app.server.url);
    await page.getByRole('alert').getByText('Something in this page broke').waitFor();
    await expectAccessible(page, 'where a fault ends');
  });

  test('follows the system’s theme, and the one that was chosen; stands still where that is wanted', async () => {
    const pieceId = await app.makePiece(content, 'A piece by night');
    const desk = await app.join('Una', pieceId);
    const { page } = desk;
    const background = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await expect.poll(background).toBe(light);
    await page.reload();
    await desk.body.waitFor();
    expect(await background()).toBe(light);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await desk.body.focus();
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog').waitFor();
    const longest = await page.evaluate(() =>
      Math.max(
        0,
        ...document
          .getAnimations()
          .map((animation) => Number(animation.effect?.getComputedTiming().endTime ?? 0)),
      ),
    );
    expect(longest).toBeLessThanOrEqual(1);
  });
});
