import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { asAdmin, startWebApp, type Desk, type WebApp } from './web-app.ts';

let app: WebApp;
let sql: postgres.Sql;
beforeAll(async () => {
  app = await startWebApp();
  sql = postgres(app.server.databaseUrl, { max: 2 });
});
afterAll(async () => {
  await sql?.end();
  await app?.close();
});

const said = (desk: Desk) => desk.saved.textContent();

/** Nothing can be written into the journal while `act` runs. */
async function whileHeld(act: () => Promise<void>): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`lock table journal in exclusive mode`;
    await act();
  });
}

describe('D2 "saved" is true', () => {
  test('saving while the database has not committed, saved with the time once it has', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Ada', pieceId);
    await desk.isSaid('saved');
    expect(await said(desk)).toBe('Saved');
    await desk.caretAfter('Text.');
    await whileHeld(async () => {
      await desk.page.keyboard.type(' More.');
      await desk.isSaid('saving');
      expect(await said(desk)).toBe('Saving…');
      // The server has handed it on long since, and still nobody says that it is saved.
      const other = await app.join('Ben', pieceId);
      await other.shows(['Text. More.']);
      expect(await said(desk)).toBe('Saving…');
    });
    await desk.isSaid('saved');
    expect(await said(desk)).toMatch(/^Saved \d\d?:\d\d/);
  });

  test('as one types it says that it is saving all the while, though each key is saved at once', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Noor', pieceId);
    await desk.isSaid('saved');
    await desk.caretAfter('Text.');
    const heard = await desk.saved.evaluateHandle((place) => {
      const list: { what: string; at: number }[] = [];
      const note = (what: string) => list.push({ what, at: performance.now() });
      new MutationObserver(() => note(place.textContent)).observe(place, {
        characterData: true,
        childList: true,
        subtree: true,
      });
      window.addEventListener('keydown', () => note('key'), { capture: true });
      return list;
    });
    const committed = async () => {
      const [row] =
        await sql`select count(*)::int as rows from journal where piece_id = ${pieceId}`;
      return row!['rows'] as number;
    };
    for (const key of 'quickly') {
      const before = await committed();
      await desk.page.keyboard.type(key);
      await expect.poll(committed, { interval: 5 }).toBeGreaterThan(before);
    }
    await desk.isSaid('saved');
    const list = await heard.jsonValue();
    expect(list.filter(({ what }) => what === 'key')).toHaveLength('quickly'.length);
    // Half a second without a key must have passed; a slow machine only makes it longer.
    const tooEarly = list.filter(
      ({ what, at }, i) =>
        what.startsWith('Saved') &&
        list.slice(0, i).some((key) => key.what === 'key' && at - key.at < 400),
    );
    expect(tooEarly).toEqual([]);
  });

  test('offline, kept on this device, and merged on return with what others wrote', async () => {
    const pieceId = await app.makePiece('One.\n\nTwo.');
    const [desk, other] = [await app.join('Cleo', pieceId), await app.join('Dan', pieceId)];
    await desk.page.context().setOffline(true);
    await desk.isSaid('offline');
    expect(await said(desk)).toBe('Offline');
    await desk.caretAfter('One.');
    await desk.page.keyboard.type(' Offline words.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
    await desk.page.getByText('This device has no network').waitFor();
    await expectAccessible(desk.page, 'the editor offline');
    await other.caretAfter('Two.');
    await other.page.keyboard.type(' Meanwhile.');
    await other.isSaid('saved');
    await desk.page.context().setOffline(false);
    await Promise.all(
      [desk, other].map((each) => each.shows(['One. Offline words.', 'Two. Meanwhile.'])),
    );
    await desk.isSaid('saved');
  });

  test('where the device keeps nothing, only this window has it, and says so', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Eve', pieceId);
    await desk.page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('No room', 'QuotaExceededError');
      };
    });
    await desk.open(app.server, pieceId);
    await desk.isSaid('saved');
    await desk.page.context().setOffline(true);
    await desk.caretAfter('Text.');
    await desk.page.keyboard.type(' More.');
    await expect.poll(() => said(desk)).toBe('Offline · only in this window');
    await desk.page.context().setOffline(false);
    await desk.isSaid('saved');
  });

  test('R4 refused: a right withdrawn meanwhile; the words stay, and can be downloaded', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Finn', pieceId);
    await desk.page.context().setOffline(true);
    await desk.caretAfter('Text.');
    await desk.page.keyboard.type(' My three lines.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
    await asAdmin(app.server, 'PUT', `/pieces/${pieceId}/members/${desk.person.id}`, {
      role: 'reader',
    });
    await desk.page.context().setOffline(false);
    await desk.isSaid('refused');
    await desk.page.getByText('The server did not take what you wrote').waitFor();
    expect(await desk.lines()).toEqual(['Text. My three lines.']);
    expect(await desk.body.getAttribute('contenteditable')).toBe('false');
    await expectAccessible(desk.page, 'the editor after a refusal');
    const [download] = await Promise.all([
      desk.page.waitForEvent('download'),
      desk.page.getByRole('button', { name: 'Download what is not saved' }).click(),
    ]);
    const stream = await download.createReadStream();
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('My three lines.');
    const { items } = await asAdmin<{ items: object[] }>(
      app.server,
      'GET',
      `/pieces/${pieceId}/refused`,
    );
    expect(items).toHaveLength(1);
  });

  test('leaving with unsaved words asks, leaving with saved ones does not', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Gus', pieceId);
    await desk.caretAfter('Text.');
    await whileHeld(async () => {
      await desk.page.keyboard.type(' More.');
      await desk.isSaid('saving');
      const asked = desk.page.waitForEvent('dialog');
      await desk.page.close({ runBeforeUnload: true });
      const dialog = await asked;
      expect(dialog.type()).toBe('beforeunload');
      await dialog.dismiss();
    });
    await desk.isSaid('saved');
    const closed = desk.page.waitForEvent('close');
    await desk.page.close({ runBeforeUnload: true });
    await closed;
  });
});

describe('Leaving a piece for the list with unsaved words', () => {
  test('loses none, though the device keeps nothing: they are there on return, and saved when the network is back', async () => {
    const pieceId = await app.makePiece('Text.', 'Night buses');
    const [desk, other] = [await app.join('Mia', pieceId), await app.join('Ned', pieceId)];
    const { page } = desk;
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('No room', 'QuotaExceededError');
      };
    });
    await page.goto(app.server.url);
    const toPiece = page.getByRole('link', { name: 'Night buses' });
    const toList = page.getByRole('link', { name: 'All pieces' });
    await toPiece.click();
    await desk.isSaid('saved');
    await page.context().setOffline(true);
    await desk.caretAfter('Text.');
    await page.keyboard.type(' Mine.');
    await expect.poll(() => said(desk)).toBe('Offline · only in this window');
    await toList.click();
    await page.getByText('“Night buses” is only in this window').first().waitFor();
    await expect.poll(() => other.page.locator('.caret').count()).toBe(0);
    await toPiece.click();
    await desk.shows(['Text. Mine.']);
    await desk.caretAfter('Text. Mine.');
    await page.keyboard.type(' More.');
    await toList.click();
    await toPiece.waitFor();
    // The window cannot be closed over it without a question.
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    await (await asked).dismiss();
    await page.context().setOffline(false);
    await other.shows(['Text. Mine. More.']);
    await other.caretAfter('Text. Mine. More.');
    await toPiece.click();
    await desk.shows(['Text. Mine. More.']);
    await desk.isSaid('saved');
  });

  test('takes who left out of those who are here, and asks nothing once it is saved', async () => {
    const pieceId = await app.makePiece('Text.', 'Day buses');
    const [desk, other] = [await app.join('Oda', pieceId), await app.join('Pat', pieceId)];
    const here = other.page.getByRole('list', { name: 'Who is here' }).getByRole('listitem');
    await desk.caretAfter('Text.');
    await whileHeld(async () => {
      await desk.page.keyboard.type(' Held.');
      await desk.isSaid('saving');
      await expect.poll(() => here.count()).toBe(2);
      await desk.page.getByRole('link', { name: 'All pieces' }).click();
      await expect.poll(() => here.count()).toBe(1);
      await other.shows(['Text. Held.']);
    });
    // Saved by now: nothing is asked.
    await other.isSaid('saved');
    const closed = desk.page.waitForEvent('close');
    await desk.page.close({ runBeforeUnload: true });
    await closed;
  });
});

describe('What stands between', () => {
  test('a blocked WebSocket is said in words, with the text still readable', async () => {
    const pieceId = await app.makePiece('Readable text.');
    const desk = await app.join('Hal', pieceId);
    await desk.isSaid('saved');
    // The copy of this device is what is shown, once the server has been heard.
    await expect.poll(() => noted(desk)).toBe(true);
    await desk.page.routeWebSocket(/\/collab\//, (socket) => socket.close());
    await desk.open(app.server, pieceId);
    await desk.page.getByText('lets no WebSocket through').waitFor({ timeout: 20_000 });
    await desk.shows(['Readable text.']);
    await desk.caretAfter('Readable text.');
    await desk.page.keyboard.type(' And mine.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
  });

  test('a part of the page that cannot be loaded says so, and the text stays', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Quentin', pieceId);
    const { page } = desk;
    await page.route('**/assets/export-panel*', (route) => route.abort());
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export and import' }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await expectAccessible(page, 'a dialog that could not be loaded');
    await page.keyboard.press('Escape');
    await desk.caretAfter('Text.');
    await page.keyboard.type(' More.');
    await desk.shows(['Text. More.']);
    await desk.isSaid('saved');
  });

  test('a slow network loses nothing and holds up no key', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Ida', pieceId);
    const network = await desk.page.context().newCDPSession(desk.page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: 20_000,
      uploadThroughput: 20_000,
    });
    await desk.caretAfter('Text.');
    const text = ' A sentence that somebody types on a train.';
    await desk.page.keyboard.type(text);
    // All of it is shown while the server cannot have heard of its end.
    await desk.shows([`Text.${text}`]);
    await desk.isSaid('saving');
    await desk.isSaid('saved');
    expect(await said(desk)).toMatch(/^Saved \d/);
    const other = await app.join('Jo', pieceId);
    await other.shows([`Text.${text}`]);
  });

  test('4401: who was signed out signs in again, and goes on with what was written', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Kim', pieceId);
    await desk.caretAfter('Text.');
    await desk.page.context().setOffline(true);
    await desk.page.keyboard.type(' Unsaved.');
    await expect.poll(() => said(desk)).toBe('Offline · kept on this device');
    await sql`delete from sessions where user_id = ${desk.person.id}`;
    await desk.page.context().setOffline(false);
    const dialog = desk.page.getByRole('dialog', { name: 'You were signed out' });
    await dialog.waitFor();
    await expectAccessible(desk.page, 'signing in again');
    const { url } = await asAdmin<{ url: string }>(
      app.server,
      'POST',
      `/users/${desk.person.id}/invite`,
    );
    const invite = url.slice(url.indexOf('#') + 1);
    await desk.page.request.post(`${app.server.url}/api/session`, {
      data: { invite, password: 'a fine password' },
    });
    await dialog.getByLabel('Password').fill('a fine password');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await desk.isSaid('saved');
    await desk.shows(['Text. Unsaved.']);
  });

  test('4401 while one is signed in: the connection is renewed without a word', async () => {
    const pieceId = await app.makePiece('Text.');
    const desk = await app.join('Lou', pieceId);
    let closes = 0;
    await desk.page.routeWebSocket(/\/collab\//, (socket) => {
      const server = socket.connectToServer();
      if (closes++ > 0) return;
      server.onMessage((message) => {
        socket.send(message);
        void socket.close({ code: 4401 });
      });
    });
    await desk.open(app.server, pieceId);
    await desk.isSaid('saved');
    await desk.caretAfter('Text.');
    await desk.page.keyboard.type(' More.');
    await expect.poll(() => said(desk)).toMatch(/^Saved \d/);
    expect(await desk.page.getByRole('dialog').count()).toBe(0);
    expect(closes).toBe(2);
  });
});

/** Whether this device has noted that the server has had all that is in its copy. */
function noted(desk: Desk): Promise<boolean> {
  return desk.page.evaluate(async () => {
    const [known] = await indexedDB.databases();
    if (known?.name === undefined) return false;
    const { name } = known;
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('It cannot be opened'));
    });
    const value = await new Promise((resolve) => {
      const reading = db.transaction('custom').objectStore('custom').get('synced');
      reading.onsuccess = () => resolve(reading.result);
    });
    db.close();
    return value !== undefined;
  });
}
