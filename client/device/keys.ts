import type { DeviceKeys as Given } from '../../shared/api/people.ts';

/** What a session keeps on this device with. None of it can be read out of the browser by scripts. */
export interface DeviceKeys {
  readonly userId: string;
  /** When the session ends if it is not used, in ms since 1970. */
  readonly until: number;
  /** Tells one session from another, and nothing else. */
  readonly mark: string;
  /** For what the server has. Gone with the session. */
  readonly session: CryptoKey;
  /** For words that no server has yet: the same in every session of this person. */
  readonly person: CryptoKey;
  /** Makes names of databases that tell neither whose they are nor what is in them. */
  readonly names: CryptoKey;
}

/** Null where the browser encrypts nothing, as in pages that come over http from another machine. */
export async function importKeys(given: Given): Promise<DeviceKeys | null> {
  // The DOM's type says that it is always there.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return null;
  const bytes = (text: string) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const [session, person] = [bytes(given.session), bytes(given.person)];
  const aes = (raw: Uint8Array<ArrayBuffer>) =>
    subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const hmac = (raw: Uint8Array<ArrayBuffer>) =>
    subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const names = await hmac(person);
  const derived = async (key: CryptoKey, purpose: string) =>
    new Uint8Array(await subtle.sign('HMAC', key, new TextEncoder().encode(purpose)));
  return {
    userId: given.userId,
    until: Date.parse(given.until),
    mark: toName(await derived(await hmac(session), 'mark')),
    session: await aes(session),
    person: await aes(await derived(names, 'unsaved words')),
    names,
  };
}

/** A name for `what` that only this person can make. */
export async function nameFor({ names }: DeviceKeys, what: string): Promise<string> {
  const bytes = await crypto.subtle.sign('HMAC', names, new TextEncoder().encode(`name ${what}`));
  return toName(new Uint8Array(bytes));
}

function toName(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes.subarray(0, 15))).replace(/[+/]/g, (sign) =>
    sign === '+' ? '-' : '_',
  );
}
