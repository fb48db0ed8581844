import postgres from 'postgres';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectSaved } from '../support/clients.ts';
import { expectAccessible } from './axe.ts';
import { caretBehind, comment, passages, select, showsPassages } from './thread-steps.ts';
import { startWebApp, type Desk, type WebApp } from './web-app.ts';

const filling = Array.from(
  { length: 50 },
  (_, i) => `Line ${i} says that night buses pay for themselves in ${i} years.`,
).join('\n\n');
const content = `Night buses are cheap.

## Costs

Taxis cost more than most people earn in an hour.

## Noise

Nobody hears them at night.
`;
const wide = { viewport: { width: 1440, height: 900 } };

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

let number = 0;
async function open(text = content): Promise<{ pieceId: string; ana: Desk; ben: Desk }> {
  number += 1;
  const pieceId = await app.makePiece(text);
  const [ana, ben] = await Promise.all([
    app.join(`Ana ${number}`, pieceId, 'owner', wide),
    app.join(`Ben ${number}`, pieceId, 'writer', wide),
  ]);
  return { pieceId, ana, ben };
}

/** Lets a day go by: what was written so far was written a day earlier. */
async function aDayPasses(pieceId: string): Promise<void> {
  const sql = postgres(app.server.databaseUrl);
  await sql`update journal set at = at - interval '1 day' where piece_id = ${pieceId}`;
  await sql`
    update versions set created_at = created_at - interval '1 day' where piece_id = ${pieceId}`;
  await sql.end();
}

async function type(desk: Desk, behind: string, words: string): Promise<void> {
  await caretBehind(desk, behind);
  await desk.page.keyboard.type(words);
  await desk.isSaid('saved');
}

const slider = (desk: Desk) => desk.page.getByRole('slider', { name: 'Moment' });
const shown = (desk: Desk) => desk.page.getByRole('article', { name: 'The text at this moment' });
const moments = (desk: Desk) => desk.page.getByRole('navigation', { name: 'All moments' });

async function openHistory(desk: Desk): Promise<void> {
  await desk.page.getByRole('button', { name: 'More' }).click();
  await desk.page.getByRole('menuitem', { name: /^History of the piece/ }).click();
  await shown(desk).waitFor();
}

/** Waits until the slider says so of where it stands. */
async function stands(desk: Desk, said: RegExp): Promise<void> {
  await expect.poll(() => slider(desk).getAttribute('aria-valuetext')).toMatch(said);
}

async function nameVersion(desk: Desk, name: string): Promise<void> {
  await desk.page.getByRole('button', { name: 'Name this version' }).click();
  const dialog = desk.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('textbox', { name: /^Note/ }).fill('As sent.');
  await dialog.getByRole('button', { name: 'Name this version' }).click();
  await stands(desk, new RegExp(name));
}

async function backToText(desk: Desk): Promise<void> {
  await desk.page.getByRole('link', { name: 'Back to the text' }).click();
  await desk.body.waitFor();
}

/** What stands in these elements, together where they are neighbours. */
const textsOf = (locator: Locator) => expect.poll(() => locator.allTextContents());

describe('The history of a piece, in the web app', () => {
  test('two people write on three days: every stretch and version is a moment that shows its changes, by author', async () => {
    const { pieceId, ana, ben } = await open();
    await aDayPasses(pieceId);
    await type(ben, 'are cheap', ' at night');
    await openHistory(ana);
    await nameVersion(ana, 'Before legal');
    await aDayPasses(pieceId);
    await backToText(ana);
    await select(ana, 'most people');
    await ana.page.keyboard.type('anybody');
    await ana.isSaid('saved');

    await openHistory(ana);
    await stands(ana, new RegExp(`^Now, last written in by ${ana.person.name}`));
    await textsOf(shown(ana).locator('ins')).toEqual(['anybody']);
    await textsOf(shown(ana).locator('del')).toEqual(['most people']);
    const words = shown(ana).locator(`[data-author="${ben.person.name}"]`);
    await textsOf(words).toEqual([' at night']);
    await textsOf(shown(ana).locator(`[data-author="${ana.person.name}"]`)).toEqual(['anybody']);
    const legend = ana.page.getByRole('list', { name: 'What the marks mean' });
    for (const name of [ana.person.name, ben.person.name]) await legend.getByText(name).waitFor();

    // Stop by stop, with the keyboard alone.
    await slider(ana).press('ArrowLeft');
    await stands(ana, new RegExp(`${ana.person.name} wrote, 1 word added, 2 removed`));
    await slider(ana).press('ArrowLeft');
    await stands(ana, new RegExp(`Before legal, by ${ana.person.name}`));
    await textsOf(shown(ana).locator('p', { hasText: 'Taxis' })).toEqual([
      'Taxis cost more than most people earn in an hour.',
    ]);
    await slider(ana).press('ArrowLeft');
    await stands(ana, new RegExp(`${ben.person.name} wrote, 2 words added, 0 removed`));
    await textsOf(shown(ana).locator('ins')).toEqual([' at night']);
    await slider(ana).press('Home');
    await stands(ana, /admin wrote/);
    await textsOf(shown(ana).locator('p', { hasText: 'Night buses' })).toEqual([
      'Night buses are cheap.',
    ]);
    await expect.poll(() => moments(ana).getByRole('heading').count()).toBe(3);

    // Compared with any other version, and with now.
    await moments(ana)
      .getByRole('button', { name: /Before legal/ })
      .click();
    await ana.page.getByRole('combobox', { name: 'Show changes' }).selectOption('now');
    await textsOf(shown(ana).locator('del')).toEqual(['most people']);
    await slider(ana).press('Home');
    await ana.page
      .getByRole('combobox', { name: 'Show changes' })
      .selectOption({ label: await versionOption(ana, 'Before legal') });
    await textsOf(shown(ana).locator('ins')).toEqual([' at night']);
    await ana.page.getByRole('checkbox', { name: 'Show who wrote it' }).uncheck();
    await expect.poll(() => shown(ana).locator('[data-author]').count()).toBe(0);
  });

  test('a section, then the whole, is brought back after a preview, while another types; words and comments stay; and it is taken back', async () => {
    const { pieceId, ana, ben } = await open();
    await comment(ben, 'Nobody hears them', 'Says who?');
    await openHistory(ana);
    await nameVersion(ana, 'First');
    await backToText(ana);
    await select(ana, 'Taxis cost');
    await ana.page.keyboard.type('Cabs take');
    await select(ana, 'cheap');
    await ana.page.keyboard.type('dear');
    await ana.isSaid('saved');
    const changed = (await ana.lines()).join('\n');

    await openHistory(ana);
    await moments(ana).getByRole('button', { name: /First/ }).click();
    await shown(ana).getByText('Taxis cost more').waitFor();
    await shown(ana).getByRole('button', { name: 'Bring back the section “Costs”' }).click();
    const dialog = ana.page.getByRole('dialog', { name: 'Bring back “Costs”?' });
    await textsOf(dialog.locator('ins')).toEqual(['Taxis', 'cost']);
    await textsOf(dialog.locator('del')).toEqual(['Cabs', 'take']);
    expect((await ben.lines()).join('\n')).toBe(changed);

    await caretBehind(ben, 'at night');
    await ben.page.keyboard.type(', ev');
    await dialog.getByRole('button', { name: 'Bring it back' }).click();
    await ben.page.keyboard.type('er');
    await ana.page.getByText('It is back.').waitFor();
    const section = changed
      .replace('Cabs take', 'Taxis cost')
      .replace('at night', 'at night, ever');
    await ben.shows(section.split('\n'));
    await showsPassages(ben, ['Nobody hears them']);

    // The whole, and the way back from that.
    await moments(ana).getByRole('button', { name: /First/ }).click();
    await ana.page.getByRole('button', { name: 'Bring this back' }).click();
    const whole = ana.page.getByRole('dialog', { name: 'Bring the whole piece back?' });
    await textsOf(whole.locator('ins')).toEqual(['cheap']);
    await whole.getByRole('button', { name: 'Bring it back' }).click();
    await ben.shows(section.replace('dear', 'cheap').replace(', ever', '').split('\n'));
    expect(await passages(ben)).toEqual(['Nobody hears them']);
    await ana.page.getByRole('button', { name: 'Take that back' }).click();
    await textsOf(ana.page.getByRole('dialog').locator('ins')).toEqual(['dear', ', ever']);
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Bring it back' }).click();
    await ben.shows(section.split('\n'));
    await moments(ana)
      .getByRole('button', { name: /Before something was brought back/ })
      .nth(2)
      .waitFor();

    const rea = await app.join(`Rea ${number}`, pieceId, 'reader', wide);
    await openHistory(rea);
    await slider(rea).press('Home');
    await rea.page.getByText('Owners and writers can bring back what was.').waitFor();
    expect(await rea.page.getByRole('button', { name: /Bring|Name/ }).count()).toBe(0);
  });

  test('any time can be looked at, and brought back, without a version of it', async () => {
    const { pieceId, ana, ben } = await open();
    await aDayPasses(pieceId);
    await aDayPasses(pieceId);
    await type(ben, 'are cheap', ' at night');
    await openHistory(ana);
    const yesterday = new Date(Date.now() - 86_400_000 - new Date().getTimezoneOffset() * 60_000);
    await ana.page.getByLabel('Go to a time').fill(yesterday.toISOString().slice(0, 16));
    await ana.page.getByRole('button', { name: 'Go', exact: true }).click();
    await stands(ana, /^As it was /);
    await shown(ana).getByText('Night buses are cheap.').waitFor();
    await ana.page.getByRole('button', { name: 'Bring this back' }).click();
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Bring it back' }).click();
    await expect.poll(async () => (await ben.lines())[0]).toBe('Night buses are cheap.');
    await ana.page.goto(`${app.server.url}/pieces/${pieceId}/history?at=2001-01-01T00:00:00Z`);
    await ana.page.getByText('The piece had not been begun at that time.').waitFor();
  });

  test('R5 a wipe by a stock client is told to everybody, and one click brings the text back', async () => {
    const { pieceId, ana, ben } = await open(filling);
    const rea = await app.join(`Rea ${number}`, pieceId, 'reader', wide);
    const before = await ana.lines();
    const stock = connectSaved(app.server, pieceId, { token: ben.person.token });
    await stock.synced();
    stock.body.delete(0, stock.body.length);
    await stock.allSaved();
    const told = `One edit by ${ben.person.name} took most of the text away.`;
    for (const desk of [ana, rea]) await desk.page.getByText(told).waitFor();
    await ben.page.getByText('One edit of yours took most of the text away.').waitFor();
    expect(await rea.page.getByRole('button', { name: 'Bring it back' }).count()).toBe(0);
    await expectAccessible(ana.page, 'a wipe that is told');
    await ana.page.getByRole('button', { name: 'Bring it back' }).click();
    for (const desk of [ana, ben, rea]) {
      await desk.shows(before);
      await expect.poll(() => desk.page.getByText('took most of the text').count()).toBe(0);
    }
    stock.destroy();
  });

  test('who wrote this: by the pointer, and by a key for the words at the caret', async () => {
    const { ana, ben } = await open();
    await type(ben, 'are cheap', ' at night');
    await expect.poll(async () => (await ana.lines())[0]).toBe('Night buses are cheap at night.');
    await caretBehind(ana, 'at night');
    await ana.page.keyboard.press('Control+Alt+y');
    await ana.page.getByRole('status').getByText(`${ben.person.name},`).waitFor();
    await ana.page.keyboard.type(' too');
    await ana.page.keyboard.press('Control+Alt+y');
    await ana.page.getByRole('status').getByText(`${ana.person.name} (you)`).waitFor();
    await ana.page.keyboard.press('Escape');
    await expect.poll(() => ana.page.getByText(`${ana.person.name} (you)`).count()).toBe(0);
    const box = (await ana.body.locator('p').first().boundingBox())!;
    await ana.page.mouse.move(box.x + 20, box.y + 14);
    await ana.page.mouse.move(box.x + 24, box.y + 14);
    await ana.page.getByRole('status').getByText('admin,').waitFor();
    await ana.page.keyboard.press('?');
    await expect.poll(() => ana.page.getByText('admin,').count()).toBe(0);
  });

  test('by keys to the history; axe finds nothing in it, nor in what would be brought back', async () => {
    const { pieceId, ana } = await open();
    await aDayPasses(pieceId);
    await type(ana, 'are cheap', ' at night');
    await ana.body.focus();
    await ana.page.keyboard.press('Control+Alt+v');
    await shown(ana).waitFor();
    await nameVersion(ana, 'Before legal');
    await expectAccessible(ana.page, 'the history');
    await slider(ana).press('Home');
    await stands(ana, /admin wrote/);
    await ana.page.getByRole('button', { name: 'Bring this back' }).click();
    await ana.page.getByRole('dialog').locator('del').first().waitFor();
    await expectAccessible(ana.page, 'what would be brought back');
  });

  test('on a phone the slider is above the text, and the moments unfold; axe finds nothing', async () => {
    const { pieceId, ana } = await open();
    await openHistory(ana);
    await nameVersion(ana, 'Before legal');
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
    const pia = await app.join(`Pia ${number}`, pieceId, 'writer', phone);
    await openHistory(pia);
    await expectAccessible(pia.page, 'the history on a phone');
    await pia.page.getByText('All moments', { exact: true }).click();
    await moments(pia)
      .getByRole('button', { name: /Before legal/ })
      .click();
    await stands(pia, /Before legal/);
    await expectAccessible(pia.page, 'its moments on a phone');
    const overflow = await pia.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });

  test('a piece without words has no history yet, and says so', async () => {
    const pieceId = await app.makePiece('', '');
    const ana = await app.join('Ana alone', pieceId, 'writer', wide);
    await ana.page.goto(`${app.server.url}/pieces/${pieceId}/history`);
    await ana.page.getByRole('heading', { name: 'Nothing was written yet' }).waitFor();
    await expectAccessible(ana.page, 'a history without moments');
  });

  test('without a network what was shown stays, and it is said', async () => {
    const { ana } = await open();
    await openHistory(ana);
    await ana.page.context().setOffline(true);
    await ana.page.getByText('The server does not answer. What was shown stays').waitFor();
    await shown(ana).getByText('Night buses are cheap.').waitFor();
    await ana.page.context().setOffline(false);
    await expect
      .poll(() => ana.page.getByText('What was shown stays').count(), { timeout: 30_000 })
      .toBe(0);
  });
});

/** The whole label of a version in the list of what one can compare with. */
async function versionOption(desk: Desk, name: string): Promise<string> {
  const options = await desk.page.getByRole('combobox').locator('option').allTextContents();
  return options.find((option) => option.startsWith(name)) ?? name;
}
