/** A device's keys and copies, as a browser has them. */
import { createHash } from 'node:crypto';
import { copyNames, nameOf, openStore, readMarks } from '../../../client/collab/copy-store.ts';
import { importKeys, type DeviceKeys } from '../../../client/device/keys.ts';

/** The keys that the server would give to this person's session of that name. */
export async function keysOf(userId: string, session = 'a session'): Promise<DeviceKeys> {
  const secret = (of: string) => createHash('sha256').update(of).digest('base64');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const given = { session: secret(`${userId} ${session}`), person: secret(userId) };
  const keys = await importKeys({ userId, until, ...given });
  if (keys === null) throw new Error('No Web Crypto here');
  return keys;
}

/** Those of the pieces of which this device holds edits of that person that may not be saved. */
export async function unsavedPieces(userId: string, pieces: readonly string[]): Promise<string[]> {
  const keys = await keysOf(userId);
  const unsaved = await Promise.all(
    pieces.map(async (pieceId) => ((await hasMarks(await nameOf(keys, pieceId))) ? pieceId : null)),
  );
  return unsaved.filter((pieceId) => pieceId !== null);
}

async function hasMarks(name: string): Promise<boolean> {
  if (!(await copyNames()).includes(name)) return false;
  const db = await openStore(name);
  try {
    return (await readMarks(db.transaction('custom').objectStore('custom'))).size > 0;
  } finally {
    db.close();
  }
}
