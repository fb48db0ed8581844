/** What ends first, and with how many people. */
import type { Outcome } from './simulation/simulate.ts';

export interface Machines {
  /** Of Postgres. */
  readonly cores: number;
  readonly maxConnections: number;
  /** Of each server (`DATABASE_POOL`). */
  readonly pool: number;
  /** Of the disk that the write-ahead log is on, in bytes a second. */
  readonly disk: number;
  /** That Redis has to the servers, in bytes a second. */
  readonly network: number;
}

export const parts = [
  "a server's event loop",
  "Redis' one core",
  "Redis' network",
  "Postgres' cores",
  "Postgres' disk",
] as const;
export type Part = (typeof parts)[number];

/** Of what a part can do, so much is used before it counts as full: past that, waiting grows fast. */
export const fullAt = 0.8;

/** How full each part is; 1: it ends here. */
export function fullness(outcome: Outcome, machines: Machines): Readonly<Record<Part, number>> {
  return {
    "a server's event loop": outcome.loopCores / fullAt,
    "Redis' one core": outcome.redisLeast / fullAt,
    "Redis' network": outcome.bytesOut / machines.network / fullAt,
    "Postgres' cores": outcome.postgresCores / machines.cores / fullAt,
    "Postgres' disk": outcome.wal / machines.disk / fullAt,
  };
}

export interface End {
  readonly part: Part;
  /** 1: it ends with these people. */
  readonly full: number;
}

/** The fullest part. */
export function endOf(outcome: Outcome, machines: Machines): End {
  const full = fullness(outcome, machines);
  const [first, ...others] = parts;
  let end: End = { part: first, full: full[first] };
  for (const part of others) if (full[part] > end.full) end = { part, full: full[part] };
  return end;
}

/** With how many people each part would end, were it alone; what is done in groups ends later than that. */
export function endsAt(outcome: Outcome, machines: Machines): Readonly<Record<Part, number>> {
  const full = fullness(outcome, machines);
  const people = parts.map((part) => [part, outcome.people / full[part]] as const);
  return Object.fromEntries(people) as Record<Part, number>;
}

/** Connections to Postgres that the servers may open, those for people and superusers left out. */
export const connections = (servers: number, { pool }: Machines) => servers * pool;

export interface Capacity {
  readonly people: number;
  readonly part: Part;
}

/** How near to the end of the fullest part a number of people has to come. */
const near = 0.03;
const mostTries = 6;

/**
 * The number of people at which the first part ends, by trying newsrooms of another size until one fills it.
 *
 * @param tried - a newsroom that was tried, from which the search begins
 * @param attempt - tries one with so many pieces
 */
export function findCapacity(
  tried: { readonly pieces: number; readonly outcome: Outcome },
  machines: Machines,
  attempt: (pieces: number) => Outcome,
): Capacity {
  let { pieces, outcome } = tried;
  for (let tries = 0; ; tries++) {
    const { part, full } = endOf(outcome, machines);
    if (Math.abs(full - 1) <= near || tries >= mostTries) {
      return { part, people: Math.round(outcome.people / full) };
    }
    // What is used grows nearly as the people do; what is done in groups grows less.
    const next = Math.max(1, Math.round(pieces / full));
    if (next === pieces) return { part, people: outcome.people };
    pieces = next;
    outcome = attempt(pieces);
  }
}
