import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { App } from '../app-type.ts';
import { signedIn } from '../sign-in.ts';

/** Seconds after which who sends too much at once may try again. */
const retryAfter = 5;

/**
 * What one person's requests hold in memory at once is bounded, over all of their connections: the
 * bodies that they have begun, sent or not, until they are answered (B2). One more is 429, before it
 * is read. For routes behind `requireSignIn`.
 *
 * @param most - in bytes, of one person
 */
export function boundBodies(app: App, most: number): void {
  const held = new Map<string, number>();
  app.addHook('onRequest', async (request, reply) => {
    const bytes = bytesOf(request);
    if (bytes === 0) return;
    const { id } = signedIn(request).user;
    const now = (held.get(id) ?? 0) + bytes;
    if (now > most && now > bytes) {
      const detail = `Your requests bring more than ${most} bytes at once. Wait for their answers.`;
      throw new Problem('too_many_tasks', detail, { retryAfter });
    }
    held.set(id, now);
    whenDone(reply, () => {
      const left = (held.get(id) ?? 0) - bytes;
      if (left > 0) held.set(id, left);
      else held.delete(id);
    });
  });
}

/** What a body says that it is long, and where it does not, as long as it may be; 0: there is none. */
function bytesOf({ raw, headers, routeOptions }: FastifyRequest): number {
  if (raw.method === 'GET' || raw.method === 'HEAD') return 0;
  const limit = routeOptions.bodyLimit ?? 0;
  const length = headers['content-length'];
  if (length !== undefined) return Math.min(Number(length) || 0, limit);
  return headers['transfer-encoding'] === undefined ? 0 : limit;
}

function whenDone({ raw }: FastifyReply, done: () => void): void {
  if (raw.closed) done();
  else raw.once('close', done);
}
