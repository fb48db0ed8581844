import type { ServerBus } from '../../bus/open.ts';
import type { BusStats } from '../../bus/link.ts';
import type { Meters, Series } from '../meters.ts';

export interface ServersSource {
  readonly bus: Pick<ServerBus, 'stats'>;
  /** How many servers run on the database, this one included. */
  readonly servers: () => number;
}

/** The other servers, and the ways to them. */
export function serversMetrics(meters: Meters, { bus, servers }: ServersSource): void {
  meters.gauge(
    'counterpoint_servers',
    'Servers that run on the database, as this one sees it',
    servers,
  );
  const byWay = (valueOf: (stats: BusStats) => number): Series[] =>
    bus.stats().map(({ way, stats }) => ({ labels: { way }, value: valueOf(stats) }));
  meters.gauge(
    'counterpoint_bus_live',
    'Whether messages to other servers go this way: 1 or 0',
    () => byWay(({ live }) => Number(live)),
    ['way'],
  );
  meters.gauge(
    'counterpoint_bus_lag_seconds',
    'How long the last message to this server itself took; 0 before the first',
    () => byWay(({ echoMs }) => (echoMs ?? 0) / 1_000),
    ['way'],
  );
  meters.counter(
    'counterpoint_bus_gaps_total',
    'How often messages may have been missed; their text is read in the journal then',
    () => byWay(({ gaps }) => gaps),
    ['way'],
  );
  const kinds = ['published', 'received', 'dropped'] as const;
  meters.counter(
    'counterpoint_bus_messages_total',
    'Messages to other servers, from them, and such as may not have reached them',
    () =>
      bus
        .stats()
        .flatMap(({ way, stats }) =>
          kinds.map((kind) => ({ labels: { way, kind }, value: stats[kind] })),
        ),
    ['way', 'kind'],
  );
}
