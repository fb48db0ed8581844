import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminToken } from '../support/server-process.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

const table = '| Line | *Cost* |\n|---|---:|\n| N1 | five |';
const html = '<figure>\n<img src="x" onerror="document.title = \'ran\'">\n</figure>';
const source = `Before\n\n${table}\n\n${html}\n\nBehind\n`;
const lines = ['Before', ...`${table}\n${html}`.split('\n'), 'Behind'];

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

async function published(pieceId: string): Promise<string> {
  const url = `${app.server.url}/api/pieces/${pieceId}/export?format=markdown`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${adminToken}` } });
  return (await answer.text()).replace(/^# .*\n\n/, '');
}
const publishes = (pieceId: string, text: string) =>
  expect.poll(() => published(pieceId), { timeout: 15_000 }).toBe(text);

/** What is said over each raw line; '' over those of a block after its first. */
function labels(desk: Desk): Promise<string[]> {
  return desk.body.evaluate((body) =>
    [...body.querySelectorAll('pre[data-raw]')].map((line) =>
      getComputedStyle(line, '::before').content.replace(/^none$|"/g, ''),
    ),
  );
}

test('A table and HTML that were imported are source to write in, and are published as they came', async () => {
  const pieceId = await app.makePiece(source);
  const desk = await app.join('Ada', pieceId);
  await desk.shows(lines);
  expect(await labels(desk)).toEqual(['Markdown', '', '', 'HTML', '', '']);
  await publishes(pieceId, source);

  await desk.caretAfter('| N1 | five |');
  await desk.page.keyboard.press('Enter');
  await desk.page.keyboard.type('| N2 | **six** |');
  await publishes(pieceId, source.replace('five |', 'five |\n| N2 | **six** |'));
  expect(await desk.page.title()).not.toBe('ran');

  await desk.page.keyboard.press('Control+Alt+0');
  await publishes(pieceId, source.replace('five |', 'five |\n\n| N2 | \\*\\*six\\*\\* |'));
});

const pasted = `Before\n\n${table}\n\nMore\n\n<aside>\n\nBehind\n`;

test('A table that is pasted as Markdown is published unchanged, and so is a copy of it', async () => {
  const pieceId = await app.makePiece('');
  const desk = await app.join('Bo', pieceId);
  await desk.body.click();
  await desk.body.evaluate((body, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    body.dispatchEvent(event);
  }, pasted);
  await desk.isTold('its source is kept');
  await publishes(pieceId, pasted);

  await desk.page.keyboard.press('Control+a');
  await desk.page.keyboard.press('Control+c');
  const other = await app.makePiece('');
  await app.move(desk, other);
  await desk.body.click();
  await desk.page.keyboard.press('Control+v');
  await desk.shows(pasted.trim().split(/\n+/));
  await publishes(other, pasted);
});

test('A raw block is made by the slash menu, and left by Enter in its empty last line', async () => {
  const pieceId = await app.makePiece('');
  const desk = await app.join('Cy', pieceId);
  await desk.body.click();
  const { keyboard } = desk.page;
  await keyboard.type('/html');
  await keyboard.press('Enter');
  await keyboard.type('<hr> * *');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await keyboard.type('Words');
  await publishes(pieceId, '<hr> * *\n\nWords\n');
});
