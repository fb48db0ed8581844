import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../../server/errors.ts';
import { expectProblem, startTestServer, type TestServer } from './support.ts';
import { until } from '../../support/until.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';
type Contract = Record<string, Record<string, { responses: Record<string, unknown> }>>;

let server: TestServer;
let contract: Contract;
let ids: { piece: string; version: string; suggestion: string };

beforeAll(async () => {
  server = await startTestServer();
  ({ paths: contract } = (await server.app.inject({ url: '/openapi.json' })).json<{
    paths: Contract;
  }>());
  const piece = await server.piece(server.admin, { content: 'Some words.' });
  const named = await server.admin.call('POST', `/api/pieces/${piece}/versions`, { name: 'A' });
  const suggested = await server.admin.call('POST', `/api/pieces/${piece}/threads`, {
    anchor: { quote: 'Some' },
    suggestion: { replacement: 'Few' },
  });
  const idOf = (answer: typeof named) => answer.json<{ id: string }>().id;
  ids = { piece, version: idOf(named), suggestion: idOf(suggested) };
});
afterAll(() => server.close());

const quote = { anchor: { quote: 'words' }, body: 'Which?' };
const tasks: readonly [Method, path: string, id: () => string, query?: string, body?: object][] = [
  ['POST', '/api/pieces', () => '', '', { content: 'Words.' }],
  ['PATCH', '/api/pieces/{id}', () => ids.piece, '', { title: 'Other' }],
  ['PUT', '/api/pieces/{id}/content', () => ids.piece, '', { content: 'Other.' }],
  ['GET', '/api/pieces/{id}', () => ids.piece],
  ['GET', '/api/pieces/{id}/export', () => ids.piece],
  ['GET', '/api/pieces/{id}/outline', () => ids.piece],
  ['GET', '/api/pieces/{id}/history', () => ids.piece],
  ['GET', '/api/pieces/{id}/attribution', () => ids.piece],
  ['GET', '/api/pieces/{id}/diff', () => ids.piece, '?from=now'],
  ['GET', '/api/pieces/{id}/threads', () => ids.piece],
  ['POST', '/api/pieces/{id}/threads', () => ids.piece, '', quote],
  ['GET', '/api/threads/{id}', () => ids.suggestion],
  ['POST', '/api/threads/{id}/accept', () => ids.suggestion],
  ['GET', '/api/versions/{id}', () => ids.version],
  ['POST', '/api/versions/{id}/restore', () => ids.version],
];

describe('B2 the contract says what may come back later', () => {
  for (const [method, path, id, query = '', body] of tasks) {
    test(`429 of ${method} ${path}`, async () => {
      const full = new Problem('too_many_tasks', 'Wait.', { retryAfter: 5 });
      const url = path.replace('{id}', id()) + query;
      let changes = 0;
      const answer = await until('a thread is asked', async () => {
        // Where threads are is remembered until the text changes. On a busy machine the server may have
        // looked for them before it is asked.
        const title = `Before ${path} ${++changes}`;
        await server.admin.call('PATCH', `/api/pieces/${ids.piece}`, { title });
        const ask = vi.spyOn(server.workers, 'ask').mockRejectedValue(full);
        const answer = await server.admin.call(method, url, body, { 'if-match': '*' });
        const asked = ask.mock.calls.some(([person]) => person !== null);
        ask.mockRestore();
        return asked ? answer : null;
      });
      expectProblem(answer, 429, 'too_many_tasks');
      expect(answer.headers['retry-after']).toBe('5');
      expect(contract[path]?.[method.toLowerCase()]?.responses).toHaveProperty('429');
    });
  }

  test('B2 whoever opens a piece learns their role without waiting for a thread', async () => {
    const ask = vi.spyOn(server.workers, 'ask').mockRejectedValue(new Error('asked a thread'));
    const answer = await server.admin.call('GET', `/api/pieces/${ids.piece}?etag=false`);
    ask.mockRestore();
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: ids.piece, role: 'owner' });
    expect(answer.headers).not.toHaveProperty('etag');
  });

  test('every route of the API may answer 503', () => {
    for (const [path, methods] of Object.entries(contract)) {
      if (!path.startsWith('/api/')) continue;
      for (const [method, { responses }] of Object.entries(methods)) {
        expect(responses, `${method} ${path}`).toHaveProperty('503');
      }
    }
  });
});
