/** What a query of the driver is beside a promise (postgres 3.4.9). */
interface OpenQuery {
  canceller: ((query: OpenQuery) => Promise<unknown>) | null;
}

/**
 * Asks the database to break a query off, by a connection of its own as Postgres has it. Where that cannot
 * be made, the query goes on to its end: whoever cancels has given it up already. The driver's own
 * `cancel` drops the promise of that connection, and its failure would end the process.
 */
export function cancel(query: unknown): void {
  const open = query as OpenQuery;
  const { canceller } = open;
  open.canceller = null;
  canceller?.(open).catch(() => undefined);
}
