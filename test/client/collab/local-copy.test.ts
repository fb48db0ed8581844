import 'fake-indexeddb/auto';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { clearDevice } from '../../../client/collab/clear-device.ts';
import { copyNames, nameOf, openStore } from '../../../client/collab/copy-store.ts';
import { LocalCopy } from '../../../client/collab/local-copy.ts';
import { keysOf, unsavedPieces } from './device.ts';

const open: { copy: LocalCopy; doc: Y.Doc }[] = [];
let names = 0;

afterEach(async () => {
  vi.restoreAllMocks();
  for (const { copy, doc } of open.splice(0)) {
    await copy.close();
    doc.destroy();
  }
});

const someUser = () => `user-${++names}`;

/** A page that shows the piece: each edit is marked before it is stored, as the session does. */
async function page(userId: string, pieceId = 'piece', session?: string) {
  const doc = new Y.Doc();
  const lost = vi.fn();
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, tr: Y.Transaction) => {
    if (tr.local) copy?.markUnsaved();
  });
  let copy: LocalCopy | null = null;
  copy = await LocalCopy.open(await keysOf(userId, session), pieceId, doc, lost);
  if (copy === null) throw new Error('the copy could not be opened');
  open.push({ copy, doc });
  const body = doc.getText('body');
  return { doc, body, copy, lost, write: (text: string) => body.insert(body.length, text) };
}

describe('The copy on this device', () => {
  test('holds what was written, and whose it is, for the next page', async () => {
    const user = someUser();
    const first = await page(user);
    expect(first.copy.serverHas).toBeNull();
    first.write('Kept.');
    expect(await first.copy.isKept()).toBe(true);
    const second = await page(user);
    expect(second.body.toJSON()).toBe('Kept.');
    expect(second.copy.unsavedClients).toEqual([first.doc.clientID]);
    expect(await unsavedPieces(user, ['piece'])).toEqual(['piece']);
  });

  test('is clean once the server has everything', async () => {
    const user = someUser();
    const first = await page(user);
    first.write('Saved.');
    await first.copy.allSaved();
    const second = await page(user);
    expect(second.copy.unsavedClients).toEqual([]);
    expect(Y.decodeStateVector(second.copy.serverHas!)).toEqual(
      new Map([[first.doc.clientID, 'Saved.'.length]]),
    );
    expect(await unsavedPieces(user, ['piece'])).toEqual([]);
  });

  test('what was written while "all saved" was being noted stays marked', async () => {
    const user = someUser();
    const first = await page(user);
    first.write('Saved.');
    const noted = first.copy.allSaved();
    first.write(' Not yet.');
    await noted;
    expect((await page(user)).copy.unsavedClients).toEqual([first.doc.clientID]);
  });

  test('a tab does not take the mark of one beside it that has gone on writing', async () => {
    const user = someUser();
    const beside = await page(user);
    beside.write('One.');
    expect(await beside.copy.isKept()).toBe(true);
    const second = await page(user);
    beside.write(' Two.');
    await second.copy.allSaved();
    expect((await page(user)).copy.unsavedClients).toEqual([beside.doc.clientID]);
    await beside.copy.allSaved();
    expect((await page(user)).copy.unsavedClients).toEqual([]);
  });

  test('is whole once it holds what the server had, saved or not', async () => {
    const user = someUser();
    const first = await page(user);
    expect(first.copy.isWhole).toBe(false);
    first.write('Text of the server.');
    first.copy.noteServerHas(Y.encodeStateVector(first.doc));
    const second = await page(user);
    expect(second.copy.isWhole).toBe(true);
    expect(second.copy.unsavedClients).toEqual([first.doc.clientID]);
    second.copy.noteServerHas(Y.encodeStateVector(new Y.Doc()));
    const more = new Y.Doc();
    more.getText('body').insert(0, 'never stored here');
    second.copy.noteServerHas(Y.encodeStateVector(more));
    expect((await page(user)).copy.isWhole).toBe(false);
  });

  test('P2 is one for each person', async () => {
    const [ana, ben] = [await page(someUser()), await page(someUser())];
    ana.write('Ana’s.');
    expect(await ana.copy.isKept()).toBe(true);
    expect(ben.copy.unsavedClients).toEqual([]);
    expect((await page('nobody')).body.toJSON()).toBe('');
  });
});

describe('"Kept on this device" is said of what is on the disk', () => {
  /** The disk takes no more than what is added before now. */
  function fullDisk() {
    return vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (
      this: IDBObjectStore,
    ) {
      this.transaction.abort();
      throw new DOMException('full', 'QuotaExceededError');
    });
  }

  test('not of what could not be written, though a tab beside this one writes on', async () => {
    const user = someUser();
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const first = await page(user);
    const beside = await page(user);
    first.write('Here.');
    expect(await first.copy.isKept()).toBe(true);

    const full = fullDisk();
    first.write(' Not here.');
    expect(await first.copy.isKept()).toBe(false);
    full.mockRestore();
    beside.write('A row of somebody else.');
    const again = fullDisk();
    expect(await first.copy.isKept()).toBe(false);
    again.mockRestore();
    expect(warned).toHaveBeenCalled();

    expect(await first.copy.isKept(), 'when there is room again').toBe(true);
    expect((await page(user)).body.toJSON()).toContain('Here. Not here.');
  });

  test('a copy that is taken away breaks no editing, and is not said to keep anything', async () => {
    const user = someUser();
    const first = await page(user);
    first.write('Saved.');
    await first.copy.allSaved();
    await clearDevice(null);
    await expect.poll(() => first.lost.mock.calls.length).toBe(1);
    first.write(' Goes on.');
    expect(first.body.toJSON()).toBe('Saved. Goes on.');
    expect(first.copy.isLost).toBe(true);
    expect(await first.copy.isKept()).toBe(false);
    await first.copy.allSaved();
    expect(await unsavedPieces(user, ['piece'])).toEqual([]);
  });

  test('signing out takes saved copies away, and leaves those with unsaved words', async () => {
    const user = someUser();
    const [saved, unsaved] = [await page(user, 'saved'), await page(user, 'unsaved')];
    saved.write('a');
    unsaved.write('b');
    await saved.copy.allSaved();
    expect(await unsaved.copy.isKept()).toBe(true);
    await clearDevice(null);
    const names = await copyNames();
    expect(names).toContain(unsaved.copy.name);
    expect(names).not.toContain(saved.copy.name);
  });

  test('where the device keeps nothing there is no copy, and that is said', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('private window', 'SecurityError');
    });
    const doc = new Y.Doc();
    expect(await LocalCopy.open(await keysOf('user'), 'piece', doc, () => undefined)).toBeNull();
    expect(warned).toHaveBeenCalledOnce();
  });
});

/** All that lies in this device's databases, as one text for each way to read bytes as letters. */
async function onTheDisk(): Promise<string> {
  const read: string[] = [];
  const bytes = (value: unknown): void => {
    if (value instanceof ArrayBuffer) bytes(new Uint8Array(value));
    else if (ArrayBuffer.isView(value)) {
      const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      read.push(
        view.toString('utf8'),
        view.toString('utf16le'),
        view.subarray(1).toString('utf16le'),
      );
    } else if (value !== null && typeof value === 'object') {
      for (const each of Object.values(value)) bytes(each);
    } else read.push(String(value));
  };
  for (const { name } of await indexedDB.databases()) {
    read.push(name!);
    const db = await openStore(name!);
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store);
      for (const request of [rows.getAll(), rows.getAllKeys()]) {
        await new Promise((resolve) => (request.onsuccess = resolve));
        for (const each of request.result as unknown[]) bytes(each);
      }
    }
    db.close();
  }
  return read.join('\n');
}

describe('P4 the copy is of one session', () => {
  test('neither what is saved nor what is not can be read on the disk, nor whose or which it is', async () => {
    const user = someUser();
    const first = await page(user, 'the-piece');
    first.write('Harbour dues. ');
    await first.copy.allSaved();
    first.write('Überfluß 漢字. ');
    expect(await first.copy.isKept()).toBe(true);
    const disk = await onTheDisk();
    for (const words of ['Harbour', 'dues', 'berflu', '漢字', user, 'the-piece']) {
      expect(disk).not.toContain(words);
    }
    expect((await page(user, 'the-piece')).body.toJSON()).toBe('Harbour dues. Überfluß 漢字. ');
  });

  test('of the next session: unsaved words are there, and the text of the last is not', async () => {
    const user = someUser();
    const doc = new Y.Doc();
    doc.getText('body').insert(0, 'The server’s. ');
    const first = await page(user, 'piece', 'first');
    Y.applyUpdate(first.doc, Y.encodeStateAsUpdate(doc), 'the server');
    first.copy.noteServerHas(Y.encodeStateVector(doc));
    first.write('Mine.');
    expect(await first.copy.isKept()).toBe(true);
    await first.copy.close();

    const second = await page(user, 'piece', 'second');
    expect(second.copy.isWhole).toBe(false);
    expect(second.copy.unsavedClients).toEqual([first.doc.clientID]);
    expect(second.body.toJSON(), 'they wait for the text that they stand in').toBe('');
    Y.applyUpdate(second.doc, Y.encodeStateAsUpdate(doc), 'the server');
    expect(second.body.toJSON()).toBe('The server’s. Mine.');
  });

  test('once they are saved they go with the session too', async () => {
    const user = someUser();
    const first = await page(user, 'piece', 'first');
    first.write('Saved by now.');
    await first.copy.allSaved();
    await first.copy.close();
    const second = await page(user, 'piece', 'second');
    expect(second.body.toJSON()).toBe('');
    const db = await openStore(second.copy.name);
    const rows = db.transaction('updates').objectStore('updates').count();
    await new Promise((resolve) => (rows.onsuccess = resolve));
    expect(rows.result).toBe(0);
    db.close();
  });

  test('nobody else gets what one person left', async () => {
    const [ana, ben] = [someUser(), someUser()];
    const first = await page(ana);
    first.write('Ana’s.');
    expect(await first.copy.isKept()).toBe(true);
    await first.copy.close();
    await clearDevice(await keysOf(ben));
    const other = await page(ben);
    expect(other.body.toJSON()).toBe('');
    expect(other.copy.unsavedClients).toEqual([]);
    expect((await page(ana, 'piece', 'a later one')).body.toJSON()).toBe('Ana’s.');
  });

  test('of many keys a few rows are kept, and each key', async () => {
    const user = someUser();
    const first = await page(user);
    const words = Array.from({ length: 900 }, (_, i) => `${i} `);
    for (const word of words) {
      first.write(word);
      expect(await first.copy.isKept()).toBe(true);
    }
    const db = await openStore(first.copy.name);
    const rows = db.transaction('updates').objectStore('updates').count();
    await new Promise((resolve) => (rows.onsuccess = resolve));
    expect(rows.result).toBeLessThan(500);
    db.close();
    expect((await page(user, 'piece', 'next')).body.toJSON()).toBe(words.join(''));
  });

  test('a copy of before, in the clear: unsaved words are taken over, and nothing of it stays', async () => {
    const [user, piece] = [
      '0190aaaa-0000-7000-8000-000000000001',
      '0190bbbb-0000-7000-8000-00000000000',
    ];
    const old = async (pieceId: string, marks: Record<string, unknown>) => {
      const doc = new Y.Doc();
      doc.getText('body').insert(0, `In the clear ${pieceId.at(-1)}.`);
      const db = await openStore(`counterpoint:${user}:${pieceId}`);
      const writing = db.transaction(['updates', 'custom'], 'readwrite');
      writing.objectStore('updates').add(Y.encodeStateAsUpdate(doc));
      for (const [key, value] of Object.entries(marks))
        writing.objectStore('custom').put(value, key);
      await new Promise((resolve) => (writing.oncomplete = resolve));
      db.close();
    };
    await old(`${piece}1`, { 'unsaved:7': 1 });
    await old(`${piece}2`, {});
    // Without their person there is no key to keep them with.
    await clearDevice(null);
    const names = await copyNames();
    expect(names).toContain(`counterpoint:${user}:${piece}1`);
    expect(names).not.toContain(`counterpoint:${user}:${piece}2`);
    await clearDevice(await keysOf(user));
    expect(await onTheDisk()).not.toContain('In the clear');
    expect(await copyNames()).toContain(await nameOf(await keysOf(user), `${piece}1`));
    const after = await page(user, `${piece}1`);
    expect(after.body.toJSON()).toBe('In the clear 1.');
    expect(after.copy.unsavedClients).toEqual([7]);
  });
});
