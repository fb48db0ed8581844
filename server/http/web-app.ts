import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import type { App } from './app-type.ts';

/** Addresses that the web app answers to by itself, once it is loaded. */
const pages = ['/', '/invite', '/account', '/people', '/pieces/:id', '/pieces/:id/history'];

const root = packageFile('dist/client');

/** The page that the app begins with, whatever the address; it finds out what to show. */
export function sendApp(reply: FastifyReply): FastifyReply {
  if (!existsSync(path.join(root, 'index.html'))) {
    throw new Problem('not_found', 'The web app is not built: run `npm run build`.');
  }
  return reply.sendFile('index.html', root, { immutable: false, maxAge: 0 });
}

/**
 * Serves the web app as it was built. Files under /assets carry a hash of their content in their
 * names, so browsers may keep them for good; the page that names them is asked for each time.
 *
 * An invite link's secret is behind its "#", which no browser sends, so it is in no log.
 */
export async function webApp(app: App): Promise<void> {
  await app.register(fastifyStatic, {
    root: path.join(root, 'assets'),
    prefix: '/assets/',
    index: false,
    // The build has packed each file beside itself.
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    // Before the first build there is nothing to serve, which is no fault of the API's.
    suppressWarning: true,
  });
  for (const page of pages) {
    app.get(page, { schema: { hide: true } }, (_request, reply) => sendApp(reply));
  }
  app.get('/favicon.svg', { schema: { hide: true } }, (_request, reply) =>
    reply.sendFile('favicon.svg', root, { immutable: false, maxAge: '1d' }),
  );
  app.get('/service-worker.js', { schema: { hide: true } }, (_request, reply) =>
    reply.sendFile('service-worker.js', root, { immutable: false, maxAge: 0 }),
  );
}
