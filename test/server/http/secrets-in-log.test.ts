import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createPiece } from '../../support/clients.ts';
import { createPerson } from '../../support/people.ts';
import { createDatabase } from '../../support/postgres.ts';
import { adminToken, startServerProcess } from '../../support/server-process.ts';

test('P3 no secret is in the log, not at its finest level, whichever way it came', async () => {
  const database = await createDatabase();
  const server = await startServerProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'trace' });
  const secrets = new Set<string>([adminToken]);
  const keep = <T extends string>(secret: T): T => {
    secrets.add(secret);
    return secret;
  };
  const call = async (method: string, path: string, headers: object, body?: string) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
    return { text: await answer.text(), headers: answer.headers, status: answer.status };
  };
  try {
    const person = await createPerson(server, 'Sam Secret');
    keep(person.token);
    const pieceId = await createPiece(server);
    const admin = { authorization: `Bearer ${adminToken}` };
    const invited = await call('POST', `/api/users/${person.id}/invite`, admin, '{}');
    const invite = keep(new URL((JSON.parse(invited.text) as { url: string }).url).hash.slice(1));
    const password = keep('sesame-open-password-1');
    const signedIn = await call('POST', '/api/session', {}, JSON.stringify({ invite, password }));
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    keep(cookie.split('=')[1]!);

    const guess = keep('a-guess-of-a-password');
    const email = 'sam.secret@example.org';
    await call('POST', '/api/session', {}, JSON.stringify({ email, password: guess }));
    await call('POST', '/api/session', {}, `{"email": "${email}", "password": "${guess}`);
    await call(
      'POST',
      '/api/session',
      {},
      JSON.stringify({ invite, password: guess, more: guess }),
    );
    const referer = `${server.url}/invite?token=${person.token}#${invite}`;
    for (const path of [
      `/api/me?token=${person.token}`,
      `/api/pieces?%74oken=${person.token}&limit=zero`,
      `/nowhere?Token=${person.token}`,
      `/invite?token=${person.token}`,
      `/collab/${pieceId}?token=${person.token}`,
    ]) {
      await call('GET', path, { referer, cookie, authorization: `Bearer ${person.token}` });
    }
    // Postgres refuses these, and its errors may tell what it was given.
    const odd = JSON.stringify({ current: password, password: `${password}\0\ud800` });
    await call('PUT', '/api/me/password', { cookie, origin: server.url }, odd);
    keep(`${password}\0`);
    for (const token of [person.token, keep('cp_a-token-that-is-nobodys-000000')]) {
      for (const id of [pieceId, 'none', 'a%00b']) {
        const url = `${server.url.replace('http', 'ws')}/collab/${id}?token=${token}&ext=1`;
        const socket = new WebSocket(url, { headers: { cookie, origin: server.url } });
        socket.on('error', () => undefined);
        await Promise.race([
          once(socket, 'message'),
          once(socket, 'close'),
          once(socket, 'unexpected-response'),
        ]);
        socket.terminate();
      }
    }
  } finally {
    await server.terminate();
    await database.drop();
  }
  const log = server.log.join('\n');
  expect(log).toContain('[redacted]');
  for (const secret of secrets) {
    expect(log.includes(secret) ? secret : null).toBeNull();
    expect(log.includes(encodeURIComponent(secret)) ? secret : null).toBeNull();
  }
});
