import { hash, verify, type Options } from '@node-rs/argon2';

/**
 * argon2id (the library's default algorithm) with the costs that OWASP names for it: 19 MiB, two
 * passes. About 20 ms of one core, off the event loop.
 */
const costs: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of no password: what is compared with where there is nobody, or no password yet. */
const nobodys = hash(crypto.randomUUID(), costs);

export function hashPassword(password: string): Promise<string> {
  return hash(password, costs);
}

/**
 * Whether the password is the one that was hashed. `stored` is null where there is no such person or
 * they have none: that takes the same time, so that nobody learns who has an account.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await nobodys), password);
  return stored !== null && matches;
}
