/**
 * Servers in turns: all are started and warm, and the load goes to one after the other in short
 * stretches, so that what else the machine does, and how fast it is, hits all of them alike.
 */
import { typedOf, type Typed } from '../load/crew.ts';
import type { ServerName } from '../servers/server.ts';
import { stretch, warmUp, type Party, type Stretch } from './stretch.ts';
import type { Patience, Warmth } from './steady.ts';

/** What a server's stretches of one round came to. */
export interface Measured {
  readonly server: ServerName;
  readonly typed: Typed;
  /** CPU time of its process, in µs per delivered change, of all stretches and of each. */
  readonly user: number;
  readonly system: number;
  readonly each: readonly number[];
  /** Of its Postgres, in µs per delivered change; 0 where it has none. */
  readonly database: number;
  /** Share of a core. */
  readonly load: number;
  /**
   * The same while another server had the load. Some of it is work that the own load left over, some is
   * what connections that do nothing cost; no other figure holds it. `leftOver`: in µs per delivered change.
   */
  readonly idleLoad: number;
  readonly leftOver: number;
  readonly warmth: Warmth;
}

export interface Plan {
  readonly keysPerSecond: number;
  /** Measured of each server, in all. */
  readonly seconds: number;
  readonly patience: Patience;
  /** 0 to 1, by chance. */
  readonly random?: () => number;
}

const stretchSeconds = 5;

/**
 * How long each stretch is. Not all alike: what a server does every 10 s must not always fall into the
 * stretches of another.
 */
export function stretchLengths(seconds: number, random: () => number): number[] {
  const count = Math.max(1, Math.round(seconds / stretchSeconds));
  const raw = Array.from({ length: count }, () => 0.8 + 0.4 * random());
  const sum = raw.reduce((total, length) => total + length, 0);
  return raw.map((length) => (length * seconds) / sum);
}

export async function inTurns(parties: readonly Party[], plan: Plan): Promise<Measured[]> {
  const { keysPerSecond, seconds, patience, random = Math.random } = plan;
  const runs = parties.map((party) => ({
    party,
    own: [] as Stretch[],
    /** CPU seconds without load, and how long that was. */
    idle: { used: 0, seconds: 0 },
  }));
  const warmths: Warmth[] = [];
  for (const party of parties) {
    warmths.push(await on(party, () => warmUp(party, keysPerSecond, patience)));
  }
  for (const length of stretchLengths(seconds, random)) {
    for (const run of runs) {
      const others = runs.filter((other) => other !== run);
      const idle = others.map(({ party }) => party.server);
      const stint = { keysPerSecond, seconds: length };
      const done = await on(run.party, () => stretch(run.party, stint, idle));
      run.own.push(done);
      done.others.forEach(({ user, system }, i) => {
        const other = others[i];
        if (other === undefined) return;
        other.idle.used += user + system;
        other.idle.seconds += done.seconds;
      });
    }
  }
  return runs.map(({ party, own, idle }, i) => {
    const loaded = measured(party, own, warmths[i]);
    const idleLoad = idle.seconds === 0 ? 0 : idle.used / idle.seconds;
    return { ...loaded, idleLoad, leftOver: (idle.used * 1e6) / loaded.typed.delivered };
  });
}

/** Of which server it was that people lost. */
async function on<T>({ server }: Party, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`on ${server.name}: ${String(error)}`, { cause: error });
  }
}

function measured(
  { server }: Party,
  own: readonly Stretch[],
  warmth: Warmth = { seconds: 0, steady: false, windows: [] },
): Omit<Measured, 'idleLoad' | 'leftOver'> {
  const typed = typedOf(own.flatMap(({ records }) => records));
  const sum = (of: (one: Stretch) => number) => own.reduce((total, one) => total + of(one), 0);
  const perChange = (of: (one: Stretch) => number) => (sum(of) * 1e6) / typed.delivered;
  return {
    server: server.name,
    typed,
    user: perChange(({ used }) => used.user),
    system: perChange(({ used }) => used.system),
    database: perChange(({ used }) => used.database),
    each: own.map(({ used, records }) => {
      const delivered = records.reduce((count, record) => count + record.delivered.length, 0);
      return ((used.user + used.system) * 1e6) / delivered;
    }),
    load: sum(({ used }) => used.user + used.system) / sum(({ seconds }) => seconds),
    warmth,
  };
}
