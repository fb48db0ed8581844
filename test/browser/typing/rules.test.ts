import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAdmin, startWebApp, type Desk, type WebApp } from '../web-app.ts';

let app: WebApp;
let desk: Desk;
let pieceId: string;
beforeAll(async () => {
  app = await startWebApp();
  pieceId = await app.makePiece('');
  desk = await app.join('Tia', pieceId);
});
afterAll(() => app?.close());

const stored = async () => {
  const model = await asAdmin<{ body: object[] }>(
    app.server,
    'GET',
    `/pieces/${pieceId}/export?format=json`,
  );
  return model.body;
};

/** An empty text with the caret in it, with nothing to undo that a test would wait for. */
async function clear(): Promise<void> {
  await desk.body.click();
  await desk.page.keyboard.press('Control+a');
  await desk.page.keyboard.press('Delete');
  await desk.page.keyboard.press('Control+Alt+0');
  await desk.shows(['']);
}

const key = (name: string) => desk.page.keyboard.press(name);
const type = (text: string) => desk.page.keyboard.type(text);

describe('What is typed', () => {
  test('stays as it was typed: dates, words that are not printed, sums, a slash within a line', async () => {
    await clear();
    const lines = [
      ...['12. Mai 2024', 'f**k the b**s', '50 km /h', '2*3*4', '5 > 3', 'a * b * c'],
      ...['snake_case_name', '_private_method', '/', '/usr/bin', '####### seven'],
    ];
    for (const line of lines) {
      await type(line);
      await key('Enter');
    }
    await desk.shows([...lines, '']);
    await expect.poll(stored).toEqual([{ insert: [...lines, '', ''].join('\n') }]);
  });

  test.each([
    ['1. ', { list: 'ordered' }],
    ['## ', { header: 2 }],
    ['- ', { list: 'bullet' }],
    [':t ', { thesis: expect.any(String) as string }],
  ])('“%s” is given back by one Ctrl+Z', async (typed, attributes) => {
    await clear();
    await type(typed);
    await expect.poll(stored).toEqual([{ insert: '\n', attributes }]);
    await key('Control+z');
    await expect.poll(stored).toEqual([{ insert: `${typed}\n` }]);
  });

  test.each(['**bold**', '*it*', '~~gone~~', '`code`', '[words](ann@example.org)'])(
    '“%s” is given back by one Ctrl+Z, or Backspace, to be gone on with',
    async (typed) => {
      await clear();
      await type(typed);
      await expect.poll(async () => (await stored())[0]).toHaveProperty('attributes');
      await key('Control+z');
      await type('!');
      await expect.poll(stored).toEqual([{ insert: `${typed}!\n` }]);
      await clear();
      await type(typed);
      await key('Backspace');
      await expect.poll(stored).toEqual([{ insert: `${typed}\n` }]);
    },
  );

  test('a choice of the slash menu is given back by one Ctrl+Z', async () => {
    await clear();
    await type('/head');
    await desk.page.getByRole('option', { name: /^Heading/ }).waitFor();
    await key('Enter');
    await expect.poll(stored).toEqual([{ insert: '\n', attributes: { header: 2 } }]);
    await key('Control+z');
    await expect.poll(stored).toEqual([{ insert: '/head\n' }]);
    await clear();
    // Chosen by arrow, without a word behind the slash.
    await type('/');
    await desk.page.getByRole('listbox').waitFor();
    await key('ArrowDown');
    await key('ArrowDown');
    await key('Enter');
    await expect
      .poll(stored)
      .toEqual([{ insert: '\n', attributes: { thesis: expect.any(String) as string } }]);
    await key('Control+z');
    await expect.poll(stored).toEqual([{ insert: '/\n' }]);
  });

  test('a slash that stood there opens no menu, nor one in the middle of a line', async () => {
    await clear();
    await type('/hea');
    await key('Escape');
    await desk.isSaid('saved');
    await desk.page.reload();
    await desk.shows(['/hea']);
    await desk.body.click();
    await key('End');
    await type('d');
    await desk.shows(['/head']);
    await key('Enter');
    await type('50 km /h');
    expect(await desk.page.getByRole('listbox').count()).toBe(0);
    await key('Enter');
    await desk.shows(['/head', '50 km /h', '']);
  });
});
