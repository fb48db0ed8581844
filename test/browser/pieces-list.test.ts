import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPerson, type TestPerson } from '../support/people.ts';
import { expectAccessible } from './axe.ts';
import { startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
let person: TestPerson;
let page: Page;
beforeAll(async () => {
  app = await startWebApp({ MAX_IMPORT_BYTES: '2000' });
  person = await createPerson(app.server, 'Lea List');
  page = await app.windowOf(person);
});
afterAll(() => app?.close());

const rows = () => page.getByRole('list', { name: 'Pieces' }).getByRole('listitem');
const rowOf = (title: string) => rows().filter({ hasText: title });
const menuOf = async (title: string, item: string) => {
  await page.getByRole('button', { name: `What to do with ${title}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

describe('The list of pieces', () => {
  test('begins with words about what to do', async () => {
    await page.goto(app.server.url);
    await page.getByText('Nothing written yet').waitFor();
    await expectAccessible(page, 'the empty list');
  });

  test('makes a piece of the template, whose argument is whole', async () => {
    await page.getByRole('button', { name: 'New piece' }).click();
    await expectAccessible(page, 'the menu of new pieces');
    await page.getByRole('menuitem', { name: 'From a template' }).click();
    await page.getByRole('textbox', { name: 'Text of the piece' }).waitFor();
    const outline = page.getByRole('navigation', { name: 'Outline of the argument' });
    await outline.getByRole('button', { name: 'What is wrong', exact: true }).waitFor();
    await page.getByRole('link', { name: 'All pieces' }).click();
    await rowOf('A title that says what you hold').waitFor();
    await expectAccessible(page, 'the list');
  });

  test('makes a piece of a pasted text, and says what could only be kept as text', async () => {
    await page.getByRole('button', { name: 'New piece' }).click();
    await page.getByRole('menuitem', { name: 'From a text…' }).click();
    const dialog = page.getByRole('dialog', { name: 'New piece from a text' });
    await dialog.getByRole('textbox').fill('# Pasted\n\n| a | b |\n| - | - |\n| 1 | 2 |\n');
    await expectAccessible(page, 'the dialog for a text');
    await dialog.getByRole('button', { name: 'Make the piece' }).click();
    await dialog.getByText(/^Line 3: .*table/).waitFor();
    await dialog.getByRole('button', { name: 'Open the piece' }).click();
    await page.getByRole('textbox', { name: 'Title' }).waitFor();
    await page.getByRole('link', { name: 'All pieces' }).click();
    await rowOf('Pasted').waitFor();
  });

  test('makes pieces of dropped files, and says which it cannot take', async () => {
    await drop([
      { name: 'night.md', text: '# Night buses\n\nThey run.\n' },
      { name: 'notes.txt', text: 'Plain words.\n' },
      { name: 'photo.png', text: 'x' },
      { name: 'large.md', text: 'word '.repeat(1_000) },
    ]);
    await rowOf('Night buses').waitFor();
    await rowOf('notes').waitFor();
    await page.getByText('“photo.png” is neither Markdown').first().waitFor();
    await page.getByText('“large.md” could not be taken').first().waitFor();
    await expectAccessible(page, 'the list with messages');
  });

  test('shows words, who is in a piece now, and who changed it last', async () => {
    const pieceId = await pieceIdOf('Night buses');
    const other = await app.join('Max Writer', pieceId);
    await other.caretAfter('They run.');
    await other.page.keyboard.type(' At night, for us.');
    await other.isSaid('saved');
    await page.reload();
    const row = rowOf('Night buses');
    await row.getByText(/changed .* by Max Writer/).waitFor();
    await row.getByRole('img', { name: 'In it now: Max Writer' }).waitFor();
    await expect
      .poll(
        async () => {
          await page.reload();
          return row.textContent();
        },
        { timeout: 20_000 },
      )
      .toContain('6 words');
    await other.page.close();
  });

  test('renames, filters by status and by words', async () => {
    await menuOf('Night buses', 'Rename');
    const dialog = page.getByRole('dialog', { name: 'Rename' });
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Day buses');
    await expectAccessible(page, 'renaming');
    await page.keyboard.press('Enter');
    await rowOf('Day buses').waitFor();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('published');
    await page.getByText('No piece is like that.').waitFor();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('');
    await page.getByRole('searchbox').fill('day bus');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('searchbox').fill('');
  });

  test('deletes with an undo, and brings back from the deleted ones', async () => {
    await rowOf('Pasted').waitFor();
    await menuOf('Pasted', 'Delete');
    await expect.poll(() => rowOf('Pasted').count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await rowOf('Pasted').waitFor();
    await menuOf('Pasted', 'Delete');
    await expect.poll(() => rowOf('Pasted').count()).toBe(0);
    await page.getByRole('button', { name: 'Deleted' }).click();
    await rowOf('Pasted').getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('Nothing was deleted that you could bring back.').waitFor();
    await expectAccessible(page, 'the deleted pieces');
    await page.getByRole('button', { name: 'Deleted' }).click();
    await rowOf('Pasted').waitFor();
  });

  test('a server that does not answer is said in words', async () => {
    await page.route('**/api/pieces*', (route) => route.abort());
    await page.reload();
    await page.getByText('The server does not answer').waitFor({ timeout: 15_000 });
    await expectAccessible(page, 'the list without a server');
    await page.unroute('**/api/pieces*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await rowOf('Pasted').waitFor();
  });
});

async function pieceIdOf(title: string): Promise<string> {
  const href = await rowOf(title).getByRole('link').first().getAttribute('href');
  return href!.split('/').at(-1)!;
}

/** Drops files as the browser does when they come from the desktop. */
async function drop(files: { name: string; text: string }[]): Promise<void> {
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const { name, text } of all) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.getByRole('heading', { name: 'Pieces' }).dispatchEvent('drop', { dataTransfer: data });
}
