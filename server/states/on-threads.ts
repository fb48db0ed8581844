import { Overloaded, OverShare } from '../collab/engine.ts';
import type { Askers, StateWork } from '../collab/ports.ts';
import { Problem } from '../errors.ts';
import type { Workers } from '../workers/pool.ts';
import type { Answer, Ask, UpdateTasks } from '../workers/tasks.ts';

/** A pool for whole states of pieces, in MiB of one thread: a state of 16 MB is some 300 MB as a document. */
export const stateThreads = { lanes: { short: 2, long: 1 }, heapMiB: 1_024 } as const;

/** Works on whole states of pieces off the event loop (B1), fairly between people (B2). */
export function stateWorkOn(workers: Pick<Workers, 'ask'>): StateWork {
  const ask = async <Name extends keyof UpdateTasks>(
    name: Name,
    what: Ask<Name>,
    askers: Askers,
  ): Promise<Answer<Name>> => {
    try {
      const [first = null] = askers;
      // Nobody is in the room any more: it is the server's own.
      return await workers.ask(first, name, what, askers.size === 0 ? {} : { askers });
    } catch (err) {
      throw asOverload(err);
    }
  };
  return {
    join: (updates, askers) => ask('join', { updates }, askers),
    cut: (update, known, askers) => ask('cut', { update, known }, askers),
    readLarge: (update, known, foreign, askers) =>
      ask('readLarge', { update, known, foreign }, askers),
    merge: (updates, askers) => ask('merge', { updates }, askers),
  };
}

/** What is refused for now, as the engine has it. */
function asOverload(err: unknown): unknown {
  if (!(err instanceof Problem)) return err;
  if (err.code === 'too_many_tasks') return new OverShare(err.detail, { cause: err });
  const isLater = err.code === 'overloaded' || err.code === 'restarting';
  return isLater ? new Overloaded() : err;
}
