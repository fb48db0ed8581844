import type { Transaction } from '../db/connect.ts';

const peopleLock = 0x636f756e; // "coun"

/**
 * Until the transaction ends, nobody else makes first people or takes an admin away: servers that
 * start together make them once, and two admins who shut each other out at once leave one.
 */
export async function lockPeople(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(${peopleLock})`;
}
