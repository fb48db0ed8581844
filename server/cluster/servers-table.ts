import { Overdue, within } from '../bus/deadline.ts';
import type { ServerBus } from '../bus/open.ts';
import type { RightsChange } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { StartupError } from '../db/startup-error.ts';
import { sinceOfServer, type Stand } from '../store/stand.ts';
import { hasEnded, inThisProcess, self } from './process.ts';
import { takeAway, type Seen } from './take-away.ts';

/** Rights that changed longer ago are forgotten, in hours: who has slept so long looks at all of them. */
const keptHours = 24;
/** More changes than this are looked at as if anything had changed. */
const mostChanges = 1_000;
/** Raised by the database for a server that does not know what its schema has lost (0020_deploys.sql). */
const tooOld = 'CPOLD';
/** A database that has not answered a look by then, in ms, is asked on another connection. */
const deadlineMs = 2_000;

export interface Other extends Seen {
  /** Whether it hears what is said on the fast bus. */
  readonly hears: boolean;
  /** The servers that it reckons with. */
  readonly knows: readonly string[];
}

/** ClientIDs of a piece that another server needs, and this one holds. */
export interface Wanted {
  readonly pieceId: string;
  readonly clientIds: readonly number[];
}

export interface Look {
  readonly wanted: readonly Wanted[];
  /** The number of the last right that has changed. */
  readonly rights: number;
  readonly others: readonly Other[];
}

/**
 * The servers, as they stand in Postgres, and what has changed of rights, on a connection of its own:
 * nothing else that the server asks may keep it from saying that it lives. All rejects where the database
 * cannot be asked, or does not answer in time.
 */
export class ServersTable {
  readonly #open: () => Sql;
  readonly #bus: ServerBus;
  readonly #migration: string;
  #sql: Sql;

  /** @param migration - the last one that this build knows */
  constructor(open: () => Sql, bus: ServerBus, migration: string) {
    this.#open = open;
    this.#migration = migration;
    this.#sql = open();
    this.#bus = bus;
  }

  /**
   * Stands there from now on, and knows nobody. @throws StartupError where a newer server has taken
   * something from the schema that this one does not know of
   */
  async enter(): Promise<Stand> {
    const { serverId: id } = this.#bus;
    inThisProcess.add(id);
    try {
      const [row] = await this.#ask(
        (sql) => sql<{ since: string }[]>`
          insert into servers (id, host, pid, hears, migration)
          values (${id}, ${self.host}, ${self.pid}, ${this.#hears}, ${this.#migration})
          on conflict (id) do update set seen_at = now(), knows = '{}'
          returning ${sql.unsafe(sinceOfServer)} as since`,
      );
      if (row === undefined) throw new Error('The table of the servers has taken no row');
      return { id, since: row.since };
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== tooOld) throw cause;
      throw new StartupError(`${(cause as Error).message}; run a newer version`, { cause });
    }
  }

  /**
   * What this server had open it has lost, as if it had ended: whoever opens a piece anew has to know (P2).
   * It holds no clientIDs any more.
   */
  async forsake(): Promise<void> {
    const { serverId } = this.#bus;
    await this.#ask(
      (sql) => sql`
        with freed as (
          update client_ids set server = null, wanted = false where server = ${serverId}
        )
        update open_pieces set server = gen_random_uuid() where server = ${serverId}`,
    );
  }

  async leave(): Promise<void> {
    inThisProcess.delete(this.#bus.serverId);
    await this.#ask((sql) => sql`delete from servers where id = ${this.#bus.serverId}`);
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  /**
   * One round trip: this one lives and reckons with those that it knows; which others are there, and which
   * right was the last that changed? Null: this one has been taken away, or stands there anew without knowing.
   */
  async look(knows: readonly string[], since: string): Promise<Look | null> {
    const { serverId } = this.#bus;
    const rows = await this.#ask(
      (sql) => sql<(Look & { readonly isThere: boolean })[]>`
      with me as (
        update servers set seen_at = statement_timestamp(), hears = ${this.#hears},
          knows = ${`{${knows.join()}}`}::text::uuid[]
        where id = ${serverId} and ${sql.unsafe(sinceOfServer)} = ${since}
        returning id
      )
      select exists (select from me) as "isThere",
        (select number from rights_head) as rights,
        (
          select coalesce(json_agg(json_build_object('pieceId', piece_id, 'clientIds', client_ids)), '[]')
          from (
            select piece_id, json_agg(client_id) as client_ids from client_ids
            where wanted and server = ${serverId} group by piece_id
          ) as piece
        ) as wanted,
        (
          select coalesce(json_agg(json_build_object(
            'id', id, 'host', host, 'pid', pid, 'hears', hears, 'knows', knows,
            'seenAt', seen_at::text)), '[]')
          from servers where id <> ${serverId}
        ) as others`,
    );
    const [row] = rows;
    if (row?.isThere !== true) return null;
    const gone = new Set<string>();
    for (const one of row.others.filter(hasEnded)) if (await this.takeAway(one)) gone.add(one.id);
    return { ...row, others: row.others.filter(({ id }) => !gone.has(id)) };
  }

  /** See `takeAway`. False: it stays for now. */
  async takeAway(other: Other): Promise<boolean> {
    return this.#ask((sql) => takeAway(sql, other));
  }

  /** The rights that have changed after one number, up to another; null: too many, or some are forgotten. */
  async changesAfter(after: number, last: number): Promise<readonly RightsChange[] | null> {
    if (last - after > mostChanges) return null;
    const changes = await this.#ask(
      (sql) => sql<RightsChange[]>`
        select piece_id as "pieceId", user_id as "userId" from rights_changes
        where number > ${after} and number <= ${last}`,
    );
    return changes.length === last - after ? changes : null;
  }

  async forget(): Promise<void> {
    await this.#ask(
      (sql) => sql`
        delete from rights_changes where at < now() - make_interval(hours => ${keptHours})`,
    );
  }

  /** What others say on the bus that they publish on first. */
  get #hears(): boolean {
    return this.#bus.redisLive ?? this.#bus.live;
  }

  async #ask<T>(query: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const sql = this.#sql;
    try {
      // Where this process itself was busy so long, as at its start, the answer is there, and is read first.
      const asked = Promise.resolve(query(sql));
      return await within(asked, deadlineMs, 'The database did not answer');
    } catch (err) {
      if (err instanceof Overdue && this.#sql === sql) {
        // Its connection may have gone silent for good.
        this.#sql = this.#open();
        void sql.end({ timeout: 0 });
      }
      throw err;
    }
  }
}
