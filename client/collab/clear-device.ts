import * as idb from 'lib0/indexeddb';
import * as Y from 'yjs';
import type { DeviceKeys } from '../device/keys.ts';
import { seal } from '../device/seal.ts';
import {
  copyNames,
  dropSaved,
  nameOf,
  openStore,
  readMarks,
  readOldName,
  sessionKey,
  storesOf,
  write,
  type Row,
} from './copy-store.ts';

/**
 * Takes off this device all that is not of the session with these keys, whoever it was of; of none
 * where they are null. Words that no server may have stay, and can be read by the same person only.
 */
export async function clearDevice(keys: DeviceKeys | null): Promise<void> {
  for (const name of await copyNames()) {
    const old = readOldName(name);
    if (old === null) await clearCopy(name, keys?.mark ?? null);
    else await clearOld(name, old, keys);
  }
}

async function clearCopy(name: string, mark: string | null): Promise<void> {
  const db = await openStore(name);
  let left: Map<string, unknown>;
  try {
    const { custom } = storesOf(db);
    const [session, marks] = await Promise.all([idb.get(custom, sessionKey), readMarks(custom)]);
    if (mark !== null && (session as unknown) === mark) return;
    left = marks;
    if (left.size > 0) await dropSaved(db);
  } finally {
    db.close();
  }
  if (left.size === 0) await idb.deleteDB(name);
}

/**
 * A copy of before P4 lies in the clear. Unsaved words are taken over when their own person is here:
 * before, nobody has the key to seal them with, and to delete them would lose them.
 */
async function clearOld(
  name: string,
  { userId, pieceId }: { userId: string; pieceId: string },
  keys: DeviceKeys | null,
): Promise<void> {
  const db = await openStore(name);
  try {
    const { updates, custom } = storesOf(db);
    const [rows, marks] = await Promise.all([
      idb.getAll(updates) as Promise<Uint8Array[]>,
      readMarks(custom),
    ]);
    if (marks.size > 0) {
      if (keys?.userId !== userId) return;
      await takeOver(keys, pieceId, Y.mergeUpdates(rows), marks);
    }
  } finally {
    db.close();
  }
  await idb.deleteDB(name);
}

async function takeOver(
  keys: DeviceKeys,
  pieceId: string,
  update: Uint8Array,
  marks: ReadonlyMap<string, unknown>,
): Promise<void> {
  const db = await openStore(await nameOf(keys, pieceId), keys.mark);
  try {
    const row: Row = { ...(await seal(keys.person, update)), unsaved: true };
    await write(db, ({ updates, custom }) => {
      updates.add(row);
      for (const [mark, said] of marks) custom.put(said, mark);
    });
  } finally {
    db.close();
  }
}
