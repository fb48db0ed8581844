/**
 * What each operation costs, as it was measured on one machine. `npm run bench -- model --calibrate`
 * measures it anew, on the machine that it runs on; without, the model reckons with what stands here, so
 * that it says the same everywhere.
 */

export interface Costs {
  /** When and where it was measured. */
  readonly origin: string;
  readonly server: ServerCosts;
  readonly postgres: PostgresCosts;
  readonly redis: RedisCosts;
  readonly bytes: Bytes;
}

/** Processor time of a server's process, in µs for each; the event loop's, where nothing else is said. */
export interface ServerCosts {
  /** Of each second in which nothing happens. */
  readonly second: number;
  /** An update that comes from a socket is applied and given to the journal. */
  readonly update: number;
  /** A cursor that comes from a socket. */
  readonly presence: number;
  /** A commit, whatever is in it. */
  readonly commit: number;
  /** A frame that goes out to a socket: text, cursors or "saved". */
  readonly frame: number;
  /** A message to other servers; a server hears its own, too. */
  readonly publish: number;
  /** A message of another server with rows, and one with cursors. */
  readonly foreignRows: number;
  readonly foreignPresence: number;
  /** A piece is read for its row in lists: on the event loop, and on a thread. */
  readonly summary: number;
  readonly summaryThread: number;
  /** Its snapshot is written. */
  readonly snapshot: number;
  /** On a thread, for each row of the journal: it is packed with 4,000 others. */
  readonly pack: number;
  /** Garbage collection and the like beside the event loop, for each µs of it. */
  readonly beside: number;
}

/** Processor time of all processes of Postgres, in µs for each. */
export interface PostgresCosts {
  /** A commit is so much, and so much more for each row, and for each piece. */
  readonly commit: number;
  readonly row: number;
  readonly piece: number;
  /** A server looks at the others: so much, and so much more for each pair of servers that know each other. */
  readonly look: number;
  readonly lookPair: number;
  /** It looks how far the journal of each open piece is. */
  readonly heads: number;
  readonly headsPiece: number;
  readonly claim: number;
  readonly summary: number;
  readonly snapshot: number;
  readonly pack: number;
  /** How long what is written takes to be on the disk, in µs; all that waits goes together. */
  readonly flush: number;
}

/** Processor time of Redis, which has one thread for all of it, in µs for each. */
export interface RedisCosts {
  /** A connection on which something has come is read once, whatever has come. */
  readonly read: number;
  readonly publish: number;
  /** To each subscriber of a message; */
  readonly delivery: number;
  /** and for each kB of it; */
  readonly kilobyte: number;
  /** each connection to which something goes is written to once. */
  readonly write: number;
}

/** In bytes. */
export interface Bytes {
  /**
   * Of the write-ahead log: for each commit, row and piece in it, look, claim, summary, snapshot and row
   * that is packed.
   */
  readonly walCommit: number;
  readonly walRow: number;
  readonly walPiece: number;
  readonly walLook: number;
  readonly walClaim: number;
  readonly walSummary: number;
  readonly walSnapshot: number;
  readonly walPack: number;
  /** On the bus: a message without what it holds, a row, a cursor, a person in a list of who is where. */
  readonly message: number;
  readonly row: number;
  readonly presence: number;
  readonly person: number;
}
