import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../client/pages/piece/writing/actions.ts';
import { keyName } from '../../client/pages/piece/writing/key-names.ts';
import { piece as words } from '../../client/strings/en/piece.ts';
import { expectAccessible } from './axe.ts';
import { asAdmin, startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const exported = async (pieceId: string) => {
  const model = await asAdmin<{ body: unknown }>(
    app.server,
    'GET',
    `/pieces/${pieceId}/export?format=json`,
  );
  return model.body;
};

describe('Every action of the toolbar has a key', () => {
  test('no two have the same, and "?" lists them all', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Kai', pieceId);
    const keys = actions.map(({ key }) => keyName(key, false));
    expect(new Set(keys).size).toBe(actions.length);
    await desk.page.getByRole('button', { name: 'Bold' }).focus();
    await desk.page.keyboard.press('?');
    const help = desk.page.getByRole('dialog', { name: 'Keys' });
    await help.waitFor();
    const listed = await help.getByRole('term').allTextContents();
    for (const { id } of actions) expect(listed).toContain(words.actions[id]);
    const buttons = await desk.page.locator('[role=toolbar] button').all();
    await expectAccessible(desk.page, 'the list of keys');
    await desk.page.keyboard.press('Escape');
    for (const button of buttons) {
      const label = await button.getAttribute('aria-label');
      if (label?.startsWith('Kind of block')) continue;
      expect(listed).toContain(label);
    }
  });

  test('and the keys do what the buttons do', async () => {
    const pieceId = await app.makePiece('Words.');
    const desk = await app.join('Kit', pieceId);
    const { page } = desk;
    const block = (attributes: object) => [{ insert: 'Words.' }, { insert: '\n', attributes }];
    const cases: [string, object[]][] = [
      ['Control+Alt+2', block({ header: 2 })],
      ['Control+Alt+3', block({ header: 3 })],
      ['Control+Alt+4', block({ header: 4 })],
      ['Control+Alt+t', block({ thesis: expect.any(String) as string })],
      ['Control+Alt+c', block({ counterpoint: expect.any(String) as string })],
      ['Control+Shift+9', block({ blockquote: true })],
      ['Control+Shift+8', block({ list: 'bullet' })],
      ['Control+Shift+7', block({ list: 'ordered' })],
      ['Control+Alt+e', block({ 'code-block': true })],
      ['Control+Alt+0', [{ insert: 'Words.\n' }]],
    ];
    await desk.caretAfter('Words.');
    for (const [key, delta] of cases) {
      await page.keyboard.press(key);
      await expect.poll(() => exported(pieceId), { message: key }).toEqual(delta);
    }
    await page.keyboard.press('Control+a');
    for (const [key, mark] of [
      ['Control+b', 'bold'],
      ['Control+i', 'italic'],
      ['Control+Shift+x', 'strike'],
      ['Control+e', 'code'],
    ] as const) {
      await page.keyboard.press(key);
      await expect
        .poll(() => exported(pieceId), { message: key })
        .toEqual([{ insert: 'Words.', attributes: { [mark]: true } }, { insert: '\n' }]);
      await page.keyboard.press('Control+z');
      await expect.poll(() => exported(pieceId)).toEqual([{ insert: 'Words.\n' }]);
    }
  });
});

describe('The editor', () => {
  test('makes blocks by the slash menu, by typing, and answers a thesis', async () => {
    const pieceId = await app.makePiece('');
    const desk = await app.join('Sol', pieceId);
    const { page } = desk;
    await desk.body.click();
    await page.keyboard.type('/the');
    await page.getByRole('option', { name: 'Thesis' }).waitFor();
    await expectAccessible(page, 'the slash menu');
    await page.keyboard.press('Enter');
    await page.keyboard.type('We hold this.');
    await page.keyboard.press('Control+Alt+a');
    await page.keyboard.type('We do not.');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.type('## Why');
    await page.keyboard.press('Enter');
    await page.keyboard.type('It is **so** bad.');
    await desk.isSaid('saved');
    const delta = (await exported(pieceId)) as { attributes?: Record<string, string> }[];
    const thesis = delta[1]!.attributes!['thesis'];
    expect(delta).toEqual([
      { insert: 'We hold this.' },
      { insert: '\n', attributes: { thesis } },
      { insert: 'We do not.' },
      {
        insert: '\n',
        attributes: { counterpoint: expect.any(String) as string, answers: thesis },
      },
      { insert: 'Why' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'It is ' },
      { insert: 'so', attributes: { bold: true } },
      { insert: ' bad.\n' },
    ]);
    await desk.body
      .locator('p.counterpoint[data-label="Counterpoint to “We hold this.”"]')
      .waitFor();
    await expectAccessible(page, 'the editor');
  });

  test('finds and replaces, as one edit, and says how many', async () => {
    const pieceId = await app.makePiece('One bus, two buses.\n\nNo Bus.');
    const desk = await app.join('Fee', pieceId);
    const { page } = desk;
    await desk.body.click();
    await page.keyboard.press('Control+Shift+h');
    const bar = page.getByRole('search');
    await bar.getByRole('textbox', { name: 'Find', exact: true }).fill('bus');
    await expect.poll(() => bar.getByRole('status').textContent()).toBe('3 found');
    // It covers nothing of the outline beside the text.
    const outline = page.getByRole('heading', { name: 'Outline', exact: true });
    const isFree = () =>
      outline.evaluate((heading) => {
        const { left, top, height } = heading.getBoundingClientRect();
        return document.elementFromPoint(left + 5, top + height / 2) === heading;
      });
    await expect.poll(isFree).toBe(true);
    await bar.getByRole('button', { name: 'Match case' }).click();
    await expect.poll(() => bar.getByRole('status').textContent()).toBe('2 found');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => bar.getByRole('status').textContent()).toBe('1 of 2');
    await bar.getByRole('textbox', { name: 'Replace with' }).fill('tram');
    await expectAccessible(page, 'find and replace');
    await bar.getByRole('button', { name: 'Replace all' }).click();
    await desk.shows(['One tram, two trames.', 'No Bus.']);
    await bar.getByRole('textbox', { name: 'Find', exact: true }).press('Escape');
    await page.keyboard.press('Control+z');
    await desk.shows(['One bus, two buses.', 'No Bus.']);
  });

  test('finds and replaces in title, text and notes in reading order, with one count', async () => {
    const pieceId = await app.makePiece('A bus.[^n]\n\n[^n]: The bus we mean.', 'The bus');
    const desk = await app.join('Fay', pieceId);
    const { page } = desk;
    await desk.title.click();
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+Shift+h');
    const bar = page.getByRole('search');
    const count = () => bar.getByRole('status').textContent();
    const what = bar.getByRole('textbox', { name: 'Find', exact: true });
    await what.fill('bus');
    await expect.poll(count).toBe('3 found');
    for (const said of ['1 of 3', '2 of 3', '3 of 3', '1 of 3']) {
      await what.press('Enter');
      await expect.poll(count).toBe(said);
    }
    await bar.getByRole('textbox', { name: 'Replace with' }).fill('tram');
    await bar.getByRole('button', { name: 'Replace', exact: true }).click();
    await expect.poll(() => desk.titleText()).toBe('The tram');
    await expect.poll(count).toBe('1 of 2');
    await bar.getByRole('button', { name: 'Replace all' }).click();
    await desk.shows(['A tram.']);
    await page
      .getByRole('textbox', { name: 'Footnote 1' })
      .getByText('The tram we mean.')
      .waitFor();
  });

  test('all that was replaced is one step of undo and redo: from the bar, from a text that has none of it, by the toolbar; typing goes first', async () => {
    const pieceId = await app.makePiece('Here[^n]\n\n[^n]: The bus we mean.', 'The bus');
    const desk = await app.join('Flo', pieceId);
    const { page } = desk;
    const note = page.getByRole('textbox', { name: 'Footnote 1' });
    const show = async (word: string, body: string) => {
      await expect
        .poll(async () => [
          await desk.titleText(),
          await note.textContent(),
          ...(await desk.lines()),
        ])
        .toEqual([`The ${word}`, `The ${word} we mean.`, body]);
    };
    await desk.caretAfter('Here');
    await page.keyboard.type(' and typed');
    await page.keyboard.press('Control+Shift+h');
    const bar = page.getByRole('search');
    await bar.getByRole('textbox', { name: 'Find', exact: true }).fill('bus');
    await bar.getByRole('textbox', { name: 'Replace with' }).fill('tram');
    const replaceAll = bar.getByRole('button', { name: 'Replace all' });
    await replaceAll.click();
    await show('tram', 'Here and typed');
    await page.keyboard.press('Control+z');
    await show('bus', 'Here and typed');
    await page.keyboard.press('Control+Shift+z');
    await show('tram', 'Here and typed');
    await page.getByRole('button', { name: 'Undo' }).click();
    await show('bus', 'Here and typed');

    await replaceAll.click();
    await show('tram', 'Here and typed');
    await page.keyboard.press('Escape');
    await desk.caretAfter('typed');
    await page.keyboard.press('Control+z');
    await show('bus', 'Here and typed');

    await page.keyboard.press('Control+Shift+z');
    await show('tram', 'Here and typed');
    await desk.caretAfter('typed');
    await page.keyboard.type(' more');
    await page.keyboard.press('Control+z');
    await show('tram', 'Here and typed');
  });

  test('links words of a note where one is', async () => {
    const pieceId = await app.makePiece('Known.[^n]\n\n[^n]: A source.', 'Title');
    const desk = await app.join('Lea', pieceId);
    const { page } = desk;
    await page.getByRole('textbox', { name: 'Footnote 1' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Address' }).fill('example.org/a');
    await page.keyboard.press('Enter');
    const notes = () =>
      asAdmin<{ footnotes: Record<string, unknown> }>(
        app.server,
        'GET',
        `/pieces/${pieceId}/export?format=json`,
      );
    await expect
      .poll(async () => Object.values<unknown>((await notes()).footnotes))
      .toEqual([[{ insert: 'A source.', attributes: { link: 'https://example.org/a' } }]]);
  });

  test('links words, and takes no address that runs a script', async () => {
    const pieceId = await app.makePiece('A source.');
    const desk = await app.join('Lin', pieceId);
    const { page } = desk;
    await desk.body.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+k');
    const address = page.getByRole('textbox', { name: 'Address' });
    await address.fill('javascript:alert(1)');
    await page.keyboard.press('Enter');
    await page.getByText('no address that a link can have').waitFor();
    await expectAccessible(page, 'the link dialog');
    await address.fill('example.org/a');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => exported(pieceId))
      .toEqual([
        { insert: 'A source.', attributes: { link: 'https://example.org/a' } },
        { insert: '\n' },
      ]);
  });

  test('writes footnotes where they stand, with the keyboard alone', async () => {
    const pieceId = await app.makePiece('It is known.');
    const [desk, other] = [await app.join('Nia', pieceId), await app.join('Oto', pieceId)];
    await desk.caretAfter('It is known.');
    await desk.page.keyboard.press('Control+Alt+f');
    const note = desk.page.getByRole('textbox', { name: 'Footnote 1' });
    await note.waitFor();
    await expect.poll(() => note.evaluate((dom) => dom === document.activeElement)).toBe(true);
    await desk.page.keyboard.type('Counted by hand.');
    await desk.page.keyboard.press('Escape');
    await desk.page.keyboard.type(' And more.');
    await other.page.getByRole('textbox', { name: 'Footnote 1' }).getByText('Counted').waitFor();
    await expect
      .poll(() => asAdmin(app.server, 'GET', `/pieces/${pieceId}/export?format=json`))
      .toMatchObject({
        body: [
          { insert: 'It is known.' },
          { insert: { footnote: expect.any(String) as string } },
          { insert: ' And more.\n' },
        ],
      });
    await expectAccessible(other.page, 'notes');
  });

  test('undo is one’s own, not others’', async () => {
    const pieceId = await app.makePiece('Base.');
    const [ana, ben] = [await app.join('Ada', pieceId), await app.join('Bo', pieceId)];
    await ana.caretAfter('Base.');
    await ana.page.keyboard.type(' Ana.');
    await ben.shows(['Base. Ana.']);
    await ben.caretAfter('Base.');
    await ben.page.keyboard.type(' Ben.');
    await ana.shows(['Base. Ana. Ben.']);
    await ana.page.keyboard.press('Control+z');
    await ben.shows(['Base. Ben.']);
    await ana.page.keyboard.press('Control+Shift+z');
    await ben.shows(['Base. Ana. Ben.']);
  });

  test('counts words and the time to read, and those that are selected', async () => {
    const pieceId = await app.makePiece(`${'word '.repeat(660).trim()}.\n\nTwo words.`);
    const desk = await app.join('Wim', pieceId);
    await desk.page.getByText(/^662 words3 min/).waitFor();
    await desk.caretAfter('Two words.');
    await desk.page.keyboard.press('Shift+Home');
    await desk.page.getByText('2 of 662 words').waitFor();
  });
});
