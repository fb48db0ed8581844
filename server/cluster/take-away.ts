import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '../db/connect.ts';
import { hasEnded, type Process } from './process.ts';
import { deadMs, Watch } from './watch.ts';

/** Between two looks, in ms; see `Watch`. */
const lookMs = 500;
/** A server says that it lives every second; one that has said nothing for `deadMs` is found by then, in ms. */
const mostMs = deadMs + 4 * lookMs;

/** A server as it stands in the table. */
export interface Seen extends Process {
  /** When it last said that it lives, by the clock of the database, as text. */
  readonly seenAt: string;
}

/**
 * Takes a server away that has not said anything since it was seen, unless it is just committing something:
 * from then on nothing that it has not committed will be. False: it stays for now.
 */
export async function takeAway(sql: Sql, { id, seenAt }: Seen): Promise<boolean> {
  const gone = await sql`
    delete from servers where id in (
      select id from servers where id = ${id} and seen_at::text = ${seenAt}
      for update skip locked
    )
    returning id`;
  return gone.length > 0;
}

/**
 * Takes away the servers that do not know a migration and have ended, by the rules of those that run beside
 * them (C3), for who is no server. Resolves when each that is left has been seen to live.
 */
export async function takeEndedAway(sql: Sql, migration: string): Promise<void> {
  const watch = new Watch<Seen>();
  const first = new Map<string, string>();
  for (const from = performance.now(); performance.now() - from < mostMs;) {
    const older = await sql<Seen[]>`
      select id, host, pid, seen_at::text as "seenAt" from servers
      where migration collate "C" < ${migration}`;
    const silent = new Set(watch.silent(older, performance.now()));
    let unsure = 0;
    for (const one of older) {
      if (hasEnded(one) || silent.has(one)) {
        if (await takeAway(sql, one)) continue;
      }
      if (!first.has(one.id)) first.set(one.id, one.seenAt);
      if (first.get(one.id) === one.seenAt) unsure++;
    }
    if (unsure === 0) return;
    await pause(lookMs);
  }
}
