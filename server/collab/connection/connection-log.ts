import type { Log } from '../ports.ts';

/**
 * The log of one connection: each of its lines carries the id of the request that asked for it
 * (`reqId`, as the lines of HTTP requests do), and the piece.
 */
export class ConnectionLog implements Log {
  readonly #log: Log;
  readonly #fields: { readonly reqId: string; readonly pieceId: string };

  constructor(log: Log, reqId: string, pieceId: string) {
    this.#log = log;
    this.#fields = { reqId, pieceId };
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ ...this.#fields, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ ...this.#fields, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ ...this.#fields, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ ...this.#fields, ...fields }, message);
  }
}
