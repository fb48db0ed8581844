import type { JournalEntry } from '../ports.ts';
import type { JournalQueue } from './journal.ts';

/** How the journal does, for who watches the server. Counts are since the start. */
export interface JournalStatus {
  /** Updates that are not committed yet, and their bytes. */
  readonly unsaved: { readonly updates: number; readonly bytes: number };
  /** When the oldest of them came, in ms since 1970; null: there is none. */
  readonly oldest: number | null;
  /** Commits that succeeded, and the updates that they held. */
  readonly commits: number;
  readonly committedUpdates: number;
  /** Tries that failed; each is tried again. */
  readonly failures: number;
}

/** What is being committed. */
interface UnderWay {
  readonly queues: readonly { readonly queue: JournalQueue; readonly position: number }[];
  readonly entries: readonly JournalEntry[];
}

/**
 * What waits, and since when. It looks at each piece that has something unsaved, and at each row that is
 * being committed: nothing is counted at a keystroke for it.
 */
export function lookAtWaiting(dirty: Iterable<JournalQueue>, group: UnderWay | null) {
  let updates = 0;
  let oldest: number | null = null;
  const came = (at: Date | undefined) => {
    if (at !== undefined) oldest = Math.min(oldest ?? Infinity, at.getTime());
  };
  for (const { queue, position } of group?.queues ?? []) updates += position - queue.committed;
  for (const { at } of group?.entries ?? []) came(at);
  for (const { waiting } of dirty) {
    updates += waiting.length;
    came(waiting[0]?.at);
  }
  return { updates, oldest };
}
