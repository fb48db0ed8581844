import type { Log } from '../collab/ports.ts';
import type { Sql } from './connect.ts';
import { usualShares, type PoolShares } from './opening/pool-shares.ts';

/**
 * Opens all connections of a pool before anybody needs them: for each, the driver makes a key of the
 * password on the event loop, 3 ms on a quiet machine and 90 where all cores are taken (B1). For a database
 * of our own: another's may have few connections, for others too. Never rejects: each is opened when it is
 * needed, at the latest.
 */
export async function warmUp(sql: Sql, log: Log, pool: PoolShares = usualShares): Promise<void> {
  const statements = Array.from({ length: pool.statements }, () => sql`select 1`);
  const transactions = Array.from({ length: pool.transactions }, () =>
    sql.begin((tx) => tx`select 1`),
  );
  for (const { status, ...rest } of await Promise.allSettled([...statements, ...transactions])) {
    if (status === 'rejected') log.warn(rest, 'a connection to the database is not open yet');
  }
}
