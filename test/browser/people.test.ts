import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../support/people.ts';
import { expectAccessible } from './axe.ts';
import { asAdmin, Desk, startWebApp, type WebApp } from './web-app.ts';

let app: WebApp;
beforeAll(async () => {
  app = await startWebApp();
});
afterAll(() => app?.close());

/** The admin's window, on the page of people. */
async function openOffice() {
  const { items } = await asAdmin<{ items: { id: string; email: string }[] }>(
    app.server,
    'GET',
    '/users',
  );
  const admin = items.find(({ email }) => email === 'admin@example.org')!;
  const office = await app.windowOf({ id: admin.id, name: 'Admin', token: '' });
  await office.goto(`${app.server.url}/people`);
  return office;
}

describe('People and rights, in the web app', () => {
  test('P1 invite → set password → sign in → share → the other window’s rights change live', async () => {
    const office = await openOffice();
    await office.getByRole('textbox', { name: 'Name' }).fill('Rita Reviewer');
    await office.getByRole('textbox', { name: 'Email' }).fill('rita@example.org');
    await expectAccessible(office, 'the people');
    await office.getByRole('button', { name: 'Add', exact: true }).click();
    const link = office.getByRole('dialog').getByRole('textbox', { name: 'Link' });
    const url = await link.inputValue();
    await expectAccessible(office, 'the invite link');

    const rita = await (await app.browser.newContext({ serviceWorkers: 'block' })).newPage();
    await rita.goto(url);
    await expectAccessible(rita, 'the invitation');
    await rita.getByLabel('Choose a password').fill('a fine password');
    await rita.getByRole('button', { name: 'Sign in' }).click();
    await rita.getByText('Nothing written yet').waitFor();
    // With the password she gets in again, after she has left.
    await rita.getByRole('button', { name: 'Rita Reviewer' }).click();
    await rita.getByRole('menuitem', { name: 'Sign out' }).click();
    await rita.getByLabel('Email').fill('rita@example.org');
    await rita.getByLabel('Password').fill('a fine password');
    await expectAccessible(rita, 'signing in');
    await rita.getByRole('button', { name: 'Sign in' }).click();
    await rita.getByText('Nothing written yet').waitFor();

    const pieceId = await app.makePiece('Shared words.', 'Shared');
    const owner = await app.join('Otto Owner', pieceId, 'owner');
    await owner.page.getByRole('button', { name: 'Share' }).click();
    const sharing = owner.page.getByRole('dialog', { name: 'Who may do what' });
    await sharing.getByRole('combobox', { name: 'as' }).selectOption('reviewer');
    await sharing.getByRole('textbox', { name: 'Add by name or email' }).fill('rita@example.org');
    await sharing.getByRole('button', { name: 'Add Rita Reviewer as reviewer' }).click();
    const role = sharing.getByRole('combobox', { name: 'Role of Rita Reviewer' });
    await role.waitFor();
    await expectAccessible(owner.page, 'sharing');

    const desk = new Desk(rita, { id: '', name: 'Rita Reviewer', token: '' });
    await desk.open(app.server, pieceId);
    await expect.poll(() => desk.body.getAttribute('aria-readonly')).toBe('true');
    await role.selectOption('writer');
    await expect.poll(() => desk.body.getAttribute('aria-readonly')).toBe('false');
    await desk.caretAfter('Shared words.');
    await rita.keyboard.type(' Mine.');
    await desk.isSaid('saved');
    await owner.shows(['Shared words. Mine.']);

    await role.selectOption('reader');
    await expect.poll(() => desk.body.getAttribute('aria-readonly')).toBe('true');
    await rita.getByText('You can read this piece, not change it.').waitFor();
    await expectAccessible(rita, 'the piece of a reader');

    await role.selectOption('writer');
    await expect.poll(() => desk.body.getAttribute('aria-readonly')).toBe('false');
    // What is not saved when the right ends stays hers, and can be taken along.
    await rita.context().setOffline(true);
    await rita.keyboard.type(' Not saved.');
    await rita.locator('[data-save="offline"]').waitFor();
    await sharing.getByRole('button', { name: 'Remove Rita Reviewer' }).click();
    await expect.poll(() => role.count()).toBe(0);
    await rita.context().setOffline(false);
    await rita.getByText('The server did not take what you wrote').waitFor();
    await rita.getByRole('button', { name: 'Download what is not saved' }).waitFor();
    expect(await desk.lines()).toEqual(['Shared words. Mine. Not saved.']);
    await expectAccessible(rita, 'a piece that was taken away');
  });

  test('R4 an owner finds the words that were refused, and puts them in under their author’s name', async () => {
    const pieceId = await app.makePiece('Text.');
    const [owner, writer] = [
      await app.join('Olaf', pieceId, 'owner'),
      await app.join('Wanda', pieceId),
    ];
    await writer.page.context().setOffline(true);
    await writer.caretAfter('Text.');
    await writer.page.keyboard.type(' Words from the train.');
    await writer.isSaid('offline');
    await asAdmin(app.server, 'PUT', `/pieces/${pieceId}/members/${writer.person.id}`, {
      role: 'reader',
    });
    await writer.page.context().setOffline(false);
    await writer.isSaid('refused');
    const banner = writer.page.getByRole('status');
    await banner.getByText('You would have added “Words from the train.”.').waitFor();
    await owner.open(app.server, pieceId);
    await owner.page.getByText('An edit was not accepted, and is kept.').waitFor();
    await owner.page.getByText('Wanda would have added “Words from the train.”.').waitFor();
    await owner.page.getByRole('button', { name: 'Look at it' }).click();
    const dialog = owner.page.getByRole('dialog', { name: 'Edits that were not accepted' });
    await dialog.getByText('Words from the train.').waitFor();
    await dialog.getByText(/^Wanda, /).waitFor();
    await expectAccessible(owner.page, 'refused edits');
    await dialog.getByRole('button', { name: 'Put it in' }).click();
    await dialog.getByText('There are none left.').waitFor();
    await owner.page.keyboard.press('Escape');
    await owner.shows(['Text. Words from the train.']);
  });

  test('P5 an admin renames, disables, enables and erases a person; they rename themself', async () => {
    const person = await createPerson(app.server, 'Lea Leaver');
    const lea = await app.windowOf(person);
    await lea.goto(`${app.server.url}/account`);
    await lea.getByLabel('Name', { exact: true }).fill('Lea Renamed');
    await lea.getByRole('button', { name: 'Save the name' }).click();
    await lea.getByText('Your name is changed.').first().waitFor();
    const office = await openOffice();
    const row = office.getByRole('listitem').filter({ hasText: 'lea.leaver@example.org' });
    const change = row.getByRole('button', { name: 'Change Lea Renamed' });
    await change.click();
    await expectAccessible(office, 'one person');
    await office.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await row.getByText('Disabled').waitFor();
    await lea.reload();
    await lea.getByRole('heading', { name: 'Sign in' }).waitFor();
    await change.click();
    await office.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
    await row.getByText('Member').waitFor();
    await change.click();
    await office.getByRole('button', { name: 'Erase this person…' }).click();
    await office.getByText('under “Former member”').waitFor();
    await expectAccessible(office, 'erasing a person');
    await office.getByRole('button', { name: 'Erase', exact: true }).click();
    await expect.poll(() => row.count()).toBe(0);
  });

  test('the account: password, tokens that are shown once, signing out everywhere', async () => {
    const person = await createPerson(app.server, 'Tom Token');
    const page = await app.windowOf(person);
    await page.goto(`${app.server.url}/acount`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await expectAccessible(page, 'an address that is none');
    await page.goto(`${app.server.url}/account`);
    await page.getByRole('textbox', { name: 'What it is for' }).fill('The archive');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const token = await page.getByRole('textbox', { name: 'Token', exact: true }).inputValue();
    await expectAccessible(page, 'the account');
    const whoIs = async () =>
      (await fetch(`${app.server.url}/api/me`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await whoIs()).toBe(200);
    await page.getByRole('button', { name: 'Delete the token “The archive”' }).click();
    await expect.poll(whoIs).toBe(401);

    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('New password').fill('long enough');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed.').first().waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});
