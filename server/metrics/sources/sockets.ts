import { closeCode } from '../../collab/close-codes.ts';
import { clientCodes, type SocketsStatus } from '../../collab/connection/sockets-status.ts';
import { byName, type Meters, type Series } from '../meters.ts';

export interface SocketSource {
  readonly sockets: { readonly status: SocketsStatus };
  readonly limits: { readonly maxConnections: number };
}

const states = ['joining', 'joined', 'leaving', 'closed'] as const;
/** Ours, and those by which `ws` ends a connection that breaks its protocol. */
const serverCodes = [...Object.values(closeCode), 1002, 1007];
const refusals = ['400', '403', '404', '429'] as const;

/** The sockets, who is behind them, and why they end. */
export function socketMetrics(meters: Meters, { sockets, limits }: SocketSource): void {
  meters.gauge(
    'counterpoint_sockets',
    'WebSockets; closed: told to go, and not gone yet',
    () => {
      const { stages } = sockets.status;
      return byName('state', states, (state) => stages.of(state));
    },
    ['state'],
  );
  meters.gauge(
    'counterpoint_sockets_limit',
    'The most sockets of people who are in (MAX_CONNECTIONS)',
    () => limits.maxConnections,
  );
  meters.gauge('counterpoint_people', 'People who are connected', () => sockets.status.people);
  meters.counter(
    'counterpoint_socket_closes_total',
    'Sockets that have ended, by the close code, and by who was the first to close',
    () => closesOf(sockets.status),
    ['by', 'code'],
  );
  meters.counter(
    'counterpoint_socket_handshakes_refused_total',
    'WebSocket handshakes that were refused, by the HTTP status',
    () => {
      const { handshakesRefused } = sockets.status;
      return byName('status', refusals, (status) => handshakesRefused.of(status));
    },
    ['status'],
  );
}

function closesOf({ closedByServer, closedByClient }: SocketsStatus): Series[] {
  const series = (by: string, code: number, value: number) => ({
    labels: { by, code: code === 0 ? 'other' : String(code) },
    value,
  });
  return [
    ...serverCodes.map((code) => series('server', code, closedByServer.of(code))),
    ...[...clientCodes, 0].map((code) => series('client', code, closedByClient.of(code))),
  ];
}
