/** A row of the journal, as the history reads it. `at` is in ms since 1970. */
export interface HistoryRow {
  readonly seq: number;
  /** A user id; null: the server. */
  readonly author: string | null;
  readonly at: number;
  /** A Yjs update (v1). */
  readonly update: Uint8Array;
}

/**
 * Neighbouring rows that are stored as one. `update` does what they did together; `moments` says of
 * each row what of that was its, by whom and when, so that every row can be had back (moments.ts).
 */
export interface PackedRows {
  readonly first: number;
  readonly last: number;
  /** When the last of them was written, and when the latest: clocks are set back at times. */
  readonly lastAt: number;
  readonly latest: number;
  readonly update: Uint8Array;
  readonly moments: Uint8Array;
  /** SHA-256 of the rows as they were, see `digestOf`. */
  readonly digest: Uint8Array;
}

export type StoredRows = { readonly row: HistoryRow } | { readonly packed: PackedRows };
