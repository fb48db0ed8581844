import { useEffect, useRef, useState } from 'react';
import type { Thread } from '../../../../api/threads.ts';
import { t } from '../../../../strings/piece.ts';

/** So much of a quote is read out. */
const quoteLength = 60;

/** What others did last, in words, for those who do not see it. */
export function useThreadNews(threads: readonly Thread[] | undefined, userId: string): string {
  const known = useRef<ReadonlyMap<string, Thread> | null>(null);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (threads === undefined) return;
    const before = known.current;
    known.current = new Map(threads.map((thread) => [thread.id, thread]));
    if (before === null) return;
    const said = threads.flatMap((thread) => {
      const then = before.get(thread.id);
      return then === thread ? [] : (newsOf(then, thread, userId) ?? []);
    });
    // What is said follows from what happened, not from what is: there is nothing to compute it of.
    if (said.length > 0) setNews(said.slice(0, 3).join('. '));
  }, [threads, userId]);
  return news;
}

function newsOf(before: Thread | undefined, thread: Thread, userId: string): string | null {
  const words = t.threads.said;
  const { author, comments, decidedBy, kind, status } = thread;
  const quote = thread.quote.slice(0, quoteLength);
  if (before === undefined) {
    if (author.id === userId) return null;
    return (kind === 'comment' ? words.created : words.suggested)(author.name, quote);
  }
  const last = comments.at(-1);
  if (last && comments.length > before.comments.length && last.author.id !== userId) {
    return words.commented(last.author.name, quote);
  }
  if (status === before.status || decidedBy?.id === userId) return null;
  const name = t.threads.statuses[status];
  return words.decided(decidedBy ? t.threads.decidedBy(name, decidedBy.name) : name, quote);
}
