import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';

let server: TestServer;
let owner: Person;
let pieceId: string;
const names = ['Xaver Quill', 'Xenia Quint', 'Anne-Xandra Marie'];

beforeAll(async () => {
  server = await startTestServer({ MAX_SEARCHES: '100' });
  owner = await server.person('Owner');
  pieceId = await server.piece(owner);
  for (const name of names) await server.person(name);
  const { id } = await server.person('Yvonne Zander');
  await server.admin.call('PATCH', `/api/users/${id}`, { email });
});
afterAll(() => server.close());

/** Nothing of it is in anybody's name. */
const email = 'q7.kestrel@elsewhere.example';

const find = (q: string, by = owner) =>
  by.call('GET', `/api/pieces/${pieceId}/candidates?q=${encodeURIComponent(q)}`);

test('no search tells an address, but to who knew the whole of it and to admins', async () => {
  const told = async (q: string, by?: Person) =>
    (await find(q, by)).json<{ items: { name: string; email: string | null }[] }>().items;
  for (const q of ['Xa', 'quill', 'xaver quill', 'xan', 'ann', 'mar']) {
    const items = await told(q);
    expect(items.length, q).toBeGreaterThan(0);
    expect(items.map((item) => item.email)).toEqual(items.map(() => null));
  }
  for (let end = 2; end < email.length; end++) expect(await told(email.slice(0, end))).toEqual([]);
  for (let start = 1; start < email.length - 1; start++)
    expect(await told(email.slice(start))).toEqual([]);
  expect(await told(email.toUpperCase())).toEqual([
    { id: expect.any(String) as string, name: 'Yvonne Zander', email },
  ]);
  expect((await told('yvonne', server.admin))[0]).toMatchObject({ email });
  expectProblem(await find('x'), 400, 'validation');
});

test('who searches too often waits, and nobody else', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 101; n++) statuses.push((await find(`zz${n}`)).statusCode);
  expect(statuses).toContain(429);
  const answer = await find('xaver');
  expectProblem(answer, 429, 'too_many_searches');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect((await find('xaver', server.admin)).statusCode).toBe(200);
});
