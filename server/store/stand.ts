/** A server's standing among the servers: one that was taken for dead stands there anew, under the same id. */
export interface Stand {
  readonly id: string;
  /** Since when, in µs of the database's clock. */
  readonly since: string;
}

/** `Stand.since` of a row of `servers`, whatever the session says of how times are written. */
export const sinceOfServer = '(extract(epoch from started_at) * 1000000)::bigint::text';
