import { Problem } from '../errors.ts';
import type { App } from './app-type.ts';

/**
 * From the moment that the server begins to stop, requests on kept connections, and on listeners that
 * still take some, get a 503: `/readyz` too, so that a proxy tries another server.
 *
 * @param isStopping - whether it has begun to: it saves first, and closes `app` afterwards
 */
export function refuseWhileClosing(app: App, isStopping: () => boolean): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async () => {
    if (closing || isStopping())
      throw new Problem('restarting', 'The server is restarting. Try again shortly.');
  });
}

/** Takes no more connections, and ends those on which nothing is asked. */
export function stopListening(app: App): void {
  app.server.close();
  // For a name that has several addresses Fastify listens at each, and closes those after the first when the
  // last connection to that has gone, which may be long; unless it is told by this.
  app.server.unref();
}
