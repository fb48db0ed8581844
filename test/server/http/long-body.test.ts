import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readLongBody } from '../../../server/http/limits/long-body.ts';
import { api } from '../../adversary/api.ts';
import { createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';

let server: TestRunningServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startRunningServer();
  person = await createPerson(server, 'Long');
});
afterAll(() => server.stop());

const long = 'x'.repeat(70_000);
const read = (text: string) => readLongBody(Buffer.from(text));

test('B1 no body longer than 64 KiB is read on the event loop', async () => {
  const parse = vi.spyOn(JSON, 'parse');
  const made = await api(server, person)('POST', '/api/pieces', { title: 'A', content: long });
  const longest = Math.max(...parse.mock.calls.map(([text]) => text.length));
  parse.mockRestore();
  expect(made.status).toBe(201);
  expect(longest).toBeLessThanOrEqual(64 * 1024);
});

test.each([
  ['nested', `{"a":${'['.repeat(70_000)}${']'.repeat(70_000)}}`],
  ['a list', `{"content":[${'1,'.repeat(70_000)}1]}`],
  ['names', `{${Array.from({ length: 9_000 }, (_, n) => `"k${n}":1`).join()}}`],
  ['a long name', `{"${long}":1}`],
  ['lists in lists', JSON.stringify({ a: Array(900).fill(Array(900).fill(0)) })],
])('B1 a long body of many values is refused by their number: %s', async (_, text) => {
  expect(() => read(text)).toThrow(/^The body has .* Only its texts may be long\.$/);
  const answer = await fetch(`${server.url}/api/pieces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
    body: text,
  });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  const said = await answer.text();
  expect(JSON.parse(said)).toMatchObject({ code: 'validation' });
  expect(said.length).toBeLessThan(1_000);
});

test('a long body for no route is not read, and answered with 404', async () => {
  const parse = vi.spyOn(JSON, 'parse');
  const answer = await api(server, person)('POST', '/api/nothing', { content: long });
  const longest = Math.max(0, ...parse.mock.calls.map(([text]) => text.length));
  parse.mockRestore();
  expect(answer.status).toBe(404);
  expect(longest).toBeLessThan(long.length);
});

test.each([
  ['not JSON', `{"content":"${long}`, 'malformed_json'],
  ['a prototype', `{"__proto__":{},"content":"${long}"}`, 'malformed_json'],
  ['no object', `"${long}"`, 'validation'],
  ['an unknown name', `{"more":1,"content":"${long}"}`, 'validation'],
])('a long body is refused as a short one is: %s', async (_, text, code) => {
  const send = async (body: string) => {
    const answer = await fetch(`${server.url}/api/pieces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
      body,
    });
    const { status, detail, ...rest } = (await answer.json()) as Record<string, unknown>;
    return { status, code: rest.code, detail };
  };
  const answer = await send(text);
  expect(answer).toMatchObject({ status: 400, code });
  expect(answer).toEqual(await send(text.replace(long, 'x')));
});
