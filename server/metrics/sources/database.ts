import type { PoolLoad } from '../../db/pool-load.ts';
import type { Meters } from '../meters.ts';

export interface DatabaseSource {
  readonly db: { readonly load: Pick<PoolLoad, 'most' | 'inUse' | 'waiting'> };
}

/** The pool of the database; the journal and the threads have connections of their own. */
export function databaseMetrics(meters: Meters, { db: { load } }: DatabaseSource): void {
  meters.gauge(
    'counterpoint_database_connections_in_use',
    'Connections of the pool that are at a query or in a transaction',
    () => load.inUse,
  );
  meters.gauge(
    'counterpoint_database_connections_limit',
    'The most connections that the pool may have',
    () => load.most,
  );
  meters.gauge(
    'counterpoint_database_waiting',
    'Queries and transactions that wait for a connection',
    () => load.waiting,
  );
}
