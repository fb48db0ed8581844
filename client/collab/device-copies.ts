import * as idb from 'lib0/indexeddb';
import { customStore, markPrefix, nameOf } from './local-copy.ts';

/** Ids of the pieces of which this device holds edits of that person that may not be saved. */
export async function unsavedPieces(userId: string): Promise<string[]> {
  const pieces = await copiesOf(userId);
  const unsaved = await Promise.all(
    pieces.map(async (pieceId) => ((await hasMarks(nameOf(userId, pieceId))) ? pieceId : null)),
  );
  return unsaved.filter((pieceId) => pieceId !== null);
}

/** Takes a person's copies off this device, but for those with edits that may not be saved. */
export async function forgetSavedCopies(userId: string): Promise<void> {
  const unsaved = await unsavedPieces(userId);
  const saved = (await copiesOf(userId)).filter((pieceId) => !unsaved.includes(pieceId));
  await Promise.all(saved.map((pieceId) => idb.deleteDB(nameOf(userId, pieceId))));
}

async function copiesOf(userId: string): Promise<string[]> {
  const prefix = nameOf(userId, '');
  try {
    const databases = await indexedDB.databases();
    return databases.flatMap(({ name }) =>
      name?.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    );
  } catch (error) {
    console.warn('What is kept on this device cannot be listed', error);
    return [];
  }
}

async function hasMarks(name: string): Promise<boolean> {
  const db = await idb.openDB(name, () => undefined);
  try {
    if (!db.objectStoreNames.contains(customStore)) return false;
    const [custom] = idb.transact(db, [customStore], 'readonly');
    const keys = custom === undefined ? [] : ((await idb.getAllKeys(custom)) as unknown[]);
    return keys.some((key) => typeof key === 'string' && key.startsWith(markPrefix));
  } finally {
    db.close();
  }
}
