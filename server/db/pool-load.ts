/** The driver's own ways in and out of a query (postgres 3.4.9), which are called once each. */
interface OpenQuery {
  handler?: (query: unknown) => unknown;
  resolve?: (value: unknown) => unknown;
  reject?: (error: unknown) => unknown;
}

/**
 * How much of a pool is in use. The driver tells of neither, so that it is counted where queries go in:
 * those beyond the number of connections wait for one.
 */
export class PoolLoad {
  #connections = { queries: 0, transactions: 0 };
  #queries = 0;
  #transactions = 0;

  /** How many connections there may be: for single statements, and for a transaction each. */
  bound(queries: number, transactions: number): void {
    this.#connections = { queries, transactions };
  }

  get most(): number {
    return this.#connections.queries + this.#connections.transactions;
  }

  get inUse(): number {
    const { queries, transactions } = this.#connections;
    return Math.min(this.#queries, queries) + Math.min(this.#transactions, transactions);
  }

  get waiting(): number {
    return this.#queries + this.#transactions - this.inUse;
  }

  /** Counts a query from its sending to its end; what only makes a part of one is never sent. */
  query<T>(query: T): T {
    const open = query as OpenQuery | null;
    if (typeof open !== 'object' || !open?.handler || !open.resolve || !open.reject) return query;
    const { handler, resolve, reject } = open;
    let sent = false;
    const over = () => {
      if (sent) this.#queries--;
      sent = false;
    };
    open.handler = (own) => {
      sent = true;
      this.#queries++;
      return handler(own);
    };
    open.resolve = (value) => (over(), resolve(value));
    open.reject = (error) => (over(), reject(error));
    return query;
  }

  /** Counts a transaction, from when it begins to wait for a connection. */
  async transaction<T>(run: Promise<T>): Promise<T> {
    this.#transactions++;
    try {
      return await run;
    } finally {
      this.#transactions--;
    }
  }
}
