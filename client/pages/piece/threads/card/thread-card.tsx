import { memo, useEffect, useRef, type KeyboardEvent } from 'react';
import type { Thread } from '../../../../api/threads.ts';
import { t } from '../../../../strings/piece.ts';
import { clsx } from '../../../../ui/clsx.ts';
import { CommentItem } from './comment-item.tsx';
import { Decisions, QuickDecisions } from './decisions.tsx';
import { Proposal } from './proposal.tsx';
import { ReplyForm } from '../composing/reply-form.tsx';
import styles from './thread-card.module.css';
import { PersonLine } from './person-line.tsx';
import { useScene } from '../thread-context.ts';

export interface ThreadCardProps {
  thread: Thread;
  /** One is at it: all of it is shown. */
  active: boolean;
  /** Its passage is not in the text. */
  lost: boolean;
  /** It is to have the focus now. */
  toFocus: boolean;
}

/** So much of a quote is enough to know it by. */
const quoteLength = 60;

/** A thread: what it is about, what was said, and what can be done. Short until one is at it. */
export const ThreadCard = memo(function ThreadCard(props: ThreadCardProps) {
  const { thread, active, lost, toFocus } = props;
  const { id, author, comments, createdAt, kind, suggestion, unread } = thread;
  const { desk, step, role } = useScene();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!toFocus) return;
    card.current?.focus({ preventScroll: !lost });
    desk.focused();
  }, [desk, lost, toFocus]);
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (lost) desk.leave();
      else desk.goToText(id);
    }
    if (event.target !== event.currentTarget) return;
    const by = { ArrowDown: 1 as const, ArrowUp: -1 as const }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(id, by);
  };
  const [first, ...others] = comments;
  const shown = active ? comments : comments.slice(0, 1);
  const ownWords = first !== undefined && first.author.id === author.id;
  return (
    <article
      ref={card}
      tabIndex={0}
      className={clsx(styles['card'], active && styles['active'])}
      data-thread-card={id}
      data-status={thread.status}
      aria-current={active || undefined}
      aria-label={labelOf(thread)}
      onFocus={() => desk.activate(id)}
      onKeyDown={pressed}
    >
      {unread > 0 && (
        <span className={styles['unread']}>
          <span className="visually-hidden">{t.threads.unread(unread)}</span>
        </span>
      )}
      <PassageLine {...{ thread, lost }} />
      {suggestion && (
        <>
          <PersonLine person={author} at={createdAt}>
            {!active && <QuickDecisions thread={thread} />}
          </PersonLine>
          <Proposal {...suggestion} short={!active} />
        </>
      )}
      {shown.map((comment, i) => (
        <CommentItem
          key={comment.id}
          comment={comment}
          short={!active}
          // The words beside a suggestion are its proposer's.
          bare={kind === 'suggestion' && i === 0 && ownWords}
          menu={active}
        />
      ))}
      {!active && others.length > 0 && (
        <p className={styles['more']}>
          {kind === 'comment' ? t.threads.replies(others.length) : t.threads.earlier(others.length)}
        </p>
      )}
      {active && role !== 'reader' && (
        <>
          <ReplyForm thread={thread} />
          <Decisions thread={thread} />
        </>
      )}
    </article>
  );
});

/** What became of it, and of its passage where that is not in the text. */
function PassageLine({ thread, lost }: { thread: Thread; lost: boolean }) {
  const { status, decidedBy, quote } = thread;
  const said = t.threads.statuses[status];
  return (
    <>
      {status !== 'open' && (
        <p className={styles['status']}>
          {decidedBy ? t.threads.decidedBy(said, decidedBy.name) : said}
        </p>
      )}
      {lost && (
        <div className={styles['orphan']}>
          <p className={styles['status']}>{t.threads.orphaned}</p>
          {quote !== '' && <blockquote className={styles['quote']}>{quote}</blockquote>}
        </div>
      )}
    </>
  );
}

function labelOf({ kind, author, quote }: Thread): string {
  const name = t.threads.kinds[kind];
  const short = quote.length > quoteLength ? `${quote.slice(0, quoteLength)}…` : quote;
  return quote === ''
    ? t.threads.cardAtPoint(name, author.name)
    : t.threads.card(name, author.name, short);
}
