import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { readText } from '../../shared/document/index.ts';
import { connectSaved } from '../support/clients.ts';
import { expectAccessible } from './axe.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

const content = `Night buses are [cheap](https://example.org/old), and **nobody** says so.[^a]

Costs

The city pays.

[^a]: See the survey.
`;

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const shown = (page: Page) => page.getByRole('article', { name: 'The text at this moment' });

/** A piece with a version, in which each kind of thing was changed since. */
async function changedPiece(): Promise<{ pieceId: string; ana: Desk }> {
  const pieceId = await app.makePiece(content, 'Night buses');
  const wide = { viewport: { width: 1440, height: 1000 } };
  const ana = await app.join('Ana', pieceId, 'owner', wide);
  await ana.page.goto(`${app.server.url}/pieces/${pieceId}/history`);
  await ana.page.getByRole('button', { name: 'Name this version' }).click();
  await ana.page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('First');
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Name this version' }).click();
  await ana.page.getByRole('slider').waitFor();
  const writer = connectSaved(app.server, pieceId, { token: ana.person.token });
  await writer.synced();
  const { doc, body } = writer;
  // A footnote's mark is one character.
  const letters = readText(body).map(({ insert }) => (typeof insert === 'string' ? insert : '*'));
  const at = (words: string) => letters.join('').indexOf(words);
  doc.transact(() => {
    body.format(at('cheap'), 5, { link: 'https://example.org/new' });
    body.format(at('nobody'), 6, { bold: null });
    body.format(at('city'), 4, { italic: true });
    body.format(at('Costs') + 5, 1, { header: 2 });
    const notes = doc.getMap('footnotes');
    const [id] = [...notes.keys()];
    (notes.get(id!) as typeof body).insert(8, 'new ');
    doc.getText('title').insert(11, ' at dawn');
    doc.getText('standfirst').insert(0, 'Who pays.');
  });
  await writer.allSaved();
  writer.destroy();
  return { pieceId, ana };
}

test('the history and what would be brought back name every change: links with both addresses, marks, kinds of lines, footnotes, title and standfirst', async () => {
  const { pieceId, ana } = await changedPiece();
  const { page } = ana;
  await page.goto(`${app.server.url}/pieces/${pieceId}/history`);
  await page
    .getByRole('combobox', { name: 'Show changes' })
    .selectOption(await versionOption(page, 'First'));
  const text = shown(page);
  await text.getByText('link was https://example.org/old, now https://example.org/new').waitFor();
  await text.getByText('bold removed').waitFor();
  await text.getByText('italic added').waitFor();
  await text.getByText('now a heading 2, was a paragraph').waitFor();
  const notes = page.getByRole('region', { name: 'Footnotes' });
  await expect
    .poll(() => text.locator('ins').allTextContents())
    .toEqual([...[' at dawn', 'Who pays.', 'new ']]);
  await expect.poll(() => notes.locator('ins').allTextContents()).toEqual(['new ']);
  await page.getByText('5 words added, 0 removed, 4 changes of format').first().waitFor();
  await expectAccessible(page, 'a history with changes of format');

  await page.getByRole('navigation', { name: 'All moments' }).getByText('First').click();
  await page.getByRole('button', { name: 'Bring this back' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('link was https://example.org/new, now https://example.org/old').waitFor();
  await dialog.getByText('bold added').waitFor();
  await dialog.getByText('italic removed').waitFor();
  await dialog.getByText('now a paragraph, was a heading 2').waitFor();
  await expect
    .poll(() => dialog.locator('del').allTextContents())
    .toEqual([...[' at dawn', 'Who pays.', 'new ']]);
  await expectAccessible(page, 'a preview with changes of format');
  await dialog.getByRole('button', { name: 'Bring it back' }).click();
  await page.getByText('It is back.').waitFor();
  await page.getByText('What that changed: 0 words added, 5 removed, 4 changes').waitFor();
  await page.goto(`${app.server.url}/pieces/${pieceId}`);
  await ana.body.waitFor();
  expect(await ana.body.locator('a').getAttribute('href')).toBe('https://example.org/old');
});

/** The whole label of a version in the list of what one can compare with. */
async function versionOption(page: Page, name: string): Promise<{ label: string }> {
  const option = page.getByRole('combobox').locator('option', { hasText: name });
  await option.waitFor({ state: 'attached' });
  return { label: (await option.textContent()) ?? '' };
}
