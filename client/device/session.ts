import type { DeviceKeys } from './keys.ts';
import { offline } from './offline.ts';

const loading = () => import('./loading.ts');

let held: Promise<DeviceKeys | null> | null = null;

/** Asks for the keys before it is known whose they are. */
export function fetchKeysAhead(): void {
  held ??= loading().then(({ fetchAhead, loadKeys }) => {
    fetchAhead();
    return loadKeys();
  });
}

/** The keys of this browser's session. Null where that person has none here: nothing is kept then. */
export async function deviceKeys(userId: string): Promise<DeviceKeys | null> {
  fetchKeysAhead();
  const asked = held;
  const keys = await asked?.catch((error: unknown) => {
    console.warn('Nothing can be kept on this device', error);
    return null;
  });
  if (keys?.userId === userId) return keys;
  if (held === asked) held = null;
  return null;
}

/** The session may be another one now: who needs its keys asks for them anew. */
export function askForKeysAgain(): void {
  held = null;
}

/**
 * The session has ended, in whatever way. Its keys go, and so do the copies that they open; words that
 * no server has stay, for the same person's next session.
 */
export async function sessionEnded(): Promise<void> {
  held = null;
  offline.holdKeys(null);
  offline.holdMe(null);
  offline.serverAnswered();
  await (await loading()).clearAllBut(null);
}
