import type { ServerBus } from '../bus/open.ts';
import type { RightsChange } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { hasEnded, inThisProcess, self, type Process } from './process.ts';

/** A server that has not been seen for so long is taken for dead, in ms. */
const deadMs = 5_000;
/** Rights that changed longer ago are forgotten, in hours: who has slept so long looks at all of them. */
const keptHours = 24;
/** More changes than this are looked at as if anything had changed. */
const mostChanges = 1_000;

export interface Other extends Process {
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
  /** Those that live. */
  readonly others: readonly Other[];
}

/** The servers, as they stand in Postgres, and what has changed of rights. All rejects where it cannot be asked. */
export class ServersTable {
  readonly #sql: Queryable;
  readonly #bus: ServerBus;

  constructor(sql: Queryable, bus: ServerBus) {
    this.#sql = sql;
    this.#bus = bus;
  }

  /** Stands there from now on, and knows nobody. */
  async enter(): Promise<void> {
    inThisProcess.add(this.#bus.serverId);
    await this.#sql`
      insert into servers (id, host, pid, hears)
      values (${this.#bus.serverId}, ${self.host}, ${self.pid}, ${this.#hears})
      on conflict (id) do update set seen_at = now(), knows = '{}'`;
  }

  /** What others say on the bus that they publish on first. */
  get #hears(): boolean {
    return this.#bus.redisLive ?? this.#bus.live;
  }

  async leave(): Promise<void> {
    inThisProcess.delete(this.#bus.serverId);
    await this.#sql`delete from servers where id = ${this.#bus.serverId}`;
  }

  /**
   * One round trip: this one lives and reckons with those that it knows; who else lives, and which right was
   * the last that changed? Who is dead is taken away, unless they are just committing something: from then
   * on nothing that they have not committed will be. Null: this one has been taken away.
   */
  async look(knows: readonly string[]): Promise<Look | null> {
    const { serverId } = this.#bus;
    const [row] = await this.#sql<(Look & { readonly isThere: boolean })[]>`
      with me as (
        update servers set seen_at = statement_timestamp(), hears = ${this.#hears},
          knows = ${`{${knows.join()}}`}::text::uuid[]
        where id = ${serverId}
        returning id
      ),
      dead as (
        delete from servers where id in (
          select id from servers
          where id <> ${serverId}
            and seen_at < statement_timestamp() - make_interval(secs => ${deadMs / 1_000})
          for update skip locked
        )
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
            'id', id, 'host', host, 'pid', pid, 'hears', hears, 'knows', knows)), '[]')
          from servers where id <> ${serverId} and id not in (select id from dead)
        ) as others`;
    if (row?.isThere !== true) return null;
    const dead = row.others.filter(hasEnded).map(({ id }) => id);
    if (dead.length === 0) return row;
    await this.#sql`delete from servers where id in ${this.#sql(dead)}`;
    return { ...row, others: row.others.filter(({ id }) => !dead.includes(id)) };
  }

  /** The rights that have changed after one number, up to another; null: too many, or some are forgotten. */
  async changesAfter(after: number, last: number): Promise<readonly RightsChange[] | null> {
    if (last - after > mostChanges) return null;
    const changes = await this.#sql<RightsChange[]>`
      select piece_id as "pieceId", user_id as "userId" from rights_changes
      where number > ${after} and number <= ${last}`;
    return changes.length === last - after ? changes : null;
  }

  async forget(): Promise<void> {
    await this.#sql`
      delete from rights_changes where at < now() - make_interval(hours => ${keptHours})`;
  }
}
