import { addressOf } from './address/parse.ts';
import {
  openClient,
  timeoutsOf,
  type ConnectOptions,
  type Sql,
  type Transaction,
} from './client.ts';
import { isReadOnly } from './read-only.ts';
import { transactionSettings } from './pooler/session-settings.ts';

/** Runs transactions, each alone on a connection. */
export interface Lanes {
  begin<T>(options: string, run: (tx: Transaction) => Promise<T> | T): Promise<T>;
  /** @param how - seconds that what runs has to come to its end; 5 where not given */
  end(how?: { timeout?: number }): Promise<void>;
}

/** A client of one connection. `dead`: that connection has been closed. */
interface Lane {
  readonly client: Sql;
  dead: boolean;
}

/** The connection was lost in mid-transaction; nothing of it is known to be committed. */
export class ConnectionLost extends Error {
  readonly code = 'CONNECTION_LOST';

  constructor() {
    super('The connection to the database was lost during a transaction');
    this.name = 'ConnectionLost';
  }
}

/** The pool has been ended. */
class Ended extends Error {
  readonly code = 'CONNECTION_ENDED';
}

/**
 * The driver's own `begin` ends the process when its connection is lost: it sends ROLLBACK to the
 * closed socket, and the TypeError of that comes out of a timer, where nobody can catch it
 * (postgres 3.4.9, seen with kill -9 of Postgres). So a transaction here gets a client of one
 * connection, of which is known at any moment whether it lives, and on a dead one no query, nor the
 * failure that would make the driver roll back, gets through to the driver.
 *
 * @param max - the most transactions at once; further ones wait
 */
export function createLanes(url: string, options: ConnectOptions, max: number): Lanes {
  const idle: Lane[] = [];
  const waiting: (() => void)[] = [];
  const open = new Set<Lane>();
  let ended = false;
  const { pooled, options: given } = addressOf(url);
  // What a pooler lends is set as whoever had it before has left it, or as its role is set.
  const settings = pooled === true ? transactionSettings(timeoutsOf(options), given) : null;

  function take(): Lane {
    const lane = idle.pop();
    if (lane !== undefined) return lane;
    const made: Lane = {
      client: openClient(url, { ...options, max: 1 }, () => {
        made.dead = true;
        drop(made);
      }),
      dead: false,
    };
    open.add(made);
    return made;
  }

  function drop(lane: Lane): void {
    if (!open.delete(lane)) return;
    const at = idle.indexOf(lane);
    if (at >= 0) idle.splice(at, 1);
  }

  /** What follows is sent without waiting for the answer; where that is an error, the transaction fails. */
  function settled<T>(run: (tx: Transaction) => Promise<T> | T) {
    if (settings === null) return run;
    return (tx: Transaction) => {
      void tx.unsafe(settings).execute();
      // The driver sends it in the next microtask, so that what follows has to wait for that.
      return Promise.resolve().then(() => run(tx));
    };
  }

  return {
    async begin(text, run) {
      while (open.size >= max && idle.length === 0) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      if (ended) throw new Ended('The connections to the database have been ended');
      const lane = take();
      try {
        // The driver's type unwraps arrays of queries, which `run` does not return.
        return (await lane.client.begin(text, guard(lane, settled(run)))) as Awaited<
          ReturnType<typeof run>
        >;
      } catch (error) {
        // It lives, and takes no writes: after a failover the next may.
        if (isReadOnly(error) && !lane.dead) {
          lane.dead = true;
          lane.client.end({ timeout: 5 }).catch((err: unknown) => {
            options.log.warn({ err }, 'A connection that takes no writes could not be ended');
          });
        }
        throw error;
      } finally {
        if (lane.dead) drop(lane);
        else idle.push(lane);
        waiting.shift()?.();
      }
    },
    async end({ timeout = 5 } = {}) {
      ended = true;
      for (const go of waiting.splice(0)) go();
      await Promise.all([...open].map((lane) => lane.client.end({ timeout })));
    },
  };
}

/** Keeps everything away from the driver once the connection is dead. */
function guard<T>(lane: Lane, run: (tx: Transaction) => Promise<T> | T) {
  return async (tx: Transaction): Promise<T> => {
    try {
      return await run(guarded(lane, tx));
    } catch (error) {
      if (!lane.dead) throw error;
      // The driver has rejected the whole transaction already, by the news of the closed socket.
      return new Promise<never>(() => undefined);
    }
  };
}

function guarded(lane: Lane, tx: Transaction): Transaction {
  return new Proxy(tx, {
    apply(target, self, args) {
      if (lane.dead) throw new ConnectionLost();
      return Reflect.apply(target, self, args) as unknown;
    },
    get(target, key, receiver) {
      if (lane.dead) throw new ConnectionLost();
      if (key !== 'savepoint') return Reflect.get(target, key, receiver) as unknown;
      return (run: (tx: Transaction) => Promise<unknown>) => target.savepoint(guard(lane, run));
    },
  });
}
