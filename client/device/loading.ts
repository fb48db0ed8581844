import type { DeviceKeys as Given } from '../../shared/api/people.ts';
import { ApiProblem, call } from '../api/http.ts';
import { importKeys, type DeviceKeys } from './keys.ts';
import { offline } from './offline.ts';

/** What a browser remembered in the clear before P4: who was here, and their role on each piece. */
const oldItems = /^counterpoint-(me$|role:)/;

/** What of an ended session is being taken off this device. */
let clearing: Promise<void> = Promise.resolve();

/** Asks the server for the keys; where it does not answer, takes those that were kept for that. */
export async function loadKeys(): Promise<DeviceKeys | null> {
  try {
    const keys = await importKeys(await call<Given>('GET', '/session/device-keys'));
    if (keys === null) console.warn('This browser encrypts nothing here, so nothing is kept');
    offline.holdKeys(keys);
    // Before a copy is opened, which it could take for an earlier session's.
    await clearAllBut(keys);
    return keys;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'network') return offline.take();
    console.warn('Nothing can be kept on this device', error);
    return null;
  }
}

/** What opens a copy, so that it is here before the network may go. */
export function fetchAhead(): void {
  Promise.all([import('../collab/local-copy.ts'), import('../collab/clear-device.ts')]).catch(
    (error: unknown) => {
      console.warn('What keeps texts on this device could not be loaded', error);
    },
  );
}

/** Takes off this device what is not of this session. Loaded for it: the list does without Yjs. */
export function clearAllBut(keys: DeviceKeys | null): Promise<void> {
  clearing = clearing.then(async () => {
    for (const item of Object.keys(localStorage)) {
      if (oldItems.test(item)) localStorage.removeItem(item);
    }
    try {
      const { clearDevice } = await import('../collab/clear-device.ts');
      await clearDevice(keys);
    } catch (error) {
      console.warn('What is kept on this device could not be cleared', error);
    }
  });
  return clearing;
}
