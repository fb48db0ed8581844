import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWhereStale } from '../../../server/build.mjs';
import { packageFile } from '../../../server/package-root.ts';
import { expectProblem, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  expect(await buildWhereStale(['client'])).toBe(true);
  server = await startTestServer();
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}) =>
  server.app.inject({ url, headers });

describe('the web app', () => {
  test('is at every address that it knows, for everybody, and is asked for each time', async () => {
    // The addresses of the app itself: one that only the browser knows would be 404 when reloaded.
    const routes = readFileSync(packageFile('client/app.tsx'), 'utf8');
    const paths = [...routes.matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path!);
    expect(paths).toContain('/pieces/:id/history');
    for (const path of paths) {
      const url = `${path.replace(':id', 'some-piece')}?a=b`;
      const answer = await get(url);
      expect([answer.statusCode, answer.headers['content-type']], url).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      expect(answer.headers['cache-control'], url).toBe('public, max-age=0');
      expect(answer.body).toContain('<div id="root">');
    }
  });

  test('comes from here alone, and its files are kept for good by their names', async () => {
    const page = (await get('/')).body;
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files.some((file) => file.endsWith('.js'))).toBe(true);
    for (const url of files) {
      expect(url).toMatch(/^\/(assets\/|favicon\.svg)/);
      const answer = await get(url);
      expect(answer.statusCode, url).toBe(200);
      if (url.startsWith('/assets/')) {
        expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      }
    }
  });

  test('is sent packed to who can unpack it', async () => {
    const script = /src="([^"]+\.js)"/.exec((await get('/')).body)![1]!;
    const plain = await get(script);
    for (const encoding of ['br', 'gzip']) {
      const packed = await get(script, { 'accept-encoding': encoding });
      expect(packed.headers['content-encoding']).toBe(encoding);
      expect(packed.headers['content-type']).toBe(plain.headers['content-type']);
      expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    }
  });

  test('a file of another build, and one outside of it, is 404', async () => {
    for (const url of ['/assets/main-0000.js', '/assets/../index.html', '/assets/%2e%2e/x', '/x']) {
      expectProblem(await get(url), 404, 'not_found');
    }
  });

  test('a mistyped address is a page for people and a problem for programs', async () => {
    const page = await get('/piecs/1', { accept: 'text/html,*/*' });
    expect([page.statusCode, page.headers['content-type']]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
    expectProblem(await get('/api/piecs', { accept: 'text/html' }), 404, 'not_found');
    expectProblem(await get('/piecs/1'), 404, 'not_found');
  });
});
