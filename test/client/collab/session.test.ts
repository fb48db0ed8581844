import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clearDevice } from '../../../client/collab/clear-device.ts';
import { LocalCopy } from '../../../client/collab/local-copy.ts';
import { createPiece } from '../../support/clients.ts';
import { holdJournal } from '../../support/hold-journal.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { adminToken } from '../../support/server-process.ts';
import { unsavedPieces } from './device.ts';
import { TestPage, type PageOptions } from './page.ts';

let server: TestRunningServer;
let people = 0;

beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server?.stop());

/** A piece that says "Start." and people who may write in it; `page` opens it for one of them. */
async function desk() {
  const pieceId = await createPiece(server, { content: 'Start.\n' });
  const join = async (role: 'writer' | 'reader' = 'writer') => {
    const person = await createPerson(server, `Person ${++people}`);
    await addMember(server, pieceId, person, role);
    return person;
  };
  const page = (person: TestPerson, options: Partial<PageOptions> = {}) =>
    new TestPage({ server, person, pieceId, ...options });
  return { pieceId, join, page };
}

/** As a reload or the end of the browser: the page is gone, the device's copy stays. */
function leave(page: TestPage): void {
  page.network.cut();
  page.session.destroy();
}

describe('D2 "saved" is said by the server', () => {
  test('while the database takes nothing nothing is saved, and when it does all is, with the time', async () => {
    const { join, page } = await desk();
    const ana = page(await join());
    const ben = page(await join());
    await Promise.all([ana.ready(), ben.ready(), ana.saved()]);
    expect(ana.session.state.save, 'nothing was written yet').toEqual({ is: 'saved', since: null });
    const hold = await holdJournal(server.databaseUrl);
    ana.states.length = 0;
    ana.write(' Held.');
    expect(ana.session.state.save).toEqual({ is: 'saving' });
    expect(ana.session.hasUnsaved).toBe(true);
    await ben.shows('Start. Held.');
    expect(ana.session.state.save).toEqual({ is: 'saving' });
    expect(ana.states.map(({ save }) => save.is)).toEqual(['saving']);
    expect(ben.session.state.save.is, 'others have nothing that is unsaved').toBe('saved');
    const from = Date.now();
    await hold.release();
    await ana.saved();
    const { save } = ana.session.state;
    expect(save.is === 'saved' && save.since).toBeGreaterThanOrEqual(from);
    expect(ana.session.hasUnsaved).toBe(false);
  });

  test('after a reload neither, until the words of the page before are committed', async () => {
    const { join, page, pieceId } = await desk();
    const person = await join();
    const before = page(person);
    await Promise.all([before.ready(), before.saved()]);
    const hold = await holdJournal(server.databaseUrl);
    before.write(' Written.');
    leave(before);
    const after = page(person);
    await after.shows('Start. Written.');
    await after.ready();
    expect(after.states.map(({ save }) => save.is)).not.toContain('saved');
    expect(after.session.state.save).toEqual({ is: 'saving' });
    await hold.release();
    await after.saved();
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toEqual([]);
  });
});

describe('What is written without a connection', () => {
  test('is kept on this device across a reload, and merges with what others wrote meanwhile', async () => {
    const { join, page, pieceId } = await desk();
    const [ana, ben] = [await join(), page(await join())];
    const before = page(ana);
    await Promise.all([before.ready(), before.saved(), ben.ready()]);
    before.network.cut();
    await before.is('offline', ({ save }) => save.is === 'offline');
    before.write(' Offline.');
    expect(before.session.hasUnsaved).toBe(true);
    await before.kept();
    expect(before.session.unsavedText()).toBe('Offline.');
    ben.session.doc.getText('body').insert(0, 'Meanwhile. ');
    await ben.saved();
    leave(before);

    expect(await unsavedPieces(ana.id, [pieceId])).toEqual([pieceId]);
    const after = page(ana, { network: before.network });
    await after.is('readable', ({ ready }) => ready);
    expect(after.text).toBe('Start. Offline.');
    await after.kept();
    expect(after.session.unsavedText()).toBe('Offline.');
    after.write(' Still offline.');
    after.comeBack();
    await Promise.all([after.saved(), ben.shows('Meanwhile. Start. Offline. Still offline.')]);
    await after.shows(ben.text);
    expect(after.session.unsavedText()).toBe('');
    await expect.poll(() => unsavedPieces(ana.id, [pieceId])).toEqual([]);
  });

  test('is readable on the next page though the server has never confirmed anything', async () => {
    const { join, page, pieceId } = await desk();
    const person = await join();
    const hold = await holdJournal(server.databaseUrl);
    const before = page(person);
    await before.ready();
    before.write(' Never confirmed.');
    await before.shows('Start. Never confirmed.');
    // Long enough for the device, and no report has come.
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toHaveLength(1);
    leave(before);
    const after = page(person, { network: before.network });
    await after.is('readable', ({ ready }) => ready);
    expect(after.text).toBe('Start. Never confirmed.');
    await hold.release();
    after.comeBack();
    await after.saved();
  });

  test('in two tabs of one person, both come back: nothing is lost, nothing is there twice', async () => {
    const { join, page, pieceId } = await desk();
    const person = await join();
    const [one, two] = [page(person), page(person)];
    await Promise.all([one.ready(), two.ready(), one.saved(), two.saved()]);
    one.network.cut();
    two.network.cut();
    one.session.doc.getText('body').insert(0, 'One. ');
    two.write(' Two.');
    await Promise.all([one.kept(), two.kept()]);
    one.comeBack();
    two.comeBack();
    await Promise.all([one.shows('One. Start. Two.'), two.shows('One. Start. Two.')]);
    await Promise.all([one.saved(), two.saved()]);
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toEqual([]);
  });

  test('of two tabs that die offline, one new page brings both back', async () => {
    const { join, page, pieceId } = await desk();
    const [person, ben] = [await join(), page(await join())];
    const [one, two] = [page(person), page(person)];
    await Promise.all([one.ready(), two.ready(), one.saved(), two.saved(), ben.ready()]);
    one.network.cut();
    two.network.cut();
    one.session.doc.getText('body').insert(0, 'One. ');
    two.write(' Two.');
    await Promise.all([one.kept(), two.kept()]);
    leave(one);
    leave(two);
    const after = page(person);
    await Promise.all([after.saved(), after.shows('One. Start. Two.')]);
    await ben.shows('One. Start. Two.');
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toEqual([]);
  });
});

describe('The copy on this device', () => {
  /** The device's database answers when `open` is called, and not before. */
  function slowDevice(): { open(): void } {
    const real = LocalCopy.open.bind(LocalCopy);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    vi.spyOn(LocalCopy, 'open').mockImplementationOnce(async (...args) => {
      await gate;
      return real(...args);
    });
    return { open: () => open() };
  }

  test('that is slow to open: its unsaved words are sent when they are here', async () => {
    const { join, page, pieceId } = await desk();
    const [person, ben] = [await join(), page(await join())];
    const before = page(person);
    await Promise.all([before.ready(), before.saved()]);
    before.network.cut();
    before.write(' Kept.');
    await before.kept();
    leave(before);
    const device = slowDevice();
    const after = page(person);
    await after.ready();
    expect(after.text).toBe('Start.');
    expect(after.session.state.save, 'not before the device was asked').toEqual({ is: 'saving' });
    device.open();
    await Promise.all([after.saved(), ben.shows('Start. Kept.')]);
    expect(after.text).toBe('Start. Kept.');
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toEqual([]);
  });

  test('that is slow to open: what was typed before is marked as unsaved in it, and kept', async () => {
    const { join, page, pieceId } = await desk();
    const person = await join();
    const device = slowDevice();
    const before = page(person);
    await before.ready();
    before.network.cut();
    await before.is('away', ({ link }) => link.at === 'away');
    before.write(' Typed early.');
    expect(before.session.state.save).toMatchObject({ is: 'offline', unsaved: true, kept: false });
    device.open();
    await before.kept();
    expect(await unsavedPieces(person.id, [pieceId])).toEqual([pieceId]);
  });

  test('that is taken away: writing goes on, is saved, and is not said to be kept', async () => {
    const { join, page, pieceId } = await desk();
    const [person, ben] = [await join(), page(await join())];
    const ana = page(person);
    await Promise.all([ana.ready(), ana.saved(), ben.ready()]);
    await expect.poll(() => unsavedPieces(person.id, [pieceId])).toEqual([]);
    await clearDevice(null);
    ana.write(' Goes on.');
    await Promise.all([ana.saved(), ben.shows('Start. Goes on.')]);
    ana.network.cut();
    ana.write(' In memory.');
    await ana.is('away', ({ link }) => link.at === 'away');
    expect(ana.session.state.save).toEqual({ is: 'offline', unsaved: true, kept: false });
  });

  test('is made anew when its person has signed in again', async () => {
    const { join, page } = await desk();
    const person = await join();
    let signedIn = true;
    const ana = page(person, { token: () => (signedIn ? person.token : 'nobody') });
    await Promise.all([ana.ready(), ana.saved()]);
    await clearDevice(null);
    signedIn = false;
    ana.network.cut();
    ana.comeBack();
    await ana.is('signed out', ({ link }) => link.at === 'ended' && link.reason === 'signed-out');
    ana.write(' While signed out.');
    signedIn = true;
    ana.session.resume();
    await ana.saved();
    ana.network.cut();
    ana.write(' Offline.');
    await ana.kept();
    const after = page(person, { network: ana.network });
    await after.is('readable', ({ ready }) => ready);
    expect(after.text).toBe('Start. While signed out. Offline.');
  });
});

describe('R4 an edit that is not taken', () => {
  test('is said to be refused, after a reload too, and is no longer once the right is back', async () => {
    const { join, page, pieceId } = await desk();
    const [person, ben] = [await join(), page(await join())];
    const before = page(person);
    await Promise.all([before.ready(), before.saved(), ben.ready()]);
    before.network.cut();
    before.write(' Refused.');
    await before.kept();
    await addMember(server, pieceId, person, 'reader');
    before.comeBack();
    const refused = { is: 'refused', reason: 'may_not_edit', kept: true };
    await before.is('refused', ({ save }) => save.is === 'refused');
    expect(before.session.state).toMatchObject({ save: refused, readOnly: true });
    expect(before.session.hasUnsaved).toBe(true);
    expect(before.session.unsavedText()).toBe('Refused.');
    leave(before);

    const after = page(person);
    await after.is('refused', ({ save }) => save.is === 'refused');
    expect(after.session.state).toMatchObject({ save: refused, readOnly: true });
    expect(after.session.unsavedText()).toBe('Refused.');
    expect(ben.text).toBe('Start.');
    await addMember(server, pieceId, person, 'writer');
    await Promise.all([after.saved(), ben.shows('Start. Refused.')]);
    expect(after.session.state.readOnly).toBe(false);
    expect(after.session.hasUnsaved).toBe(false);
  });

  test('of somebody who was taken off the piece is kept, and stays readable', async () => {
    const { join, page, pieceId } = await desk();
    const person = await join();
    const ana = page(person);
    await Promise.all([ana.ready(), ana.saved()]);
    ana.network.cut();
    ana.write(' Too late.');
    await ana.kept();
    await fetch(`${server.url}/api/pieces/${pieceId}/members/${person.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${adminToken}` },
    });
    ana.comeBack();
    await ana.is('ended', ({ link }) => link.at === 'ended');
    expect(ana.session.state).toMatchObject({
      link: { at: 'ended', reason: 'no-right' },
      save: { is: 'refused', reason: 'right_withdrawn', kept: true },
      readOnly: true,
    });
    expect(ana.text).toBe('Start. Too late.');
    expect(ana.session.unsavedText()).toBe('Too late.');
  });
});

test('P1 4401 with a session that is alive: it goes on silently, and nothing is lost', async () => {
  const { join, page } = await desk();
  const person = await join();
  const made = await fetch(`${server.url}/api/users/${person.id}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'short' }),
  });
  const short = (await made.json()) as { id: string; token: string };
  let token = short.token;
  const renew = vi.fn(async () => {
    token = person.token;
    return true;
  });
  const ana = page(person, { token: () => token, renew });
  await Promise.all([ana.ready(), ana.saved()]);
  await fetch(`${server.url}/api/users/${person.id}/tokens/${short.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${adminToken}` },
  });
  await expect.poll(() => renew.mock.calls.length).toBe(1);
  ana.write(' Renewed.');
  await ana.saved();
  expect(ana.states.map(({ link }) => link.at)).not.toContain('ended');
});
