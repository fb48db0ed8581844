import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A proxy in front of some servers, which gives each TCP connection to the next of them in turn that takes
 * connections.
 */
export async function roundRobin(urls: readonly string[]): Promise<RoundRobin> {
  const ports = urls.map((url) => Number(new URL(url).port));
  const open = new Set<Socket>();
  let next = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => open.delete(socket));
  };
  const lead = (client: Socket, tries: number) => {
    const server = connect(ports[next++ % ports.length]!, '127.0.0.1');
    const refused = () => {
      if (tries > 1 && !client.destroyed) lead(client, tries - 1);
      else client.destroy();
    };
    server.once('error', refused);
    server.once('connect', () => {
      server.off('error', refused);
      keep(server);
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
      // Whoever is killed leaves both sides.
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
      client.pipe(server).pipe(client);
    });
  };
  const proxy = createServer((client) => {
    keep(client);
    client.once('error', () => client.destroy());
    lead(client, ports.length);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      proxy.close();
      for (const socket of open) socket.destroy();
      await once(proxy, 'close');
    },
  };
}
