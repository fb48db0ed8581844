import type { Lanes } from '../lanes.ts';

/** What a query of the driver is beside a promise (postgres 3.4.9). */
interface OpenQuery {
  /** Sends it; called once, when somebody waits for it. */
  handler(query: OpenQuery): void;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly cancelled: unknown;
}

/**
 * Makes a query of the driver run in a transaction of its own, and be answered once that has committed.
 * For connections that a pooler lends: only within a transaction is it known how they are set.
 */
export function runAlone(query: unknown, lanes: Lanes): void {
  // What makes only a part of a query (`sql('column')`) is passed over.
  if (!isQuery(query)) return;
  query.handler = () => void send(query, lanes);
}

async function send(query: OpenQuery, lanes: Lanes): Promise<void> {
  const outer = { resolve: query.resolve.bind(query), reject: query.reject.bind(query) };
  const answered = new Promise<unknown>((resolve, reject) => {
    // A cursor's iterator puts others in their place, once for each page.
    intercept(query, 'resolve', resolve, (given) => (outer.resolve = given));
    intercept(query, 'reject', reject, (given) => (outer.reject = given));
  });
  // It may fail before anybody waits for it, when it is cancelled while it waits for a connection.
  answered.catch(() => undefined);
  try {
    const value = await lanes.begin('', async (tx) => {
      if (query.cancelled) return answered;
      (tx`` as unknown as OpenQuery).handler(query);
      return answered;
    });
    outer.resolve(value);
  } catch (error) {
    outer.reject(error);
  }
}

function intercept<Name extends 'resolve' | 'reject'>(
  query: OpenQuery,
  name: Name,
  inner: OpenQuery[Name],
  replaced: (given: OpenQuery[Name]) => void,
): void {
  Object.defineProperty(query, name, { configurable: true, get: () => inner, set: replaced });
}

function isQuery(query: unknown): query is OpenQuery {
  return (
    query instanceof Promise && typeof (query as Partial<OpenQuery> & object).handler === 'function'
  );
}
