import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { App } from '../app-type.ts';
import { originAllowed } from './origins.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page from elsewhere would change with a visitor's cookie (P3). The cookie is
 * SameSite=Lax already; this holds where a neighbour on the same site, or an old browser, gets
 * around that. Browsers name the page's origin with every such request, or how it stands to ours;
 * what names neither is a program, whose cookie is its own. A request with a token needs no cookie.
 */
export function refuseForeignPages(app: App, allowed: readonly string[]): void {
  app.addHook('onRequest', async (request) => {
    if (safeMethods.has(request.method) || request.headers.authorization !== undefined) return;
    if (isForeign(request, allowed)) {
      throw new Problem('foreign_origin', 'A page from elsewhere may not do this.');
    }
  });
}

function isForeign({ headers }: FastifyRequest, allowed: readonly string[]): boolean {
  if (headers.origin !== undefined) return !originAllowed(headers.origin, headers.host, allowed);
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
