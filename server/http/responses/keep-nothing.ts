import type { App } from '../app-type.ts';

/**
 * No browser and no proxy keeps an answer that does not say otherwise: all that the API tells is for
 * who asked, errors too. The files of the web app, which are everybody's, say how long they last.
 */
export function keepNothing(app: App): void {
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}
