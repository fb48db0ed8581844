import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { api } from '../../adversary/api.ts';

let server: TestRunningServer;
let heavy: TestPerson;
let other: TestPerson;
const body = 1024 * 1024;
beforeAll(async () => {
  server = await startRunningServer({ MAX_BODY_BYTES: String(body) });
  [heavy, other] = [await createPerson(server, 'Heavy'), await createPerson(server, 'Other')];
});
afterAll(() => server.stop());

/** A connection, with all that came by it. */
function raw(text = '') {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const got = { text: '' };
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => (got.text += data.toString()));
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  return { socket, got };
}

const heading = (token: string, length: string) =>
  `POST /api/pieces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
  `content-type: application/json\r\n${length}\r\n\r\n${length.startsWith('t') ? '1\r\n{\r\n' : '{'}`;

const answered = async ({ got }: { got: { text: string } }) => {
  await expect.poll(() => got.text).toMatch(/^HTTP/);
  return Number(got.text.slice(9, 12));
};
const gone = (socket: Socket) => (socket.destroyed ? Promise.resolve() : once(socket, 'close'));

describe('B2 bodies that are not sent to their end', () => {
  test.each([
    ['with a length', `content-length: ${body}`],
    ['in chunks', 'transfer-encoding: chunked'],
  ])(
    'one person has four of the largest at once, %s; what is over it is 429, and only theirs',
    async (_, length) => {
      const open = Array.from({ length: 6 }, () => raw(heading(heavy.token, length)));
      const refused = () => open.filter(({ got }) => got.text.startsWith('HTTP/1.1 429'));
      await expect.poll(() => refused().length).toBe(2);
      for (const { got } of refused()) {
        expect(got.text).toMatch(/retry-after: \d/i);
        expect(got.text).toContain('too_many_tasks');
      }
      const made = await api(server, other)('POST', '/api/pieces', { title: 'Mine' });
      expect(made.status).toBe(201);
      for (const { socket } of open) socket.destroy();
      await expect
        .poll(async () => (await api(server, heavy)('POST', '/api/pieces', { title: 'x' })).status)
        .toBe(201);
    },
  );

  test('what is answered counts no more, however much one after the other', async () => {
    const content = 'word '.repeat(150_000);
    for (let n = 0; n < 8; n++) {
      const made = await api(server, other)('POST', '/api/pieces', { content, format: 'text' });
      expect(made.status).toBe(201);
    }
  });

  test('who is not signed in is told so before any of it is read, and cut off', async () => {
    const one = raw(heading('nobody-has-this-token', `content-length: ${body}`));
    expect(await answered(one)).toBe(401);
    await gone(one.socket);
  });

  test('a connection without a request is cut off', async () => {
    await gone(raw().socket);
  });
});
