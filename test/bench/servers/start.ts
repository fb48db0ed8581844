import { startCounterpoint } from './counterpoint.ts';
import { startPeer } from './peers.ts';
import type { Server, ServerName, StartOptions } from './server.ts';

/** Starts a server of that name, with nobody connected yet. */
export function startServer(name: ServerName, options: StartOptions): Promise<Server> {
  return name === 'ours' ? startCounterpoint(options) : startPeer(name, options);
}

/** As they are called in what the bench prints. */
export const titles: Readonly<Record<ServerName, string>> = {
  ours: 'Counterpoint, embedded Postgres, saving on',
  reference: '@y/websocket-server, memory only',
  hocuspocus: 'Hocuspocus 4.7, memory only',
};
