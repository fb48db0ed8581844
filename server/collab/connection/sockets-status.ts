import type { Tally } from '../tally.ts';
import type { Stage } from './connection.ts';

/** What the sockets are, for who watches the server. Counts are since the start. */
export interface SocketsStatus {
  readonly stages: Tally<Stage>;
  /** People who have a socket here. */
  readonly people: number;
  /** Closed, by the code that the server gave. */
  readonly closedByServer: Tally<number>;
  /** Closed or left by the client, by `clientCodes`, and 0 for all other codes. */
  readonly closedByClient: Tally<number>;
  /** By the HTTP status, as `429`. */
  readonly handshakesRefused: Tally<string>;
}

/**
 * With which codes clients end: done (1000), the page is left (1001), none named (1005), cut without a
 * close frame (1006). A client may name any; the others are one.
 */
export const clientCodes: readonly number[] = [1000, 1001, 1005, 1006];

export function clientsCode(code: number): number {
  return clientCodes.includes(code) ? code : 0;
}
