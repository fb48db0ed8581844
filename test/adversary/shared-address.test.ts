import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createPiece } from '../support/clients.ts';
import { createPerson, type TestPerson } from '../support/people.ts';
import { closeCodeOf } from '../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { adminToken } from '../support/server-process.ts';

let server: TestRunningServer;
let piece: string;
beforeAll(async () => {
  server = await startRunningServer({ TRUST_PROXY: 'true' });
  piece = await createPiece(server);
});
afterAll(() => server.stop());

/** What a call and a socket get that come through the proxy, which adds the last address. */
const doors = {
  async call(token: string, forwarded: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': forwarded };
    return (await fetch(`${server.url}/api/pieces/${piece}`, { headers })).status;
  },
  /** The status of a handshake that is refused, else the close code; 101 where it stays open. */
  async socket(token: string, forwarded: string): Promise<number> {
    const url = `${server.url.replace('http', 'ws')}/collab/${piece}?token=${token}`;
    const ws = new WebSocket(url, { headers: { 'x-forwarded-for': forwarded } });
    ws.on('error', () => undefined);
    const refused = once(ws, 'unexpected-response').then(
      ([, answer]) => (answer as { statusCode: number }).statusCode,
    );
    const spoken = once(ws, 'message').then(() => 101);
    const code = await Promise.race([refused, closeCodeOf(ws), spoken]);
    ws.terminate();
    return code;
  },
};
const welcome = { call: 200, socket: 101 };
const unknown = { call: 401, socket: 4401 };
let made = 0;

/** A member with a token that nobody has used yet. */
async function colleague(): Promise<TestPerson> {
  const person = await createPerson(server, `Colleague ${++made}`);
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  const url = `${server.url}/api/pieces/${piece}/members/${person.id}`;
  await fetch(url, { method: 'PUT', headers, body: '{"role":"reader"}' });
  return person;
}

/** Ends all tokens of a person. */
async function withdraw({ id }: TestPerson): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const url = `${server.url}/api/users/${id}/tokens`;
  const { items } = (await (await fetch(url, { headers })).json()) as { items: { id: string }[] };
  for (const token of items) await fetch(`${url}/${token.id}`, { method: 'DELETE', headers });
}

for (const door of ['call', 'socket'] as const) {
  test(`P3 a withdrawn token that comes again and again by ${door} is no guess`, async () => {
    const address = `203.0.113.${++made}`;
    const gone = await colleague();
    const other = await colleague();
    await withdraw(gone);
    for (let n = 0; n < 30; n++) expect(await doors[door](gone.token, address)).toBe(unknown[door]);
    expect(await doors[door](other.token, address)).toBe(welcome[door]);
    // Nor has it used up the tries of who does guess.
    expect(await doors[door]('cp_a-guess', address)).toBe(unknown[door]);
  });

  test(`P3 a valid token that is new gets in by ${door} where others guess`, async () => {
    const address = `203.0.113.${++made}`;
    for (let n = 0; n < 10; n++) await doors[door](`cp_guess-${made}-${n}`, address);
    expect(await doors[door]('cp_one-more', address)).toBe(429);
    const [one, another] = [await colleague(), await colleague()];
    const guesses = Array.from({ length: 60 }, (_, n) => doors[door](`cp_flood-${n}`, address));
    expect(await doors[door](one.token, address)).toBe(welcome[door]);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([429]));
    expect(await doors[door](another.token, address)).toBe(welcome[door]);
  });

  test(`P3 a made-up X-Forwarded-For lifts no limit by ${door}`, async () => {
    const address = `203.0.113.${++made}`;
    const from = (n: number) => `198.51.100.${n}, 10.0.0.${n}, ${address}`;
    for (let n = 0; n < 10; n++)
      expect(await doors[door](`cp_made-up-${made}-${n}`, from(n))).toBe(unknown[door]);
    expect(await doors[door]('cp_made-up', from(99))).toBe(429);
  });
}
