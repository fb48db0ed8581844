/**
 * Which tables a backup holds. A test compares this with the schema: who adds a table decides here.
 */

/** Before a table stand all that it refers to, so that rows can be put in with their checks on. */
export const keptTables = [
  'users',
  'api_tokens',
  // What a program does with a token that has ended is no guessing.
  'former_tokens',
  // An open window whose session lives on brings back what was written after the backup; one that is
  // signed out forgets it. `restore --sign-out` leaves them out.
  'sessions',
  'oidc_accounts',
  'people_events',
  'pieces',
  'members',
  'former_writers',
  'journal_heads',
  'journal',
  'snapshots',
  'client_ids',
  'refused_edits',
  'threads',
  'comments',
  'thread_reads',
  'piece_events',
  'versions',
  // Their servers have ended, as after a crash (P2).
  'open_pieces',
] as const;

/** What a backup is without, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  schema_migrations: 'is in the manifest, and written anew by the migrations',
  schema_expansions: 'the same',
  invites: 'one-time links: one that has been used since would open its account again',
  servers: 'those that run on the database that it is of',
  rights_head: 'what servers that run have acted on; it begins anew',
  rights_changes: 'the same',
  boss_job:
    'what servers that run have still to do: whoever starts on what was restored finds it anew (history/keeper.ts)',
  boss_archive: 'the same, done',
  boss_queue: 'written anew by whoever starts, as all tables of the job library are',
  boss_version: 'the same',
  boss_schedule: 'the same; not used',
  boss_subscription: 'the same; not used',
  large_parts: 'values on their way, of transactions that have not ended',
};
