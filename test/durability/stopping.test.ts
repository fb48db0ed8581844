import dns from 'node:dns';
import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import os from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect, createPiece, docHolds } from '../support/clients.ts';
import { holdJournal } from '../support/hold-journal.ts';
import { startRunningServers } from '../support/running-server.ts';
import { until } from '../support/until.ts';

const first = '127.0.0.1';
const hasIpv6 = Object.values(os.networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const second = hasIpv6 ? '::1' : '127.0.0.2';

test('D5 from the moment that it stops, no listener of a server lets anybody in or calls it ready', async () => {
  twoAddressesOfLocalhost();
  const server = await startRunningServers(1, { HOST: 'localhost' });
  const port = Number(new URL(server.url).port);
  const at = { url: `http://${first}:${port}` };
  const piece = await createPiece(at);
  const [writer, other] = [connect(at, piece), connect(at, piece)] as const;
  onTestFinished(() => [writer, other].forEach((client) => client.destroy()));
  await until('both are in', () => writer.provider.synced && other.provider.synced);

  const held = await holdJournal(server.databaseUrl);
  writer.body.insert(0, 'Do night buses pay?');
  await docHolds(other.doc, () => other.body.toJSON().includes('buses'));

  const asked: Socket[] = [];
  for (const host of [first, second]) {
    asked.push(await reach(host, port), await reach(host, port));
    // It takes connections in their order: by this answer it has those before.
    expect(await answerOf(await reach(host, port), 'GET /readyz')).toMatch(/^HTTP\/1.1 200 /);
  }
  const stopped = server.stop();
  for (const host of [first, second]) {
    await until(`nobody gets in at ${host}`, () => reach(host, port).then(gone, () => true));
  }
  const upgrade = `GET /collab/${piece}?token=x`;
  for (const [i, socket] of asked.entries()) {
    const answer = await answerOf(socket, i % 2 === 0 ? 'GET /readyz' : upgrade);
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
  }
  await held.release();
  await stopped;
});

/** As most machines have them, for who listens. */
function twoAddressesOfLocalhost(): void {
  const lookup = dns.lookup as (...args: unknown[]) => void;
  const spy = vi.spyOn(dns, 'lookup') as unknown as {
    mockImplementation(of: (...args: unknown[]) => void): void;
    mockRestore(): void;
  };
  spy.mockImplementation((name, options, then, ...rest) => {
    const all = (options as { all?: boolean } | undefined)?.all === true;
    if (name !== 'localhost' || !all) return lookup(name, options, then, ...rest);
    const addresses = [first, second].map((address) => ({
      ...{ address, family: address.includes(':') ? 6 : 4 },
    }));
    (then as (error: null, found: object[]) => void)(null, addresses);
  });
  onTestFinished(() => spy.mockRestore());
}

async function reach(host: string, port: number): Promise<Socket> {
  const socket = dial(port, host);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function gone(socket: Socket): false {
  socket.destroy();
  return false;
}

async function answerOf(socket: Socket, line: string): Promise<string> {
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString()));
  const ended = once(socket, 'close');
  const isUpgrade = line.includes('/collab/');
  const headers = isUpgrade
    ? 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
    : 'connection: close';
  socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n\r\n`);
  await ended;
  return answer;
}
