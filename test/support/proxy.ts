import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** From now on nothing goes through, and nothing is closed: as when a cable is cut. */
  silence(): void;
  /** All goes through again, what waits included. */
  resume(): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** A way to a port of this machine that a test can cut. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const pipe = (from: Socket, to: Socket) => {
    sockets.add(from);
    if (silent) from.pause();
    from.on('data', (bytes: Buffer) => to.write(bytes));
    from.on('end', () => to.end());
    // A connection that breaks here breaks there.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (here) => {
    const there = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    pipe(here, there);
    pipe(there, here);
    if (!silent) return;
    // Data listeners set a socket flowing.
    here.pause();
    there.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      silent = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      silent = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
