import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const content = `A lede.

## Why

:::thesis{#t1}
Count the riders.
:::

:::counterpoint{#c1 answers=t1}
It costs.
:::

## What

:::thesis{#t2}
Run it for a year.
:::

The end of what.

## Who

:::counterpoint{#c2}
Nobody asked.
:::
`;

const outlineOf = (desk: Desk) =>
  desk.page.getByRole('navigation', { name: 'Outline of the argument' });

async function sectionsOf(desk: Desk): Promise<string[]> {
  return outlineOf(desk).locator('button[data-section]').allTextContents();
}

describe('The outline of the argument', () => {
  test('lists sections, theses and their counterpoints, live, and marks what is missing', async () => {
    const pieceId = await app.makePiece(content);
    const [desk, other] = [await app.join('Orla', pieceId), await app.join('Pim', pieceId)];
    await expect.poll(() => sectionsOf(desk)).toEqual(['Why', 'What', 'Who']);
    const rows = outlineOf(desk).getByRole('listitem');
    const who = rows.filter({ has: desk.page.getByRole('button', { name: 'Who', exact: true }) });
    await who.getByText('Answers no thesis').waitFor();
    await who.getByText('Argues no thesis').waitFor();
    const unanswered = rows.filter({ hasText: 'Run it for a year.' }).last();
    await unanswered.getByText('Unanswered').waitFor();
    await expectAccessible(desk.page, 'the editor with its outline');

    // Answering the thesis takes the mark away, in everybody's window.
    await unanswered.getByRole('button', { name: 'Answer it' }).click();
    await desk.page.keyboard.type('A year is long.');
    await expect.poll(() => outlineOf(other).getByText('Unanswered').count()).toBe(0);
    await outlineOf(other).getByText('A year is long.').waitFor();

    await outlineOf(other).getByText('Nobody asked.').click();
    await other.page.keyboard.type('Really? ');
    await expect.poll(() => desk.lines()).toContain('Really? Nobody asked.');
  });

  test('stays as it is while others write above: a point keeps the focus, nothing is drawn anew', async () => {
    const pieceId = await app.makePiece(content);
    const [desk, other] = [await app.join('Tia', pieceId), await app.join('Ugo', pieceId)];
    const point = outlineOf(desk).getByRole('button', { name: 'Run it for a year.' });
    await point.focus();
    const drawn = await outlineOf(desk).evaluateHandle((outline) => {
      const changes: string[] = [];
      new MutationObserver((records) => {
        for (const { target, type } of records) changes.push(`${type} in ${target.nodeName}`);
      }).observe(outline, { childList: true, attributes: true, subtree: true });
      return changes;
    });
    await outlineOf(other).getByRole('button', { name: 'Lede' }).click();
    await other.page.keyboard.type('Six more words than there were. ');
    await outlineOf(desk).getByText('8 words').first().waitFor();
    expect(await point.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await drawn.jsonValue()).toEqual([]);
    await desk.page.keyboard.press('Enter');
    await desk.page.keyboard.type('Now: ');
    await expect.poll(() => other.lines()).toContain('Now: Run it for a year.');
  });

  test('moves a section by the keyboard and by a drag, as one edit, and the focus goes along', async () => {
    const pieceId = await app.makePiece(content);
    const desk = await app.join('Quin', pieceId);
    const { page } = desk;
    const before = await desk.lines();
    await outlineOf(desk).getByRole('button', { name: 'Who', exact: true }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => sectionsOf(desk)).toEqual(['Why', 'Who', 'What']);
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => sectionsOf(desk)).toEqual(['Who', 'Why', 'What']);
    await page.getByRole('status').getByText('“Who” was moved.').waitFor({ state: 'attached' });
    await desk.body.focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => sectionsOf(desk)).toEqual(['Why', 'Who', 'What']);
    await page.keyboard.press('Control+z');
    await desk.shows(before);
    // The outline follows the text a moment later, and what is dragged stands in it.
    await expect.poll(() => sectionsOf(desk)).toEqual(['Why', 'What', 'Who']);

    const grip = page.getByTitle('Move “Why”');
    const from = (await grip.boundingBox())!;
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    const end = (await outlineOf(desk).getByText('Nobody asked.').boundingBox())!;
    await page.mouse.move(from.x + 5, from.y + 30, { steps: 5 });
    await page.mouse.move(from.x + 5, end.y + end.height + 10, { steps: 10 });
    await page.mouse.up();
    await expect.poll(() => sectionsOf(desk)).toEqual(['What', 'Who', 'Why']);
  });

  test('the sample is imported, a section moves while another types in it, and all of it is exported', async () => {
    const pieceId = await app.makePiece('To be replaced.');
    const [desk, other] = [await app.join('Rae', pieceId), await app.join('Sam', pieceId)];
    const { page } = desk;
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export and import' }).click();
    await page.getByRole('tab', { name: 'Import' }).click();
    const source = page.getByRole('textbox', { name: 'Text', exact: true });
    await source.fill('# The sample\n\n' + content + '\n| a | b |\n| - | - |\n| 1 | 2 |\n');
    await page.getByRole('region', { name: 'As it will be read' }).getByText('## Why').waitFor();
    await page.getByText(/^Line \d+: .*table/).waitFor();
    await expectAccessible(page, 'the import');
    await page.getByRole('button', { name: 'Replace the text of the piece' }).click();
    await other.body.getByText('Run it for a year.').waitFor();
    await expect.poll(() => other.titleText()).toBe('The sample');

    await other.caretAfter('The end of what.');
    const typing = other.page.keyboard.type(' And another sentence that takes a while to type.', {
      delay: 15,
    });
    const what = outlineOf(desk).getByRole('button', { name: 'What', exact: true });
    await other.body.getByText('And another').waitFor();
    await what.focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => sectionsOf(desk)).toEqual(['What', 'Why', 'Who']);
    await typing;
    const sentence = 'The end of what. And another sentence that takes a while to type.';
    await expect.poll(() => desk.lines()).toContain(sentence);
    expect(await desk.lines()).toEqual(await other.lines());

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export and import' }).click();
    const preview = page.getByRole('region', { name: 'The piece as Markdown' });
    await expect.poll(() => preview.textContent()).toContain('# The sample\n\nA lede.\n\n## What');
    await expectAccessible(page, 'the export');
    // It follows what others type, and the other profile has the argument in it.
    await other.page.keyboard.type(' Live.');
    await expect.poll(() => preview.textContent()).toContain(`${sentence} Live.`);
    await page.getByRole('radio', { name: /^Writers/ }).check();
    await expect.poll(() => preview.textContent()).toContain(':::thesis{#t2}');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('the-sample.md');
    expect(await readFile(await download.path(), 'utf8')).toBe(await preview.textContent());
  });

  test('a counterpoint is linked to another thesis, for everybody', async () => {
    const pieceId = await app.makePiece(content);
    const [desk, other] = [await app.join('Zoe', pieceId), await app.join('Abe', pieceId)];
    await desk.caretAfter('Nobody asked.');
    await desk.page.keyboard.press('Control+Alt+r');
    const dialog = desk.page.getByRole('dialog', { name: 'Which thesis it answers' });
    await dialog.getByRole('radio', { name: 'Run it for a year.' }).check();
    await expectAccessible(desk.page, 'which thesis it answers');
    await desk.page.keyboard.press('Escape');
    await other.body.locator('[data-label="Counterpoint to “Run it for a year.”"]').waitFor();
    await expect.poll(() => outlineOf(other).getByText('Unanswered').count()).toBe(0);
  });

  test('at phone width it comes over the text when asked for, and a choice leads there', async () => {
    const pieceId = await app.makePiece(content);
    const desk = await app.join('Tess', pieceId);
    await desk.page.setViewportSize({ width: 390, height: 780 });
    await desk.body.focus();
    await desk.page.keyboard.press('Control+Alt+o');
    const dialog = desk.page.getByRole('dialog', { name: 'Outline of the argument' });
    await dialog.getByRole('button', { name: 'Who', exact: true }).waitFor();
    await expectAccessible(desk.page, 'the outline on a phone');
    await dialog.getByRole('button', { name: 'Who', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => desk.hasFocus()).toBe(true);
    await desk.page.keyboard.type('And ');
    await expect.poll(() => desk.lines()).toContain('And Who');
  });
});

describe('Following somebody', () => {
  test('shows what they write wherever it is, until one scrolls oneself', async () => {
    const long = Array.from({ length: 120 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
    const pieceId = await app.makePiece(long);
    const [ulla, vera] = [await app.join('Ulla', pieceId), await app.join('Vera', pieceId)];
    const button = ulla.page.getByRole('button', { name: 'Follow Vera' });
    await button.click();
    await vera.caretAfter('Paragraph 118.');
    await vera.page.keyboard.type(' Here.');
    const line = ulla.body.getByText('Paragraph 118. Here.');
    await expect.poll(() => line.evaluate(isInView)).toBe(true);
    await vera.caretAfter('Paragraph 3.');
    const first = ulla.body.locator('> *', { hasText: 'Paragraph 3.' }).first();
    await expect.poll(() => first.evaluate(isInView)).toBe(true);
    await ulla.page.mouse.wheel(0, 50);
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('false');
  });

  test('who comes and goes is said to screen readers', async () => {
    const pieceId = await app.makePiece('Text.');
    const xenia = await app.join('Xenia', pieceId);
    const yan = await app.join('Yan', pieceId);
    await xenia.page.getByRole('status').getByText('Yan is here').waitFor({ state: 'attached' });
    await yan.page.close();
    await xenia.page.getByRole('status').getByText('Yan has left').waitFor({ state: 'attached' });
  });
});

function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top > 0 && bottom < window.innerHeight;
}
