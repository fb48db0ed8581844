/** Something did not happen in time. */
export class Overdue extends Error {
  constructor(what: string, ms: number) {
    super(`${what} within ${ms} ms`);
    this.name = 'Overdue';
  }
}

/**
 * Settles as `promise` does, and rejects with `Overdue` after `ms`. Where this process itself was busy
 * that long, what has come meanwhile is read first: an event loop that stood still is no dead peer.
 *
 * @param what - what did not happen, such as "Redis did not answer"
 */
export function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Overdue(what, ms));
    const timer = setTimeout(() => setImmediate(() => setImmediate(late)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
