import type { Page } from 'playwright-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../../support/people.ts';
import { asAdmin, signIn, startWebApp, type Desk, type WebApp } from '../web-app.ts';

let app: WebApp;
let sql: postgres.Sql;
beforeAll(async () => {
  app = await startWebApp();
  sql = postgres(app.server.databaseUrl, { max: 1 });
});
afterAll(async () => {
  await sql?.end();
  await app?.close();
});

const secrets = ['Harbour dues', 'Zebra crossings', 'Unsaved walrus', '漢字'];

/** A person with an open piece and words in it that no server has; all of it is on the device. */
async function deskWithSecrets(name: string): Promise<{ desk: Desk; pieceId: string }> {
  const pieceId = await app.makePiece('Harbour dues 漢字.', 'Zebra crossings');
  const desk = await app.join(name, pieceId);
  await desk.isSaid('saved');
  await expect
    .poll(() => databases(desk.page))
    .toContainEqual(expect.stringMatching(/^counterpoint:/));
  await desk.caretAfter('Harbour');
  await desk.page.context().setOffline(true);
  await desk.page.keyboard.type(' Unsaved walrus.');
  await expect.poll(() => desk.saved.textContent()).toBe('Offline · kept on this device');
  return { desk, pieceId };
}

function databases(page: Page): Promise<string[]> {
  return page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));
}

/**
 * All that scripts of this origin find on the device, as text: names, keys and values of every store,
 * bytes read as letters in each way in which texts lie in memory. Keys that cannot be read out are
 * noted as `CryptoKey`.
 */
function onTheDevice(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const read: string[] = [];
    const bytes = (value: Uint8Array) => {
      read.push(new TextDecoder().decode(value));
      for (const from of [0, 1]) read.push(new TextDecoder('utf-16le').decode(value.slice(from)));
    };
    const look = (value: unknown): void => {
      if (value instanceof CryptoKey) read.push('CryptoKey');
      else if (value instanceof ArrayBuffer) bytes(new Uint8Array(value));
      else if (ArrayBuffer.isView(value)) bytes(new Uint8Array(value.buffer));
      else if (value !== null && typeof value === 'object') {
        for (const [key, each] of Object.entries(value)) {
          read.push(key);
          look(each);
        }
      } else if (typeof value === 'string') {
        read.push(value);
        if (/^[\w+/=-]{8,}$/.test(value)) {
          try {
            read.push(decodeURIComponent(escape(atob(value))));
          } catch {
            // It was no base64.
          }
        }
      }
    };
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('It cannot be read'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      read.push(name);
      const db = await done(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const rows = db.transaction(store).objectStore(store);
        look(await done(rows.getAllKeys()));
        look(await done(db.transaction(store).objectStore(store).getAll()));
      }
      db.close();
    }
    look({ ...localStorage });
    look({ ...sessionStorage });
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        read.push(request.url);
        if (!request.url.includes('/assets/'))
          read.push(await (await cache.match(request))!.text());
      }
    }
    return read.join('\n');
  });
}

async function givesNothingAway(page: Page, who: { id: string; name: string }): Promise<void> {
  const found = await onTheDevice(page);
  for (const words of [...secrets, who.name, who.id, '@example.org']) {
    expect(found, words).not.toContain(words);
  }
}

/** What the next person can see, select, find or print: the whole document, and the window's title. */
async function showsNothing(page: Page): Promise<void> {
  const shown = await page.evaluate(
    () => `${document.title}\n${document.documentElement.textContent}`,
  );
  for (const words of secrets) expect(shown, words).not.toContain(words);
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'You were signed out' });

/** Each way in which somebody else ends a session. */
const ways: [string, (desk: Desk) => Promise<unknown>][] = [
  [
    'an admin ends it',
    (desk) => asAdmin(app.server, 'DELETE', `/users/${desk.person.id}/sessions`),
  ],
  ['it runs out', (desk) => sql`delete from sessions where user_id = ${desk.person.id}`],
  [
    'the person is disabled',
    (desk) => asAdmin(app.server, 'PATCH', `/users/${desk.person.id}`, { disabled: true }),
  ],
  ['the person is erased', (desk) => asAdmin(app.server, 'DELETE', `/users/${desk.person.id}`)],
];

describe('P4 a computer that several people use', () => {
  test.each(ways)(
    '%s: nothing is on the screen and nothing readable on the device',
    async (way, end) => {
      const name = `Wanda ${ways.findIndex(([each]) => each === way)}`;
      const { desk } = await deskWithSecrets(name);
      const { page } = desk;
      await givesNothingAway(page, desk.person);
      await end(desk);
      await page.context().setOffline(false);
      await dialogOf(page).waitFor();
      await showsNothing(page);
      await expect.poll(() => onTheDevice(page)).not.toContain('CryptoKey');
      await givesNothingAway(page, desk.person);
      // Nor has a window that is opened now anything to show.
      const fresh = await page.context().newPage();
      await fresh.goto(page.url());
      await fresh.getByRole('heading', { name: 'Sign in' }).waitFor();
      await showsNothing(fresh);
      expect(await fresh.locator('body').textContent()).not.toContain(desk.person.name);
    },
  );

  test('signing out in one window: the other is off the screen too, and only unsaved words are left', async () => {
    const { desk, pieceId } = await deskWithSecrets('Xenia');
    const { page } = desk;
    await page.context().setOffline(false);
    await desk.isSaid('saved');
    const other = await page.context().newPage();
    await other.goto(app.server.url);
    await other.getByRole('link', { name: 'Zebra crossings' }).waitFor();
    await other.getByRole('button', { name: 'Xenia' }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    await dialogOf(page).waitFor();
    for (const each of [page, other]) await showsNothing(each);
    await expect.poll(() => databases(other)).toEqual([]);
    await givesNothingAway(other, { ...desk.person, name: 'Xenia' });
    expect(pieceId).not.toBe('');
  });

  test('somebody else signs in: nothing of the former is theirs; whose the words are gets them back', async () => {
    const { desk, pieceId } = await deskWithSecrets('Yves');
    const { page } = desk;
    const context = page.context();
    await asAdmin(app.server, 'DELETE', `/users/${desk.person.id}/sessions`);
    await context.setOffline(false);
    await dialogOf(page).waitFor();
    const next = await createPerson(app.server, 'Next Person');
    await signIn(context, app.server, next.id);
    // The window finds out by itself, and begins anew.
    const asked = await context.newPage();
    await asked.goto(app.server.url);
    await asked.getByRole('button', { name: 'Next Person' }).waitFor();
    await page.evaluate(() => new BroadcastChannel('counterpoint').postMessage('me'));
    await page.getByRole('button', { name: 'Next Person' }).waitFor();
    for (const each of [page, asked]) {
      await showsNothing(each);
      expect(await each.locator('body').textContent()).not.toContain('Yves');
    }
    await givesNothingAway(page, desk.person);
    await page.goto(`${app.server.url}/pieces/${pieceId}`);
    await page.getByRole('heading', { name: 'You cannot open this piece' }).waitFor();
    await showsNothing(page);
    expect(await wordsOnServer(pieceId)).not.toContain('walrus');

    await signIn(context, app.server, desk.person.id);
    await asked.close();
    await desk.open(app.server, pieceId);
    await desk.shows(['Harbour dues 漢字. Unsaved walrus.']);
    await desk.isSaid('saved');
    expect(await wordsOnServer(pieceId)).toContain('Unsaved walrus.');
  });

  test('the keys are on the disk while no server answers, and not before or after', async () => {
    const pieceId = await app.makePiece('Harbour dues.', 'Zebra crossings');
    const desk = await app.join('Zoe', pieceId);
    await desk.isSaid('saved');
    const { page } = desk;
    expect(await onTheDevice(page)).not.toContain('CryptoKey');
    await page.context().setOffline(true);
    await expect.poll(() => onTheDevice(page)).toContain('CryptoKey');
    await givesNothingAway(page, desk.person);
    await page.context().setOffline(false);
    await desk.isSaid('saved');
    await expect.poll(() => onTheDevice(page)).not.toContain('CryptoKey');
  });

  test('what was remembered in the clear before is taken off', async () => {
    const person = await createPerson(app.server, 'Old Hand');
    const page = await app.windowOf(person);
    await page.addInitScript(() => {
      if (localStorage.getItem('planted') !== null) return;
      localStorage.setItem('planted', '1');
      localStorage.setItem('counterpoint-me', JSON.stringify({ name: 'Old Hand', id: 'me' }));
      localStorage.setItem('counterpoint-role:a-piece', 'owner');
    });
    const pieceId = await app.makePiece('Text.', 'A piece');
    await asAdmin(app.server, 'PUT', `/pieces/${pieceId}/members/${person.id}`, { role: 'writer' });
    await page.goto(`${app.server.url}/pieces/${pieceId}`);
    await page.locator('.prose').getByText('Text.').waitFor();
    await expect
      .poll(() => page.evaluate(() => Object.keys(localStorage)))
      .not.toContainEqual(expect.stringMatching(/^counterpoint-(me|role)/));
  });
});

async function wordsOnServer(pieceId: string): Promise<string> {
  const path = `/pieces/${pieceId}/export?format=json`;
  return JSON.stringify(await asAdmin(app.server, 'GET', path));
}
