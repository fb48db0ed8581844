/** What events make of the list of threads that a page has. Pure. */
import type { SharedThread, Thread } from '../../shared/api/threads.ts';
import type { PieceEvent, ThreadAnchorsEvent, ThreadEvent } from '../../shared/protocol/events.ts';

export type ThreadsEvent = ThreadEvent | ThreadAnchorsEvent;

export function isThreadsEvent(event: PieceEvent): event is ThreadsEvent {
  return event.type === 'thread' || event.type === 'thread-anchors';
}

/** The list after an event; null: the event does not hold all of it, ask for the list. */
export function applyEvent(
  threads: readonly Thread[],
  event: ThreadsEvent,
  userId: string,
): readonly Thread[] | null {
  if (event.type === 'thread') {
    return event.thread === null ? null : putThread(threads, event.thread, userId);
  }
  if (event.threads === null) return null;
  const moved = new Map(event.threads.map((one) => [one.id, one]));
  return threads.map((thread) => {
    const anchor = moved.get(thread.id);
    return anchor ? { ...thread, ...anchor } : thread;
  });
}

/** The list with a thread as everybody sees it; new comments of others are unread. */
export function putThread(
  threads: readonly Thread[],
  shared: SharedThread,
  userId: string,
): readonly Thread[] {
  const index = threads.findIndex(({ id }) => id === shared.id);
  const thread = { ...shared, unread: unreadIn(threads[index], shared, userId) };
  return index < 0 ? [...threads, thread] : threads.with(index, thread);
}

function unreadIn(before: Thread | undefined, { comments }: SharedThread, userId: string): number {
  const others = comments.filter(({ author, deletedAt }) => author.id !== userId && !deletedAt);
  const known = new Set(before?.comments.map(({ id }) => id));
  const fresh = others.filter(({ id }) => !known.has(id)).length;
  return Math.min((before?.unread ?? 0) + fresh, others.length);
}

/** Threads of one kind of interest. */
export type ThreadFilter = 'open' | 'mine' | 'resolved';

export function isIn(filter: ThreadFilter, thread: Thread, userId: string): boolean {
  if (filter === 'open') return thread.status === 'open';
  if (filter === 'resolved') return thread.status !== 'open';
  const said = thread.comments.some(
    ({ author, mentions, deletedAt }) =>
      !deletedAt && (author.id === userId || mentions.some(({ id }) => id === userId)),
  );
  return thread.createdBy === userId || said;
}
