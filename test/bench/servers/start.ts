import { startCounterpoint } from './counterpoint.ts';
import { startPeer } from './peers.ts';
import type { Server, ServerName, StartOptions } from './server.ts';

/** Starts a server of that name, with nobody connected yet. */
export function startServer(name: ServerName, options: StartOptions): Promise<Server> {
  return name === 'ours' ? startCounterpoint(options) : startPeer(name, options);
}

/** Starts them all, and ends them whatever happens. */
export async function withServers<T>(
  names: readonly ServerName[],
  optionsOf: (name: ServerName) => StartOptions,
  use: (servers: readonly Server[]) => Promise<T>,
): Promise<T> {
  const servers: Server[] = [];
  try {
    for (const name of names) servers.push(await startServer(name, optionsOf(name)));
    return await use(servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** As they are called in what the bench prints. */
export const titles: Readonly<Record<ServerName, string>> = {
  ours: 'Counterpoint, embedded Postgres, saving on',
  reference: '@y/websocket-server, memory only',
  hocuspocus: 'Hocuspocus 4.7, memory only',
  'hocuspocus-postgres': 'Hocuspocus 4.7, its database extension on Postgres',
};
