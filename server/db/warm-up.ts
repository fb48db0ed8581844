import type { Log } from '../collab/ports.ts';
import { mostConnections } from './client.ts';
import { mostTransactions, type Sql } from './connect.ts';

/**
 * Opens all connections of a pool of the default size before anybody needs them: for each, the driver makes a key of the
 * password on the event loop, 3 ms on a quiet machine and 90 where all cores are taken (B1). For a database
 * of our own: another's may have few connections, for others too. Never rejects: each is opened when it is
 * needed, at the latest.
 */
export async function warmUp(sql: Sql, log: Log): Promise<void> {
  const statements = Array.from({ length: mostConnections }, () => sql`select 1`);
  const transactions = Array.from({ length: mostTransactions() }, () =>
    sql.begin((tx) => tx`select 1`),
  );
  for (const { status, ...rest } of await Promise.allSettled([...statements, ...transactions])) {
    if (status === 'rejected') log.warn(rest, 'a connection to the database is not open yet');
  }
}
