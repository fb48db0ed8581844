/**
 * The HTTP server: plugins, routes, errors, from top to bottom.
 */
import cookies from '@fastify/cookie';
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { fastify, type FastifyBaseLogger } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { v7 as newId } from 'uuid';
import { auditRoutes } from './audit/routes.ts';
import type { Documents } from './collab/engine.ts';
import type { Config } from './config.ts';
import { contentRoutes } from './content/routes.ts';
import type { Sql } from './db/connect.ts';
import { exportRoutes } from './export/routes.ts';
import { trustIn } from './http/origins/addresses.ts';
import type { App } from './http/app-type.ts';
import {
  boundWrites,
  connectionLimits,
  hurryAnonymous,
  requestTimeout,
} from './http/limits/deadlines.ts';
import { boundBodies } from './http/limits/bodies-in-hand.ts';
import { readBodies } from './http/limits/bodies.ts';
import { refuseWhileClosing } from './http/closing.ts';
import { fenceWrites } from './http/fence.ts';
import { refuseForeignPages } from './http/origins/foreign-pages.ts';
import { answersInTime, healthRoutes } from './http/health.ts';
import { answerUnknownPaths } from './http/responses/not-found.ts';
import { describeApi, describeAway } from './http/openapi.ts';
import { answerClientError, sendProblem } from './http/responses/problems.ts';
import { SessionCookie } from './http/session-cookie.ts';
import { keepNothing } from './http/responses/keep-nothing.ts';
import { requireSignIn } from './http/sign-in.ts';
import { webApp } from './http/web-app.ts';
import { accountRoutes } from './people/account-routes.ts';
import { deviceKeyRoutes } from './people/sessions/device-key-routes.ts';
import { Hashing } from './people/sign-in/hashing.ts';
import { Oidc } from './people/oidc/oidc.ts';
import { oidcRoutes } from './people/oidc/oidc-routes.ts';
import { countRequests } from './metrics/http-metrics.ts';
import { metricsRoute } from './metrics/metrics-route.ts';
import type { Metrics } from './metrics/metrics.ts';
import { peopleRoutes } from './people/routes.ts';
import { sessionRoutes } from './people/sessions/session-routes.ts';
import type { Sessions } from './people/sessions/sessions.ts';
import { lifecycleRoutes } from './people/lifecycle-routes.ts';
import { tokenRoutes } from './people/tokens/token-routes.ts';
import { Searches } from './people/searches.ts';
import type { TokenGate } from './people/tokens/token-gate.ts';
import type { TokenUses } from './people/tokens/token-uses.ts';
import type { Tries } from './people/sign-in/tries.ts';
import { memberRoutes } from './pieces/member-routes.ts';
import { pieceRoutes } from './pieces/routes.ts';
import { refusedRoutes } from './refused/routes.ts';
import { commentRoutes } from './threads/comments/comment-routes.ts';
import { decisionRoutes } from './threads/decisions/decision-routes.ts';
import { threadRoutes } from './threads/thread-routes.ts';
import { Threads } from './threads/threads.ts';
import { historyRoutes } from './versions/history-routes.ts';
import { restoreRoutes } from './versions/restore-routes.ts';
import { versionRoutes } from './versions/routes.ts';
import type { Workers } from './workers/pool.ts';

export interface AppDeps {
  readonly config: Config;
  /** Made by `createLog`, which keeps secrets out of it. */
  readonly log: Logger;
  readonly sql: Sql;
  readonly documents: Documents;
  readonly tokens: TokenGate;
  readonly uses: TokenUses;
  readonly sessions: Sessions;
  /** Shared with `tokens`. */
  readonly tries: Tries;
  readonly workers: Workers;
  readonly metrics: Metrics;
  /** Whether this server has begun to stop; it has not where nothing is given. */
  readonly isStopping?: () => boolean;
  /** Whether this server stands among the others on its database; it does where nothing is given. */
  readonly stands?: () => Promise<boolean>;
}

type SignInDeps = AppDeps & {
  readonly cookie: SessionCookie;
  readonly oidc: Oidc | null;
  readonly hashing: Hashing;
};

/** Builds the server, not yet listening. Closing it closes nothing of `deps`. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const app = createApp(deps);
  const { publicUrl, oidc } = deps.config;
  const signIn: SignInDeps = {
    ...deps,
    cookie: new SessionCookie(publicUrl),
    oidc: oidc === null ? null : new Oidc(oidc),
    hashing: new Hashing(),
  };
  app.setErrorHandler(sendProblem);
  countRequests(app, deps.metrics);
  answerUnknownPaths(app);
  refuseWhileClosing(app, deps.isStopping ?? (() => false));
  readBodies(app, deps.workers);
  await app.register(helmet, helmetOptions(deps.config.publicUrl));
  keepNothing(app);
  await app.register(cookies);
  await describeApi(app, deps.config.publicUrl);

  await webApp(app);
  healthRoutes(app, deps);
  metricsRoute(app, { ...deps, token: deps.config.metricsToken });
  await app.register(
    async (api: App) => {
      refuseForeignPages(api, deps.config.allowedOrigins);
      if (deps.stands !== undefined) fenceWrites(api, deps.stands);
      await api.register(async (open: App) => openRoutes(open, signIn));
      await api.register(async (closed: App) => closedRoutes(closed, signIn));
    },
    { prefix: '/api' },
  );
  return app;
}

/** For everybody: the ways in and out. */
function openRoutes(app: App, deps: SignInDeps): void {
  describeAway(app);
  hurryAnonymous(app);
  boundWrites(app, hangsOf(deps));
  sessionRoutes(app, deps);
  oidcRoutes(app, deps);
  deviceKeyRoutes(app, deps);
}

/** For who is signed in. */
function closedRoutes(app: App, deps: SignInDeps): void {
  describeAway(app);
  boundWrites(app, hangsOf(deps));
  requireSignIn(app, deps);
  boundBodies(app, bodiesInHand * deps.config.limits.maxBodyBytes);
  peopleRoutes(app, deps);
  lifecycleRoutes(app, deps);
  tokenRoutes(app, deps);
  accountRoutes(app, deps);
  pieceRoutes(app, deps);
  const searches = new Searches(deps.config.limits.maxSearches);
  memberRoutes(app, { ...deps, searches });
  refusedRoutes(app, deps);
  auditRoutes(app, deps);
  const threads = new Threads(deps);
  app.addHook('onClose', async () => threads.stop());
  exportRoutes(app, { ...deps, check: threads.check });
  contentRoutes(app, { ...deps, check: threads.check });
  threadRoutes(app, { ...deps, threads });
  commentRoutes(app, { ...deps, threads });
  decisionRoutes(app, { ...deps, threads });
  versionRoutes(app, { ...deps, check: threads.check });
  restoreRoutes(app, { ...deps, check: threads.check });
  historyRoutes(app, { ...deps, check: threads.check });
}

/** Whether it is the database that a write waits for. */
function hangsOf({ documents, sql }: Pick<AppDeps, 'documents' | 'sql'>) {
  return async () => !documents.commitsInTime() || !(await answersInTime(sql));
}

/** How many of the largest bodies one person's requests may bring at once. */
const bodiesInHand = 4;
/** The largest body of most requests, in bytes. */
const usualBody = 256 * 1024;

function createApp({ config, log }: AppDeps): App {
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    // Of most routes; those that take content say so themselves.
    bodyLimit: Math.max(usualBody, 8 * config.limits.maxCommentBytes),
    requestTimeout,
    http: connectionLimits,
    trustProxy: trustIn(config.trustProxy),
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
 * Everything comes from here, and nobody frames it. Styles may stand in the page: editors and the
 * API's documentation set them on elements.
 *
 * Over plain http, as on a first try at localhost, a browser must not be told to use https: neither
 * by HSTS nor by upgrade-insecure-requests.
 */
function helmetOptions(publicUrl: string | null): FastifyHelmetOptions {
  const https = publicUrl?.startsWith('https:') ?? false;
  const directives = {
    fontSrc: ["'self'", 'data:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: https ? [] : null,
  };
  return {
    strictTransportSecurity: https,
    xFrameOptions: { action: 'deny' },
    contentSecurityPolicy: { useDefaults: true, directives },
  };
}
