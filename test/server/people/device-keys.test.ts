import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceKeys } from '../../../shared/api/people.ts';
import { startTestServer, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser, type Browser } from './browser.ts';

let server: TestServer;
let people = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

async function person(): Promise<string> {
  const email = `person-${++people}@example.org`;
  const made = await server.admin.call('POST', '/api/users', { email, name: 'Person' });
  return made.json<{ id: string }>().id;
}

async function signedIn(userId: string): Promise<Browser> {
  const browser = openBrowser(server);
  const invite = await inviteFor(server, userId);
  expect((await browser.call('POST', '/api/session', { invite })).statusCode).toBe(200);
  return browser;
}

async function keysOf(browser: Browser): Promise<DeviceKeys> {
  const answer = await browser.call('GET', '/api/session/device-keys');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.json<DeviceKeys>();
}

describe('P4 the keys of what a browser keeps on its device', () => {
  test('a session always gets the same two, also where both are asked for at once', async () => {
    const browser = await signedIn(await person());
    const [one, two] = await Promise.all([keysOf(browser), keysOf(browser)]);
    expect(two).toEqual(one);
    expect((await keysOf(browser)).session).toBe(one.session);
    for (const key of [one.session, one.person])
      expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(one.session).not.toBe(one.person);
  });

  test('another session of the same person gets another key for texts, and the same for unsaved words', async () => {
    const userId = await person();
    const [first, second] = [
      await keysOf(await signedIn(userId)),
      await keysOf(await signedIn(userId)),
    ];
    expect(second.session).not.toBe(first.session);
    expect(second.person).toBe(first.person);
    expect(second.userId).toBe(userId);
  });

  test('two people share none', async () => {
    const [ana, ben] = [
      await keysOf(await signedIn(await person())),
      await keysOf(await signedIn(await person())),
    ];
    expect(new Set([ana.session, ana.person, ben.session, ben.person]).size).toBe(4);
  });

  test('with the session its key goes: neither the cookie nor the database gives it again', async () => {
    const userId = await person();
    const browser = await signedIn(userId);
    const cookies = new Map(browser.cookies);
    await keysOf(browser);
    const { sql } = server;
    const [stored] = await sql<{ secret: Buffer }[]>`
      select device_secret as secret from sessions where user_id = ${userId}`;
    expect(stored?.secret).toHaveLength(32);
    await server.admin.call('DELETE', `/api/users/${userId}/sessions`);
    expect(await sql`select 1 from sessions where user_id = ${userId}`).toHaveLength(0);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    const answer = await browser.call('GET', '/api/session/device-keys');
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('person');
  });

  test('a session that has run out gets none, and neither does a token', async () => {
    const userId = await person();
    const browser = await signedIn(userId);
    await server.sql`update sessions set expires_at = now() where user_id = ${userId}`;
    expect((await browser.call('GET', '/api/session/device-keys')).statusCode).toBe(401);
    const byToken = await server.admin.call('GET', '/api/session/device-keys');
    expect(byToken.statusCode).toBe(401);
  });
});
