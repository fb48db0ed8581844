import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { problem } from '../../shared/api/common.ts';
import { packageFile } from '../package-root.ts';
import type { App } from './app-type.ts';

const tags = [
  { name: 'pieces', description: 'Create, find, rename, delete' },
  { name: 'members', description: 'Who may do what on a piece' },
  { name: 'reading', description: 'What can be read off the text' },
  { name: 'history', description: 'Versions, the text at any time, who wrote what' },
  { name: 'threads', description: 'Comments on passages, and suggested edits' },
  { name: 'refused edits', description: 'What somebody wrote who may not, kept for an owner' },
  { name: 'people', description: 'Users and their API tokens' },
  { name: 'operations', description: 'Is it well?' },
];

const description = `Everything answers in JSON, errors in RFC 9457 problem details whose \`code\` is
stable. Lists are \`{items, nextCursor}\`. Times are ISO 8601 UTC, ids UUIDv7. The text itself is
edited over the WebSocket \`/collab/:pieceId\`, in the y-websocket protocol.`;

/**
 * By address and routes, which are all that two servers of a process differ in here. Tests start hundreds,
 * and to write it was half of a start.
 */
const contracts = new Map<string, string>();

/** The contract at `/openapi.json`, read off the routes, and readable at `/docs` without the web. */
export async function describeApi(app: App, publicUrl: string | null): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Counterpoint', version: packageVersion(), description },
      servers: [{ url: publicUrl ?? '/' }],
      tags,
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: namedSchemas,
  });
  // Its files stay where they are, also where its code is a part of our build.
  const ui = path.dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui'));
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    baseDir: path.join(ui, 'static'),
    logo: { type: 'image/svg+xml', content: await readFile(path.join(ui, 'static/logo.svg')) },
    theme: { title: 'Counterpoint API' },
    uiConfig: { validatorUrl: null, persistAuthorization: false },
  });
  // Written before anybody is served: it takes 100 ms, which the first to ask would cost everybody (B1).
  const routes: unknown[] = [publicUrl];
  app.addHook('onRoute', ({ method, url }) => void routes.push(method, url));
  let contract = '';
  app.addHook('onReady', async () => {
    const key = JSON.stringify(routes);
    contract = contracts.get(key) ?? JSON.stringify(app.swagger());
    contracts.set(key, contract);
  });
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(contract),
  );
}

/**
 * Every named schema is given once as input and once as output; those inputs that no request names
 * are left out.
 */
const namedSchemas: typeof jsonSchemaTransformObject = (document) => {
  const described = jsonSchemaTransformObject(document);
  if (!('components' in described) || described.components?.schemas === undefined) return described;
  const paths = JSON.stringify(described.paths);
  const schemas: Record<string, unknown> = described.components.schemas;
  for (const name of Object.keys(schemas)) {
    if (name.endsWith('Input') && !paths.includes(`/schemas/${name}"`)) delete schemas[name];
  }
  return described;
};

/** The responses of a route for its errors, for the contract. */
export function problemResponses<Status extends number>(...statuses: Status[]) {
  const responses = statuses.map((status) => [
    status,
    {
      description: STATUS_CODES[status] ?? 'Error',
      content: { 'application/problem+json': { schema: problem } },
    },
  ]);
  return Object.fromEntries(responses) as Record<Status, z.ZodType>;
}

/** Says of each route that whoever asks may be told to come back: all of them need the database. */
export function describeAway(app: App): void {
  app.addHook('onRoute', ({ schema }) => {
    const given = schema?.response;
    if (schema === undefined || typeof given !== 'object') return;
    schema.response = { ...problemResponses(503), ...given };
  });
}

function packageVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
