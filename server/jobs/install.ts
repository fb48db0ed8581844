import type { Sql, Transaction } from '../db/connect.ts';
import { StartupError } from '../db/startup-error.ts';
import { jobKinds, type JobKind } from './kinds.ts';
import { libraryVersion, tablesOfLibrary } from './library.ts';

/** What is wrong with the tables of the job library, which are there, and what to do; null: nothing. */
export async function mistakeInJobs(sql: Sql | Transaction): Promise<string | null> {
  const [row] = await sql<{ version: number }[]>`select version from boss_version`;
  if (row?.version === libraryVersion) return null;
  return `The database's jobs are of another version (${row?.version}, and this one is ${libraryVersion}): run the version of Counterpoint that it was last used with`;
}

/**
 * Makes the tables of the job library, and a queue for each kind, where they are missing. The tables are
 * made by what the library says, and not by a migration of ours: so they are its own to the letter.
 *
 * @param tx - holds the lock of migrations: servers that start together make them once
 * @throws StartupError where the tables are of another version of the library
 */
export async function installJobs(
  tx: Transaction,
  kinds: readonly JobKind[] = jobKinds,
): Promise<void> {
  const [found] = await tx<{ there: boolean }[]>`
    select to_regclass('boss_version') is not null as there`;
  if (found?.there !== true) await tx.unsafe(await tablesOfLibrary()).simple();
  const mistake = await mistakeInJobs(tx);
  if (mistake !== null) throw new StartupError(mistake);
  const [row] = await tx<{ queues: string[] }[]>`
    select array(select name from boss_queue) as queues`;
  const queues = row?.queues ?? [];
  for (const { name } of kinds) {
    if (queues.includes(name)) continue;
    // Of one key, one job waits and one is being done at a time, whoever does it.
    await tx`select boss_create_queue(${name}, '{"policy": "stately"}')`;
  }
}
