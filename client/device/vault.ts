/**
 * Puts on the disk what lets this browser open its copies again while no server answers, and takes it
 * off: see offline.ts.
 */
import type { Known } from './offline.ts';
import type { DeviceKeys } from './keys.ts';
import { seal, unseal, type Sealed } from './seal.ts';
import { settled } from './settled.ts';

interface Kept extends Omit<DeviceKeys, 'userId'> {
  readonly known: Sealed;
}

const database = 'counterpoint_offline';
const store = 'session';

export async function keep(keys: DeviceKeys, known: Known): Promise<void> {
  const { until, mark, session, person, names } = keys;
  const sealed = await seal(session, new TextEncoder().encode(JSON.stringify(known)));
  const kept: Kept = { until, mark, session, person, names, known: sealed };
  await inDatabase('readwrite', (stored) => stored.put(kept, 0));
}

/** Null: nothing is kept, or nothing whose time is not over. */
export async function read(): Promise<{ keys: DeviceKeys; known: Known } | null> {
  const names = await indexedDB.databases();
  if (!names.some(({ name }) => name === database)) return null;
  const found = (await inDatabase('readonly', (stored) => stored.get(0))) as Kept | undefined;
  if (found === undefined) return null;
  if (found.until <= Date.now()) {
    await forget();
    return null;
  }
  const { known: sealed, ...rest } = found;
  const bytes = await unseal(rest.session, sealed);
  const known = JSON.parse(new TextDecoder().decode(bytes)) as Known;
  return { keys: { ...rest, userId: known.me.id }, known };
}

export async function forget(): Promise<void> {
  await settled(indexedDB.deleteDatabase(database));
}

async function inDatabase(
  mode: IDBTransactionMode,
  act: (stored: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const opening = indexedDB.open(database);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store);
  const db = await settled(opening);
  try {
    return await settled(act(db.transaction(store, mode).objectStore(store)));
  } finally {
    db.close();
  }
}
