import type { Sql } from '../db/connect.ts';
import { keptSeconds } from './library.ts';

/** Jobs of one kind in the database, of all servers. */
export interface Queued {
  /** Not to be done yet. */
  readonly scheduled: number;
  /** To be done now. */
  readonly due: number;
  /** For how long the oldest of these has been due, in ms; 0 where there is none. */
  readonly oldestDueMs: number;
  /** A server has them. */
  readonly running: number;
  /** Of these, such as a server has had for longer than it may: it has died, or hangs. */
  readonly overdue: number;
  /** Given up, in the last days. */
  readonly failed: number;
  /** Ended so long ago that they are to be deleted. */
  readonly outlived: number;
}

export const nothingQueued: Queued = {
  ...{ scheduled: 0, due: 0, oldestDueMs: 0, running: 0, overdue: 0, failed: 0, outlived: 0 },
};

const { done, failed, archived } = keptSeconds;

/**
 * What there is to do, by kind. One statement, so that a server with nothing to do asks the database
 * nothing else; the library would ask for each kind.
 */
export async function lookAtQueues(sql: Sql): Promise<ReadonlyMap<string, Queued>> {
  const rows = await sql<(Queued & { name: string })[]>`
    with jobs as (
      select name, state, state < 'active' as waits, now() - start_after as late,
        started_on + expire_in < now() as overdue,
        completed_on < now() - case state when 'failed' then ${failed} * interval '1 s'
          else ${done} * interval '1 s' end as outlived
      from boss_job
      union all
      select name, null, false, '0', false, true
      from boss_archive where archived_on < now() - ${archived} * interval '1 s'
    )
    select name,
      count(*) filter (where waits and late <= '0') as scheduled,
      count(*) filter (where waits and late > '0') as due,
      coalesce(extract(epoch from max(late) filter (where waits and late > '0'))::float8 * 1000, 0)
        as "oldestDueMs",
      count(*) filter (where state = 'active') as running,
      count(*) filter (where state = 'active' and overdue) as overdue,
      count(*) filter (where state = 'failed') as failed,
      count(*) filter (where outlived) as outlived
    from jobs group by name`;
  return new Map(rows.map(({ name, ...queued }) => [name, queued]));
}
