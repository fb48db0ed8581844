import { Problem } from '../errors.ts';
import type { App } from './app-type.ts';

/** From the moment that the server begins to close, requests on kept connections get a 503. */
export function refuseWhileClosing(app: App): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async () => {
    if (closing) throw new Problem('restarting', 'The server is restarting. Try again shortly.');
  });
}
