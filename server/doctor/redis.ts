import { createRedisBus } from '../bus/redis/redis.ts';
import type { Log } from '../collab/ports.ts';
import { ok, warning, type Finding } from './finding.ts';

/** So long it is tried, in ms. */
const patienceMs = 3_000;

/**
 * Whether Redis hands messages on: one to ourselves goes out and has to come back. Servers do without it,
 * by Postgres, so it is a warning where it does not.
 */
export async function redis(url: string): Promise<Finding> {
  let why = 'it does not answer';
  const hear = (fields: object, message: string) => {
    const { reason } = fields as { readonly reason?: unknown };
    why = typeof reason === 'string' ? `${message}: ${reason}` : message;
  };
  const log: Log = { debug: () => undefined, info: hear, warn: hear, error: hear };
  const bus = createRedisBus(url, { log, namespace: 'doctor' });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  const live = new Promise<boolean>((resolve) => {
    bus.onChange((isLive) => {
      if (isLive) resolve(true);
    });
  });
  bus.subscribe('doctor', () => undefined);
  const works = await Promise.race([live, late]);
  clearTimeout(timer);
  await bus.close();
  if (works) return ok('Redis hands messages on');
  return warning(
    `REDIS_URL is of no use (${why}): servers hear each other by Postgres alone; see that Redis runs there, and that its user may publish and subscribe`,
  );
}
