import type PgBoss from 'pg-boss';
import type { ParameterOrJSON } from 'postgres';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';

/**
 * pg-boss 10 on our own pool, with its tables among ours.
 *
 * It wants a schema of its own, which our role may not be allowed to make, and cannot name every schema
 * (no capitals, no blanks). It writes `schema.` before each of its names; what we call its schema is a
 * mark, of which a beginning of the name is made: `boss.job` is the table `boss_job`, where our search
 * path leads.
 */
const mark = 'boss';

/** The version of the tables that this pg-boss works with. */
export const libraryVersion = 24;

/** How long jobs are kept that are done or have failed, and both in the archive after it, in seconds. */
export const keptSeconds = { done: 3_600, failed: 7 * 86_400, archived: 86_400 };

export const inOurSchema = (text: string) => text.replaceAll(/\bboss\./g, 'boss_');

/** Statements that pg-boss sends as one text, with their own beginning and end. */
const transaction = /^\s*BEGIN;(.*)COMMIT;\s*$/s;

/** It is loaded when it is first needed: it brings a second driver for Postgres, which is not used. */
async function load(): Promise<typeof PgBoss> {
  return (await import('pg-boss')).default;
}

/**
 * What pg-boss is used for: to add, claim, end and expire jobs. Its own workers and timers are not
 * started (`jobs.ts` says why), so there is nothing to stop.
 */
export async function openLibrary(sql: Sql, log: Log): Promise<PgBoss> {
  const Library = await load();
  const boss = new Library({
    db: executorOn(sql),
    schema: mark,
    migrate: false,
    supervise: false,
    schedule: false,
    archiveCompletedAfterSeconds: keptSeconds.done,
    archiveFailedAfterSeconds: keptSeconds.failed,
    deleteAfterSeconds: keptSeconds.archived,
    // What waits is never deleted undone, however long all servers are away.
    retentionDays: 10 * 365,
  });
  boss.on('error', (err) => log.warn({ err }, 'the job library failed'));
  return boss.start();
}

/** The statements that make its tables, types and functions. */
export async function tablesOfLibrary(): Promise<string> {
  const text = (await load()).getConstructionPlans(mark);
  const [, statements] = transaction.exec(text) ?? [];
  if (statements === undefined) throw new Error('pg-boss makes its tables in another way');
  return inOurSchema(statements.replace(/CREATE SCHEMA IF NOT EXISTS \w+\s*;/, ''));
}

export function executorOn(sql: Sql): PgBoss.Db {
  return {
    async executeSql(text, values = []) {
      const ours = inOurSchema(text);
      const [, statements] = transaction.exec(ours) ?? [];
      if (statements !== undefined) {
        // Sent as it is, an error in the middle would leave a connection of the pool in a failed transaction.
        await sql.begin((tx) => tx.unsafe(statements).simple());
        return { rows: [] };
      }
      const given = values.map((value, i) => asParameter(value, ours, i + 1));
      return { rows: [...(await sql.unsafe(ours, given))] };
    },
  };
}

/** The driver writes JSON itself, and takes no `undefined`. */
function asParameter(value: unknown, text: string, place: number): ParameterOrJSON<never> {
  const isJson = typeof value === 'string' && text.includes(`json_to_recordset($${place})`);
  return (isJson ? JSON.parse(value) : (value ?? null)) as ParameterOrJSON<never>;
}
