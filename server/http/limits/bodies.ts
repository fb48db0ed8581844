import type { Socket } from 'node:net';
import type { Workers } from '../../workers/pool.ts';
import type { App } from '../app-type.ts';

/** Aborted when the connection closes: a body that nobody waits for is held no longer. */
function untilClosed(socket: Socket): AbortSignal {
  const closed = new AbortController();
  if (socket.destroyed) closed.abort();
  else socket.once('close', () => closed.abort());
  return closed.signal;
}

/** In bytes; what is longer is read on a thread. 64 KiB of the worst JSON take 5 ms (B1). */
const longest = 64 * 1024;

/**
 * JSON bodies only, anything else is 415. An empty body counts as none, whatever its content type:
 * clients send `content-type: application/json` with a DELETE.
 */
export function readBodies(app: App, workers: Pick<Workers, 'ask'>): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0) done(null, undefined);
      else if (body.length <= longest) return parseJson(request, body.toString(), done);
      // No route takes so much of somebody who is not signed in; that there is none is answered then.
      else if (!request.signedIn) done(null, undefined);
      else {
        const { id } = request.signedIn.user;
        const signal = untilClosed(request.raw.socket);
        workers.ask(id, 'readBody', body, { signal }).then(
          (value) => done(null, value),
          (err: unknown) => done(err as Error),
        );
      }
    },
  );
}
