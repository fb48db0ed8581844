import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../adversary/api.ts';
import { createPiece } from '../support/clients.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.ts';
import { adminToken, startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let postgres: OwnPostgres;
let server: ServerProcess;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  server = await startServerProcess({ DATABASE_URL: postgres.serverUrl });
});
afterAll(async () => {
  await postgres.resume();
  await server.kill9();
  await postgres.remove();
});

test('D4 while the database stands still every write is 503 within the deadline, whoever asks, and all goes on after it', async () => {
  const id = await createPiece(server, { title: 'Before' });
  const admin = api(server, { token: adminToken });
  const stranger = api(server, { token: 'nobodys-token-of-at-least-32-characters' });
  await postgres.pause();
  const credentials = { email: 'admin@example.org', password: 'some password of theirs' };
  const asked = [
    admin('PATCH', `/api/pieces/${id}`, { title: 'Meanwhile' }),
    admin('POST', '/api/pieces', { title: 'New' }),
    admin('POST', `/api/pieces/${id}/threads`, { anchor: { quote: 'x' }, body: 'y' }),
    admin('DELETE', `/api/pieces/${id}`),
    stranger('PATCH', `/api/pieces/${id}`, { title: 'Not mine' }),
    stranger('POST', '/api/session', credentials),
    stranger('POST', '/api/session', { invite: 'a-made-up-invite' }),
  ];
  for (const answer of await Promise.all(asked)) {
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 503,
      code: 'database_unavailable',
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  await postgres.resume();
  await until(
    'ready',
    async () => (await fetch(`${server.url}/readyz`)).status === 200,
    undefined,
    100,
  );
  const renamed = await until(
    'it is written',
    async () => {
      const answer = await admin('PATCH', `/api/pieces/${id}`, { title: 'After' });
      return answer.status === 200 || answer.status === 404;
    },
    undefined,
    100,
  );
  expect(renamed).toBe(true);
}, 120_000);
