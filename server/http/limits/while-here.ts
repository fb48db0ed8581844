import type { FastifyReply } from 'fastify';
import type { Workers } from '../../workers/pool.ts';

/** Aborted where the client goes away before its answer. */
export function untilGone({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const gone = new AbortController();
  const look = () => {
    if (!raw.writableFinished) gone.abort();
  };
  if (raw.closed) look();
  else raw.once('close', look);
  return gone.signal;
}

/**
 * The threads, for one request: a client that goes away before its answer takes along what waits for
 * a thread, so that asking and leaving again and again fills no queue.
 */
export function whileHere(
  workers: Pick<Workers, 'ask'>,
  reply: Pick<FastifyReply, 'raw'>,
): Pick<Workers, 'ask'> {
  const signal = untilGone(reply);
  return { ask: (person, name, ask) => workers.ask(person, name, ask, { signal }) };
}
