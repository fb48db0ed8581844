import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { errorTable } from '../../../server/errors.ts';
import { adminToken, expectProblem, startTestServer, type TestServer } from './support.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };

/** What the server says to these bytes. */
async function raw(bytes: string): Promise<string> {
  const { port } = server.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.end(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('every error is problem details', () => {
  test('an unknown path is 404, inside /api without signing in too', async () => {
    for (const url of ['/nowhere', '/api/nowhere', '/api', '/api/pieces/a/b/c']) {
      expectProblem(await server.app.inject({ url }), 404, 'not_found');
    }
  });

  test('a known path by another method is 405, and Allow names what is possible', async () => {
    const answer = await server.app.inject({ method: 'PUT', url: '/api/pieces?x=1' });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
  });

  test.each([
    ['malformed JSON', '{"title": ', 400, 'malformed_json'],
    ['5 MB of malformed JSON', `{"title": ${'['.repeat(5_000_000)}`, 400, 'malformed_json'],
    ['a poisoned prototype', '{"__proto__": {"admin": true}}', 400, 'malformed_json'],
    ['a body over the limit', `"${'x'.repeat(9_000_000)}"`, 413, 'too_large'],
  ])('%s', async (_name, payload, status, code) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/pieces',
      headers,
      payload,
    });
    expectProblem(answer, status, code);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'x'])(
    'content-type %s is 415',
    async (type) => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/pieces',
        headers: { ...headers, 'content-type': type },
        payload: 'title=a',
      });
      expectProblem(answer, 415, 'unsupported_media_type');
    },
  );

  test('a DELETE that says JSON and has no body is fine', async () => {
    const id = await server.piece(server.admin);
    const answer = await server.app.inject({ method: 'DELETE', url: `/api/pieces/${id}`, headers });
    expect(answer.statusCode).toBe(204);
  });

  test('paths that cannot be decoded, or are too long', async () => {
    expectProblem(await server.app.inject({ url: '/api/pieces/%zz', headers }), 400, 'bad_request');
    const long = await server.app.inject({ url: `/api/pieces/${'a'.repeat(200)}`, headers });
    expectProblem(long, 414, 'uri_too_long');
  });

  test('bytes that are not HTTP', async () => {
    const answer = await raw('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain('"code":"bad_request"');
    const huge = await raw(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(huge).toContain('"code":"headers_too_large"');
  });

  test('an error that is ours is a 500 that tells nothing, and is in the log by its id', async () => {
    const broken = vi.spyOn(server.rooms, 'present').mockImplementation(() => {
      throw new Error('the secret reason');
    });
    const id = await server.piece(server.admin);
    const answer = await server.admin.call('GET', `/api/pieces/${id}`);
    broken.mockRestore();
    expectProblem(answer, 500, 'internal');
    expect(answer.body).not.toContain('secret');
    const { instance } = answer.json<{ instance: string }>();
    const line = server
      .logged()
      .split('\n')
      .find((text) => text.includes('the secret reason'))!;
    expect(JSON.parse(line)).toMatchObject({ level: 50, reqId: instance.split(':').at(-1) });
  });
});

describe('operations', () => {
  test('D4: not ready while nothing more can be saved, but alive', async () => {
    expect((await server.app.inject({ url: '/readyz' })).json()).toEqual({ status: 'ok' });
    const full = vi.spyOn(server.rooms, 'canSave').mockReturnValue(false);
    const answer = await server.app.inject({ url: '/readyz' });
    full.mockRestore();
    expectProblem(answer, 503, 'not_ready');
    expect(answer.headers['retry-after']).toBe('2');
    expect((await server.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  });

  test('the docs need nothing from outside', async () => {
    const docs = await server.app.inject({ url: '/docs' });
    expect(docs.statusCode).toBe(200);
    const files = [...docs.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files.length).toBeGreaterThan(3);
    for (const url of files) {
      expect(url).toMatch(/^\/docs\//);
      expect((await server.app.inject({ url })).statusCode).toBe(200);
    }
    // Scripts from here only, none inline, and plain http is not sent to https.
    expect(docs.body).not.toMatch(/<script>|on\w+="/);
    const policy = docs.headers['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(docs.headers['strict-transport-security']).toBeUndefined();
  });

  test('a code never has two statuses that disagree with its close code', () => {
    for (const kind of Object.values(errorTable)) {
      if ('close' in kind && kind.close >= 4400) expect(kind.close - 4000).toBe(kind.status);
    }
  });
});

describe('the contract', () => {
  test('describes every route, with problem details for its errors', async () => {
    const document = (await server.app.inject({ url: '/openapi.json' })).json<OpenApi>();
    expect(document.openapi).toMatch(/^3\.1\./);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([
      'DELETE /api/comments/{id}',
      'DELETE /api/pieces/{id}',
      'DELETE /api/pieces/{id}/members/{userId}',
      'DELETE /api/refused/{id}',
      'DELETE /api/session',
      'DELETE /api/users/{id}',
      'DELETE /api/users/{id}/sessions',
      'DELETE /api/users/{id}/tokens/{tokenId}',
      'GET /api/me',
      'GET /api/pieces',
      'GET /api/pieces/{id}',
      'GET /api/pieces/{id}/at/{time}',
      'GET /api/pieces/{id}/attribution',
      'GET /api/pieces/{id}/candidates',
      'GET /api/pieces/{id}/diff',
      'GET /api/pieces/{id}/events',
      'GET /api/pieces/{id}/export',
      'GET /api/pieces/{id}/history',
      'GET /api/pieces/{id}/members',
      'GET /api/pieces/{id}/outline',
      'GET /api/pieces/{id}/refused',
      'GET /api/pieces/{id}/threads',
      'GET /api/pieces/{id}/versions',
      'GET /api/session/device-keys',
      'GET /api/session/oidc',
      'GET /api/session/oidc/callback',
      'GET /api/session/ways',
      'GET /api/threads/{id}',
      'GET /api/users',
      'GET /api/users/{id}/events',
      'GET /api/users/{id}/tokens',
      'GET /api/versions/{id}',
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      'PATCH /api/comments/{id}',
      'PATCH /api/pieces/{id}',
      'PATCH /api/users/{id}',
      'POST /api/pieces',
      'POST /api/pieces/{id}/at/{time}/restore',
      'POST /api/pieces/{id}/threads',
      'POST /api/pieces/{id}/threads/read',
      'POST /api/pieces/{id}/undelete',
      'POST /api/pieces/{id}/versions',
      'POST /api/refused/{id}/apply',
      'POST /api/session',
      'POST /api/threads/{id}/accept',
      'POST /api/threads/{id}/comments',
      'POST /api/threads/{id}/read',
      'POST /api/threads/{id}/reject',
      'POST /api/threads/{id}/reopen',
      'POST /api/threads/{id}/resolve',
      'POST /api/users',
      'POST /api/users/{id}/invite',
      'POST /api/users/{id}/tokens',
      'POST /api/versions/{id}/restore',
      'PUT /api/me/password',
      'PUT /api/pieces/{id}/content',
      'PUT /api/pieces/{id}/members/{userId}',
    ]);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        if (!path.startsWith('/api/')) continue;
        expect(operation.summary).toBeTruthy();
        if (operation.security?.length === 0) continue;
        expect(Object.keys(operation.responses['401']!.content)).toEqual([
          'application/problem+json',
        ]);
      }
    }
  });

  test('every reference in it leads somewhere', async () => {
    const { body } = await server.app.inject({ url: '/openapi.json' });
    const document = JSON.parse(body) as Record<string, unknown>;
    const references = [...body.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const target = reference
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
      expect(target, reference).toBeTypeOf('object');
    }
  });
});

interface OpenApi {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      { summary: string; security?: object[]; responses: Record<string, { content: object }> }
    >
  >;
}
