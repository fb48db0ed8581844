import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { App } from '../app-type.ts';
import { sendApp } from '../web-app.ts';

/** A path of the server, with the methods that it answers to. */
interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Answers what no route takes: 405 with `Allow` where the path is known by other methods, else 404.
 * Must be called before the routes are added, since it learns of them as they are.
 */
export function answerUnknownPaths(app: App): void {
  const paths = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const name of [method].flat()) known.methods.add(name);
    paths.set(url, known);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = [...paths.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((known) => [...known.methods]);
    // A file that is not there is sought by a route that takes the method.
    if (methods.length === 0 || methods.includes(request.method)) {
      // A person who mistyped an address gets a page that leads on; a program gets a problem.
      if (request.method === 'GET' && isForPeople(request, path)) return sendApp(reply.code(404));
      throw new Problem('not_found', `Nothing is at ${path}.`);
    }
    reply.header('allow', [...new Set(methods)].sort().join(', '));
    throw new Problem('method_not_allowed', `${request.method} is not possible on ${path}.`);
  });
}

function isForPeople(request: FastifyRequest, path: string): boolean {
  const wantsPage = request.headers.accept?.includes('text/html') === true;
  return wantsPage && !/^\/(api|assets|collab|docs)(\/|$)/.test(path);
}

/** `/api/pieces/:id` as a regular expression; `*` takes the rest of a path. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[^/]+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
