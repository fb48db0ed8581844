import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { card, caretBehind, post } from './thread-steps.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

async function menu(desk: Desk, item: string): Promise<void> {
  await desk.page.getByRole('button', { name: 'More', exact: true }).click();
  await desk.page.getByRole('menuitem', { name: item }).click();
}
/** As the server has it. */
async function bodyOf(pieceId: string): Promise<string> {
  const { body } = await asAdmin<{ body: { insert: unknown }[] }>(
    ...([app.server, 'GET', `/pieces/${pieceId}/export?format=json`] as const),
  );
  return body.map(({ insert }) => insert).join('');
}
const isReadOnly = (desk: Desk) =>
  expect.poll(() => desk.body.getAttribute('aria-readonly')).toBe('true');

test('R4 an owner locks the text: nobody types in it, it is said, comments go on; unlocked, all write', async () => {
  const pieceId = await app.makePiece('Signed off by legal.');
  const [olga, wim] = await Promise.all([
    app.join('Olga', pieceId, 'owner'),
    app.join('Wim', pieceId, 'writer'),
  ]);
  const suggestion = { replacement: 'counsel' };
  await post(app.server, wim, pieceId, { anchor: { quote: 'legal' }, suggestion });
  await wim.page.getByRole('button', { name: 'More', exact: true }).click();
  expect(await wim.page.getByRole('menuitem', { name: 'Lock the text' }).count()).toBe(0);
  await wim.page.keyboard.press('Escape');

  await menu(olga, 'Lock the text');
  for (const desk of [olga, wim]) {
    await desk.page.getByText('Olga has locked this piece').waitFor();
    await isReadOnly(desk);
    expect(await card(desk, 'counsel').getByRole('button', { name: 'Accept' }).count()).toBe(0);
  }
  expect(await wim.page.getByRole('button', { name: 'Unlock the text' }).count()).toBe(0);
  await expectAccessible(olga.page, 'a locked piece');
  // What is typed is proposed, as a reviewer's is.
  await caretBehind(wim, 'Signed off');
  await wim.page.keyboard.type(' twice');
  const field = wim.page.getByRole('textbox', { name: 'Insert', exact: true });
  await expect.poll(() => field.inputValue()).toBe(' twice');
  await wim.page.keyboard.press('Control+Enter');
  await expect.poll(() => olga.body.locator('ins').allTextContents()).toContain(' twice');
  expect(await bodyOf(pieceId)).toBe('Signed off by legal.\n');

  await olga.page.getByRole('button', { name: 'Unlock the text' }).click();
  await expect.poll(() => wim.body.getAttribute('aria-readonly')).toBe('false');
  await caretBehind(wim, 'by legal.');
  await wim.page.keyboard.type(' Again.');
  await wim.isSaid('saved');
  await expect.poll(() => olga.body.textContent()).toContain('legalcounsel. Again.');
});

test('R4 words from offline that come to a locked piece are kept, and go in when it is unlocked', async () => {
  const pieceId = await app.makePiece('Text.');
  const [ola, wes] = await Promise.all([
    app.join('Ola', pieceId, 'owner'),
    app.join('Wes', pieceId, 'writer'),
  ]);
  await wes.page.context().setOffline(true);
  await wes.caretAfter('Text.');
  await wes.page.keyboard.type(' From the train.');
  await wes.isSaid('offline');
  await menu(ola, 'Lock the text');
  await ola.page.getByText('Ola has locked this piece').waitFor();
  await wes.page.context().setOffline(false);
  await wes.isSaid('refused');
  await wes.page.getByText('goes in when an owner unlocks the piece').waitFor();
  await wes.page.getByRole('button', { name: 'Download what is not saved' }).waitFor();
  expect(await ola.lines()).toEqual(['Text.']);
  await ola.page.getByRole('button', { name: 'Look at it' }).click();
  const dialog = ola.page.getByRole('dialog', { name: 'Edits that were not accepted' });
  await dialog.getByText('From the train.').waitFor();
  await dialog.getByText('The piece was locked').waitFor();
  await ola.page.keyboard.press('Escape');

  await ola.page.getByRole('button', { name: 'Unlock the text' }).click();
  await ola.shows(['Text. From the train.']);
  await wes.isSaid('saved');
  await expect.poll(() => wes.body.getAttribute('aria-readonly')).toBe('false');
});
