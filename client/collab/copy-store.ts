/**
 * How a copy of a piece lies on this device: a database of its own, whose name and rows tell nothing
 * without the keys (P4).
 */
import * as idb from 'lib0/indexeddb';
import { nameFor, type DeviceKeys } from '../device/keys.ts';
import type { Sealed } from '../device/seal.ts';

const updatesStore = 'updates';
const customStore = 'custom';
/** In `customStore`: the session whose key the saved rows are sealed with. */
export const sessionKey = 'session';
/** What the server is known to have had: a state vector, sealed. */
export const syncedKey = 'synced';
/** Before the clientID of a page that wrote what may not be saved. */
export const markPrefix = 'unsaved:';
const namePrefix = 'counterpoint:';

/** Updates of the document, sealed. `unsaved`: of words that no server may have, with the person's key. */
export interface Row extends Sealed {
  readonly unsaved: boolean;
}

export async function nameOf(keys: DeviceKeys, pieceId: string): Promise<string> {
  return namePrefix + (await nameFor(keys, pieceId));
}

/** The names of all copies on this device, of whomever; those of before P4 among them. */
export async function copyNames(): Promise<string[]> {
  const databases = await indexedDB.databases();
  return databases.flatMap(({ name }) => (name?.startsWith(namePrefix) ? [name] : []));
}

/** Before P4, a copy lay in the clear, and its name said whose it was and of which piece. */
export function readOldName(name: string): { userId: string; pieceId: string } | null {
  const [, userId, pieceId] = name.split(':');
  return userId === undefined || pieceId === undefined ? null : { userId, pieceId };
}

/** `session`: whose a new one is, from its first moment. Else a window that clears up would take it. */
export function openStore(name: string, session?: string): Promise<IDBDatabase> {
  return idb.openDB(name, (db) => {
    db.createObjectStore(updatesStore, { autoIncrement: true });
    const custom = db.createObjectStore(customStore);
    if (session !== undefined) custom.put(session, sessionKey);
  });
}

export interface Stores {
  readonly updates: IDBObjectStore;
  readonly custom: IDBObjectStore;
}

/** To be read in one transaction. */
export function storesOf(db: IDBDatabase): Stores {
  const transaction = db.transaction([updatesStore, customStore]);
  return {
    updates: transaction.objectStore(updatesStore),
    custom: transaction.objectStore(customStore),
  };
}

/** Acts in one transaction; resolves when it is on the disk, rejects when it is not. */
export async function write(
  db: IDBDatabase,
  act: (stores: Stores) => void | Promise<void>,
): Promise<void> {
  const transaction = db.transaction([updatesStore, customStore], 'readwrite');
  const written = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('Nothing was written'));
  });
  const stores = {
    updates: transaction.objectStore(updatesStore),
    custom: transaction.objectStore(customStore),
  };
  await Promise.all([act(stores), written]);
}

/** The marks of pages that wrote what may not be saved, with what they say. */
export async function readMarks(custom: IDBObjectStore): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const key of (await idb.getAllKeys(custom)) as unknown[]) {
    if (typeof key !== 'string' || !key.startsWith(markPrefix)) continue;
    found.set(key, await idb.get(custom, key));
  }
  return found;
}

/** Takes out what an ended session left, all but unsaved words. */
export function dropSaved(db: IDBDatabase): Promise<void> {
  return write(db, async ({ updates, custom }) => {
    custom.delete(sessionKey);
    custom.delete(syncedKey);
    await idb.iterate(updates, null, (row: Row, key: IDBValidKey) => {
      if (!row.unsaved) updates.delete(key);
    });
  });
}
