import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { bearerToken } from '../http/sign-in.ts';
import { tooManyTries, type Tries } from '../people/sign-in/tries.ts';
import { isSameToken, isThisMachine } from './access.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsRouteDeps {
  readonly metrics: Metrics;
  /** Null: only this machine is answered. */
  readonly token: string | null;
  readonly tries: Tries;
}

const description = `In Prometheus' text format. With \`METRICS_TOKEN\`, whoever sends it is answered
(\`Authorization: Bearer …\`), and nobody else; without, this machine alone, and nobody through a proxy.`;

/** `/metrics`. It asks nothing of the database, so that it answers while that is away. */
export function metricsRoute(app: App, deps: MetricsRouteDeps): void {
  const { metrics } = deps;
  app.get(
    '/metrics',
    {
      schema: {
        ...{ tags: ['operations'], summary: 'How the server does', description, security: [] },
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
          ...problemResponses(401, 403, 429),
        },
      },
    },
    async (request, reply) => {
      await requireReader(request, deps);
      return reply
        .type(metrics.contentType)
        .serializer(String)
        .send(await metrics.text());
    },
  );
}

/**
 * Throws `forbidden`, `not_signed_in` or `too_many_tries`. A token that is right gets in whoever else has
 * guessed from the same address, as with people's tokens: what has 32 characters is not guessed.
 */
async function requireReader(request: FastifyRequest, { token, tries }: MetricsRouteDeps) {
  if (token === null) {
    if (isThisMachine(request.raw)) return;
    const detail = 'Without METRICS_TOKEN only this machine is answered, and nobody by a proxy.';
    throw new Problem('forbidden', detail);
  }
  const given = bearerToken(request.headers.authorization);
  if (given === null) {
    throw new Problem('not_signed_in', 'Send METRICS_TOKEN as `Authorization: Bearer <token>`.');
  }
  if (isSameToken(given, token)) return;
  const wait = await tries.wait('metrics', request.ip);
  if (wait !== null) throw tooManyTries(wait);
  await tries.failed('metrics', request.ip);
  throw new Problem('not_signed_in', 'The token is not METRICS_TOKEN.');
}
