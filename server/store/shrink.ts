import type { Log } from '../collab/ports.ts';
import { connect, type Sql } from '../db/connect.ts';

/** How long a table's lock is waited for: everybody who writes waits behind that. */
const lockTimeout = '2s';

/** Tables that packing leaves full of holes. What passes through `large_parts` is gone at once, its room is not. */
const tables = ['journal', 'snapshots', 'large_parts'] as const;

/** What they take on disk, TOAST and indexes included, in bytes. */
export async function sizeOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(name::regclass))::bigint as bytes
    from unnest(${[...tables]}::text[]) as name`;
  return row?.bytes ?? 0;
}

/**
 * Gives the room of what was packed back to the disk. A table is written anew, which takes as long as
 * what is left in it; a server that runs meanwhile saves what it holds as soon as that is done. Where
 * a table is too busy to be had, its room is only kept for what comes. False: one was.
 * @param url - of a session of our own: a pooler's transactions cannot do it
 */
export async function shrink(url: string, log: Log): Promise<boolean> {
  const sql = connect(url, { log, name: 'counterpoint shrink', max: 1, statementTimeout: 0 });
  try {
    await sql.unsafe(`set lock_timeout = '${lockTimeout}'`);
    let all = true;
    for (const table of tables) {
      try {
        await sql.unsafe(`vacuum (full, analyze) ${table}`);
      } catch (err) {
        if ((err as { readonly code?: unknown }).code !== lockNotAvailable) throw err;
        await sql.unsafe(`vacuum (analyze) ${table}`);
        all = false;
      }
    }
    return all;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const lockNotAvailable = '55P03';
