import type { App } from '../http/app-type.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts each request when it has been answered, or its client has gone. Must be called before the
 * routes are added. What no route takes is one: a path or a method that a client has made up would
 * be a series of its own for ever.
 */
export function countRequests(app: App, metrics: Metrics): void {
  app.decorateReply('problem', null);
  app.addHook('onResponse', async (request, reply) => {
    const { url } = request.routeOptions;
    const known = url !== undefined;
    metrics.answered(
      {
        method: known ? request.method : 'any',
        route: url ?? 'none',
        status: reply.statusCode,
      },
      reply.elapsedTime,
    );
    if (reply.problem !== null) metrics.problem(reply.problem);
  });
}
