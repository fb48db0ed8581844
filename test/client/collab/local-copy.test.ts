import 'fake-indexeddb/auto';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { forgetSavedCopies, unsavedPieces } from '../../../client/collab/device-copies.ts';
import { LocalCopy } from '../../../client/collab/local-copy.ts';

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
async function page(userId: string, pieceId = 'piece') {
  const doc = new Y.Doc();
  const lost = vi.fn();
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, tr: Y.Transaction) => {
    if (tr.local) copy?.markUnsaved();
  });
  let copy: LocalCopy | null = null;
  copy = await LocalCopy.open(userId, pieceId, doc, lost);
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
    expect(await unsavedPieces(user)).toEqual(['piece']);
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
    expect(await unsavedPieces(user)).toEqual([]);
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
    expect(() => first.write(' Not here.')).toThrow('full');
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
    await forgetSavedCopies(user);
    await expect.poll(() => first.lost.mock.calls.length).toBe(1);
    first.write(' Goes on.');
    expect(first.body.toJSON()).toBe('Saved. Goes on.');
    expect(first.copy.isLost).toBe(true);
    expect(await first.copy.isKept()).toBe(false);
    await first.copy.allSaved();
    expect(await unsavedPieces(user)).toEqual([]);
  });

  test('signing out takes saved copies away, and leaves those with unsaved words', async () => {
    const user = someUser();
    const [saved, unsaved] = [await page(user, 'saved'), await page(user, 'unsaved')];
    saved.write('a');
    unsaved.write('b');
    await saved.copy.allSaved();
    await forgetSavedCopies(user);
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names.filter((name) => name?.includes(user))).toEqual([`counterpoint:${user}:unsaved`]);
  });

  test('where the device keeps nothing there is no copy, and that is said', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('private window', 'SecurityError');
    });
    const doc = new Y.Doc();
    expect(await LocalCopy.open('user', 'piece', doc, () => undefined)).toBeNull();
    expect(warned).toHaveBeenCalledOnce();
  });
});
