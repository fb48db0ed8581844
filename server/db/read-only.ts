/**
 * Whether an error is of a connection that takes no writes: after a failover it leads to a server that
 * has become a standby, and will go on saying so while the next connection may lead to the new primary.
 */
export function isReadOnly(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === '25006';
}

/** Whether an error is of a database that is read, and takes no writes: read only, or its disk is full. */
export function takesNoWrites(error: unknown): boolean {
  return isReadOnly(error) || (error as { readonly code?: unknown } | null)?.code === '53100';
}

/**
 * Tells of the failure of a query of the driver, before whoever asked hears of it. A query is sent
 * when somebody waits for it, so it must not be waited for here.
 */
export function onFailure(query: unknown, tell: (error: unknown) => void): void {
  // The driver's own way out of a query (postgres 3.4.9); what only makes a part of one has none.
  const open = query as { reject?: (error: unknown) => void } | null;
  if (typeof open !== 'object' || typeof open?.reject !== 'function') return;
  const reject = open.reject.bind(open);
  open.reject = (error) => {
    tell(error);
    reject(error);
  };
}
