import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { googleDocs, webPage, word } from './clipboards.ts';
import { asAdmin, startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

let people = 0;

/** The body after this was pasted into an empty piece, as the server has it. */
async function pasted(html: string): Promise<unknown> {
  const pieceId = await app.makePiece('');
  const desk = await app.join(`Person ${++people}`, pieceId);
  await desk.body.click();
  await desk.body.evaluate((body, data) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', data);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    body.dispatchEvent(event);
  }, html);
  await expect.poll(() => desk.saved.textContent()).toMatch(/^Saved \d/);
  const path = `/pieces/${pieceId}/export?format=json`;
  return (await asAdmin<{ body: unknown }>(app.server, 'GET', path)).body;
}

const line = (text: string, attributes?: object) => [
  { insert: text },
  { insert: '\n', ...(attributes && { attributes }) },
];
const merged = (...lines: object[][]) => {
  const delta: { insert: string; attributes?: object }[] = [];
  for (const op of lines.flat() as { insert: string; attributes?: object }[]) {
    const last = delta.at(-1);
    if (last && !last.attributes && !op.attributes) last.insert += op.insert;
    else delta.push({ ...op });
  }
  const last = delta.at(-1);
  // The last line's break is the body's end.
  if (last && !last.attributes) last.insert = last.insert.replace(/\n$/, '');
  return delta;
};

describe('Pasting gives clean blocks', () => {
  test('from Google Docs', async () => {
    expect(await pasted(googleDocs)).toEqual(
      merged(
        line('Who rides at night', { header: 2 }),
        [
          { insert: 'Eleven people, and ' },
          { insert: 'nine', attributes: { bold: true } },
          { insert: ' of them ' },
          { insert: 'work', attributes: { italic: true } },
          { insert: ', ' },
          { insert: 'or not', attributes: { strike: true } },
          { insert: ' (see the ' },
          { insert: 'survey', attributes: { link: 'https://example.org/survey' } },
          { insert: ').\n' },
        ],
        line('A second paragraph.'),
        line('One line'),
        line('and the next.'),
        line('First', { list: 'bullet' }),
        line('Under it', { list: 'bullet', indent: 1 }),
        line('Second', { list: 'bullet' }),
      ),
    );
  });

  test('from Word', async () => {
    expect(await pasted(word)).toEqual(
      merged(
        line('The night bus', { header: 2 }),
        line('What the count leaves out', { header: 2 }),
        [
          { insert: 'The city counts ' },
          { insert: 'riders', attributes: { bold: true } },
          { insert: ', and never ' },
          { insert: 'those whom it left', attributes: { italic: true } },
          { insert: ' standing.[1]\n' },
        ],
        line('A point', { list: 'bullet' }),
        line('Under it', { list: 'bullet', indent: 1 }),
        line('A number', { list: 'ordered' }),
        line('Nobody asked us.', { blockquote: true }),
        line('Line | Riders'),
        line('N6 | 11'),
      ),
    );
  });

  test('from a web page, and runs nothing of it', async () => {
    expect(await pasted(webPage)).toEqual(
      merged(
        line('Whom the bus leaves', { header: 2 }),
        line('The N6 at 3:40.'),
        [
          { insert: 'The survey ' },
          { insert: 'asked', attributes: { italic: true } },
          { insert: ' people ' },
          { insert: 'on buses', attributes: { bold: true } },
          { insert: '.\nWhoever had given up was ' },
          { insert: 'not there', attributes: { link: 'https://example.org/x' } },
          { insert: ', or was.\n' },
        ],
        line('Small print', { header: 4 }),
        line('First of it.', { blockquote: true }),
        line('Second of it.', { blockquote: true }),
        line('One', { list: 'ordered' }),
        line('Nested', { list: 'bullet', indent: 1 }),
        line('Two', { list: 'ordered' }),
        line('a = 1', { 'code-block': true }),
        line('b = 2', { 'code-block': true }),
        line('Loose words'),
        line('in no paragraph.'),
      ),
    );
  });
});
