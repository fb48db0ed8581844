import { readFile } from 'node:fs/promises';
import { packageFile } from '../package-root.ts';
import type { App } from './app-type.ts';

const parts = [
  { path: '/invite', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/invite/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/invite/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
] as const;

/**
 * Where an invite link leads: a page that takes a password, signs in, and makes a first API token.
 * The link's secret is behind its "#", which no browser sends, so it is in no log; the page posts
 * it. Files of their own, because the content security policy allows no inline script.
 */
export async function invitePage(app: App): Promise<void> {
  for (const { path, file, type } of parts) {
    const content = await readFile(packageFile(`server/invite-page/${file}`), 'utf8');
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(content),
    );
  }
}
