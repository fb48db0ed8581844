import type { JournalStatus } from '../../collab/journal/journal-status.ts';
import type { Meters } from '../meters.ts';

export interface SavingSource {
  readonly journal: { readonly status: JournalStatus };
  readonly limits: { readonly maxPendingBytes: number };
}

/** What is not saved yet, and how saving goes (D2–D4). */
export function savingMetrics(meters: Meters, { journal, limits }: SavingSource): void {
  meters.gauge(
    'counterpoint_unsaved_updates',
    'Updates that are not committed yet',
    () => journal.status.unsaved.updates,
  );
  meters.gauge(
    'counterpoint_unsaved_bytes',
    'Bytes of the updates that are not committed yet',
    () => journal.status.unsaved.bytes,
  );
  meters.gauge(
    'counterpoint_unsaved_limit_bytes',
    'Unsaved bytes past which sockets are not read (MAX_PENDING_BYTES)',
    () => limits.maxPendingBytes,
  );
  meters.gauge(
    'counterpoint_unsaved_oldest_age_seconds',
    'For how long the oldest of them has not been committed; 0: all is saved',
    () => ageOf(journal.status.oldest),
  );
  meters.counter(
    'counterpoint_commits_total',
    'Commits of the journal',
    () => journal.status.commits,
  );
  meters.counter(
    'counterpoint_commit_failures_total',
    'Tries to commit that failed; each is tried again until it succeeds',
    () => journal.status.failures,
  );
  meters.counter(
    'counterpoint_committed_updates_total',
    'Updates that commits held, a keystroke each',
    () => journal.status.committedUpdates,
  );
}

/** The system's clock may be set back meanwhile. */
function ageOf(since: number | null): number {
  return since === null ? 0 : Math.max(0, Date.now() - since) / 1_000;
}
