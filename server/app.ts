/**
 * The HTTP server: plugins, routes, errors, from top to bottom.
 */
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { fastify, type FastifyBaseLogger } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { v7 as newId } from 'uuid';
import type { Documents } from './collab/engine.ts';
import type { Config } from './config.ts';
import type { Sql } from './db/connect.ts';
import { exportRoutes } from './export/routes.ts';
import type { App } from './http/app-type.ts';
import { readBodies } from './http/bodies.ts';
import { refuseWhileClosing } from './http/closing.ts';
import { healthRoutes } from './http/health.ts';
import { answerUnknownPaths } from './http/not-found.ts';
import { describeApi } from './http/openapi.ts';
import { answerClientError, sendProblem } from './http/problems.ts';
import { requireSignIn } from './http/sign-in.ts';
import type { Authenticate } from './people/authenticate.ts';
import { peopleRoutes } from './people/routes.ts';
import type { Importer } from './pieces/import-pool.ts';
import { memberRoutes } from './pieces/member-routes.ts';
import { pieceRoutes } from './pieces/routes.ts';

export interface AppDeps {
  readonly config: Config;
  /** Made by `createLog`, which keeps secrets out of it. */
  readonly log: Logger;
  readonly sql: Sql;
  readonly documents: Documents;
  readonly authenticate: Authenticate;
  readonly importer: Importer;
}

/** Builds the server, not yet listening. Closing it closes nothing of `deps`. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const app = createApp(deps);
  app.setErrorHandler(sendProblem);
  answerUnknownPaths(app);
  refuseWhileClosing(app);
  readBodies(app);
  await app.register(helmet, helmetOptions(deps.config.publicUrl));
  await describeApi(app, deps.config.publicUrl);

  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs', 302));
  healthRoutes(app, deps);
  await app.register(
    async (api: App) => {
      requireSignIn(api, deps.authenticate);
      peopleRoutes(api, deps);
      pieceRoutes(api, deps);
      memberRoutes(api, deps);
      exportRoutes(api, deps);
    },
    { prefix: '/api' },
  );
  return app;
}

function createApp({ config, log }: AppDeps): App {
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    bodyLimit: config.limits.maxBodyBytes,
    trustProxy: config.trustProxy,
    genReqId: () => newId(),
    return503OnClosing: false, // refuseWhileClosing says it as a problem.
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    clientErrorHandler: answerClientError,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app;
}

/**
 * Over plain http, as on a first try at localhost, a browser must not be told to use https: neither
 * by HSTS nor by upgrade-insecure-requests.
 */
function helmetOptions(publicUrl: string | null): FastifyHelmetOptions {
  const https = publicUrl?.startsWith('https:') ?? false;
  const plain = { useDefaults: true, directives: { upgradeInsecureRequests: null } } as const;
  return { strictTransportSecurity: https, contentSecurityPolicy: https ? true : plain };
}
