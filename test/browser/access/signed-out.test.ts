import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from '../web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

/** Sets a person's password from their own window, whose session goes on. */
async function givePassword(desk: Desk, password: string): Promise<void> {
  const status = await desk.page.evaluate(async (given) => {
    const answer = await fetch('/api/me/password', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: given }),
    });
    return answer.status;
  }, password);
  expect(status).toBe(204);
}

describe('A session that ends while somebody types', () => {
  const fields = [
    { name: 'Kim', field: 'the body', place: (desk: Desk) => desk.caretAfter('Text.') },
    { name: 'Kai', field: 'the title', place: (desk: Desk) => desk.title.click() },
  ];
  test.each(fields)('in $field: the words stay in it, and are saved afterwards', async (each) => {
    const pieceId = await app.makePiece('Text.', 'A piece');
    const desk = await app.join(each.name, pieceId);
    await givePassword(desk, 'a fine password');
    await each.place(desk);
    await desk.page.keyboard.press('End');
    const { keyboard } = desk.page;
    await keyboard.type(' Before');
    await asAdmin(app.server, 'DELETE', `/users/${desk.person.id}/sessions`);
    const dialog = desk.page.getByRole('dialog', { name: 'You were signed out' });
    // At each moment of it: before, while and after the dialog comes.
    for (let i = 0; !(await dialog.isVisible()); i++) {
      expect(i).toBeLessThan(2_000);
      await keyboard.type('.');
    }
    await keyboard.type(' and after, without a look up');
    expect(await dialog.getByLabel('Email').inputValue()).toBe(
      `${each.name.toLowerCase()}@example.org`,
    );
    expect(await dialog.getByLabel('Password').inputValue()).toBe('');
    await expectAccessible(desk.page, 'signed out while typing');
    await dialog.getByLabel('Password').fill('a fine password');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await desk.isSaid('saved');
    // The focus is where it was, and so is the caret.
    await keyboard.type(', and on.');
    await desk.isSaid('saved');
    const other = await app.join(`Jo ${each.name}`, pieceId);
    const text = `${await other.titleText()}\n${(await other.lines()).join('\n')}`;
    const shown = `${await desk.titleText()}\n${(await desk.lines()).join('\n')}`;
    expect(shown).toMatch(/ Before\.* and after, without a look up, and on\./);
    expect(text).toBe(shown);
  });

  test('who only reads is asked at once, over the page', async () => {
    const pieceId = await app.makePiece('Text.', 'A piece');
    const desk = await app.join('Lea', pieceId, 'reader');
    await asAdmin(app.server, 'DELETE', `/users/${desk.person.id}/sessions`);
    const dialog = desk.page.getByRole('dialog', { name: 'You were signed out' });
    await dialog.waitFor();
    await expect
      .poll(() => dialog.evaluate((it) => it.contains(document.activeElement)))
      .toBe(true);
  });
});
