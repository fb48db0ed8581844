import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createPiece } from '../../support/clients.ts';
import { createPerson } from '../../support/people.ts';
import { createDatabase } from '../../support/postgres.ts';
import {
  adminToken,
  startServerProcess,
  type ServerProcess,
} from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

interface Line {
  readonly reqId?: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Opens a socket, and gives the id that the answer to its upgrade carries. */
async function open(server: ServerProcess, path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  socket.on('error', () => undefined);
  const answer = await Promise.race([
    once(socket, 'upgrade') as Promise<[IncomingMessage]>,
    (once(socket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>).then(
      ([, response]) => [response] as const,
    ),
  ]);
  return { socket, id: String(answer[0].headers['x-request-id']) };
}

const linesOf = (server: ServerProcess, id: string): Line[] =>
  server.log
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ reqId }) => reqId === id);

test('every line about a WebSocket carries the id that the answer to its upgrade names', async () => {
  const database = await createDatabase();
  const server = await startServerProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'debug' });
  try {
    const person = await createPerson(server, 'Ann');
    const piece = await createPiece(server);
    const admin = `token=${adminToken}`;
    const ways: Record<string, { path: string; headers?: Record<string, string>; says: string[] }> =
      {
        joined: { path: `/collab/${piece}?${admin}`, says: ['socket joined', 'socket closed'] },
        'no right': { path: `/collab/${piece}?token=${person.token}`, says: ['socket closed'] },
        nobody: { path: `/collab/${piece}`, says: ['socket closed'] },
        'no such piece': { path: `/collab/none?${admin}`, says: ['socket closed'] },
        'a foreign page': {
          path: `/collab/${piece}?${admin}`,
          headers: { origin: 'https://evil.example' },
          says: ['socket refused'],
        },
        elsewhere: { path: '/nowhere', says: ['socket refused'] },
      };
    const ids = new Set<string>();
    for (const [way, { path, headers, says }] of Object.entries(ways)) {
      const { socket, id } = await open(server, path, headers);
      expect(id, way).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      ids.add(id);
      if (way === 'joined') {
        await until('it has joined', () => linesOf(server, id).length > 0);
        // A frame that cannot be read is told in a line of its own, or closes with a reason.
        socket.send(Buffer.from([0, 99]));
      }
      await until(`${way} is told`, () => linesOf(server, id).length >= says.length);
      const lines = linesOf(server, id);
      expect(
        lines.map(({ msg }) => msg),
        way,
      ).toEqual(says);
      for (const line of lines) {
        if (line.msg !== 'socket refused') expect(line.pieceId).toBe(path.slice(8).split('?')[0]);
        expect(JSON.stringify(line)).not.toContain(adminToken);
      }
      socket.terminate();
    }
    expect(ids.size).toBe(Object.keys(ways).length);
    const about = server.log.filter((line) => /"msg":"socket /.test(line));
    expect(about.filter((line) => !/"reqId":"[0-9a-f-]{36}"/.test(line))).toEqual([]);
    // Those of HTTP requests are of the same kind, and none is used twice.
    const problem = await fetch(`${server.url}/api/me`);
    const told = JSON.stringify(await problem.json());
    const http = await until('it is told', () =>
      server.log.find((line) => line.includes('/api/me')),
    );
    const { reqId } = JSON.parse(http) as Line;
    expect(told).toContain(reqId);
    expect(ids).not.toContain(reqId);
  } finally {
    await server.terminate();
    await database.drop();
  }
});
