/** Bytes that only who has the key can read: AES-GCM, with a nonce of its own for each. */
export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

export async function seal(key: CryptoKey, bytes: Uint8Array): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  // A copy: what a view is part of may be longer, and may be shared.
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(bytes));
  return { iv, data };
}

/** Rejects where it was sealed with another key, or is not what was sealed. */
export async function unseal(key: CryptoKey, { iv, data }: Sealed): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data));
}
