import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, createPerson } from '../../support/people.ts';
import { expectAccessible } from '../axe.ts';
import { asAdmin, startWebApp, type WebApp } from '../web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

const noPiece = '01890000-0000-7000-8000-000000000000';

describe('An address without a right, or of a piece that is gone', () => {
  test('says so, with a way to ask for access, and opens when the right is there', async () => {
    const pieceId = await app.makePiece('Text.', 'Night buses');
    const person = await createPerson(app.server, 'Sam Stranger');
    const page = await app.windowOf(person);
    await page.goto(`${app.server.url}/pieces/${pieceId}`);
    await page.getByRole('heading', { name: 'You cannot open this piece' }).waitFor();
    const main = page.getByRole('main');
    expect(await main.textContent()).not.toMatch(/Offline|Loading/);
    await main.getByText(`You are signed in as Sam Stranger (sam.stranger@example.org).`).waitFor();
    const request = await page.getByLabel('Request', { exact: true }).inputValue();
    expect(request).toContain(`/pieces/${pieceId}`);
    expect(request).toContain('sam.stranger@example.org');
    const mail = page.getByRole('link', { name: 'Ask for access by email' });
    const href = new URL((await mail.getAttribute('href')) ?? '');
    expect(href.protocol).toBe('mailto:');
    expect(href.searchParams.get('body')).toBe(request);
    await expectAccessible(page, 'a piece without a right');

    await addMember(app.server, pieceId, person, 'reader');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.prose').getByText('Text.').waitFor();
  });

  test.each([
    ['Sam', 'a piece that never was', `/pieces/${noPiece}`],
    ['Sue', 'an address that is no id', '/pieces/nothing'],
    ['Sid', 'its history', `/pieces/${noPiece}/history`],
  ])('%s: %s', async (name, _what, path) => {
    const person = await createPerson(app.server, name);
    const page = await app.windowOf(person);
    await page.goto(app.server.url + path);
    await page.getByRole('heading', { name: 'You cannot open this piece' }).waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/Offline|Loading/);
    await page.getByRole('link', { name: 'All pieces' }).click();
    await page.getByRole('heading', { name: 'Pieces' }).waitFor();
  });

  test('a piece that is deleted: who had it open keeps the text, and is told whom to ask', async () => {
    const pieceId = await app.makePiece('Text.', 'Night buses');
    const desk = await app.join('Wim', pieceId);
    await asAdmin(app.server, 'DELETE', `/pieces/${pieceId}`);
    await desk.page.getByText('This piece is gone, or you are not on it any more.').waitFor();
    await desk.page.getByRole('link', { name: 'Ask for access by email' }).waitFor();
    await desk.shows(['Text.']);
  });
});
