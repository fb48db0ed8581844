import { build } from 'esbuild';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { packageFile } from '../../server/package-root.ts';

export interface PageServer {
  /** What a server's `ALLOWED_ORIGINS` must name. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves a page that is nobody's but the test's: `script` (a TypeScript file) and `style` (CSS),
 * bundled with what they import, in a document with an empty `<div id="root">`.
 */
export async function servePage(files: { script: string; style: string }): Promise<PageServer> {
  const { outputFiles } = await build({
    entryPoints: { page: packageFile(files.script), style: packageFile(files.style) },
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    logLevel: 'warning',
  });
  const contents = new Map([
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ...outputFiles.map(({ path, text }) => {
      const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
      return [path, { type, text }] as const;
    }),
  ]);
  const server = createServer((request, response) => {
    const found = contents.get(new URL(request.url ?? '/', 'http://page').pathname);
    if (found === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': found.type }).end(found.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const html = `<!doctype html>
<meta charset="utf-8">
<title>A test's page</title>
<link rel="stylesheet" href="/style.css">
<div id="root"></div>
<script type="module" src="/page.js"></script>`;
