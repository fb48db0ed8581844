import { MessageSquareText } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { t } from '../../../../strings/piece.ts';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import { Composer } from '../composing/composer.tsx';
import { ThreadCard } from '../card/thread-card.tsx';
import { useScene } from '../thread-context.ts';
import styles from './threads-margin.module.css';
import { useDesk } from '../use-desk.ts';
import { draftCard, type ShownThreads } from './use-shown-threads.ts';

/** So many more cards are drawn each time that one comes to their end. */
const batch = 25;

export interface ThreadDrawerProps {
  shown: ShownThreads;
  open: number;
  unread: number;
  children: ReactNode;
}

/** Cards in a sheet over the text, where there is no room beside it. */
export function ThreadDrawer({ shown, open, unread, children }: ThreadDrawerProps) {
  const { desk, fields } = useScene();
  const isOpen = useDesk(desk, (state) => state.drawerOpen);
  const draft = useDesk(desk, (state) => state.draft);
  const composing = draft !== null;
  return (
    <>
      <button
        type="button"
        className={styles['opener']}
        aria-label={t.threads.drawer(open, unread)}
        onClick={() => desk.openDrawer(true)}
      >
        <MessageSquareText aria-hidden size={20} />
        {open > 0 && <span className={styles['openerCount']}>{open}</span>}
        {unread > 0 && <span className={styles['openerDot']} />}
      </button>
      <Dialog
        open={isOpen}
        onOpenChange={(stays) => desk.openDrawer(stays)}
        title={composing ? titleOf(draft.kind) : t.threads.title}
        returnFocus={() => fields.active.view.focus()}
      >
        {composing ? (
          <Composer draft={draft} />
        ) : (
          <>
            {children}
            <Cards shown={shown} />
          </>
        )}
      </Dialog>
    </>
  );
}

function Cards({ shown: { placed, lost, byId } }: { shown: ShownThreads }) {
  const { desk } = useScene();
  const active = useDesk(desk, (state) => state.active);
  const toFocus = useDesk(desk, (state) => state.toFocus);
  const ids = [...placed.filter((id) => id !== draftCard), ...lost];
  const [most, setMost] = useState(batch);
  const needed = Math.max(most, ids.indexOf(active ?? '') + 1);
  const gone = new Set(lost);
  return (
    <div className={styles['cards']}>
      {ids.slice(0, needed).map((id) => {
        const thread = byId.get(id);
        if (!thread) return null;
        return (
          <ThreadCard
            key={id}
            thread={thread}
            active={id === active}
            lost={gone.has(id)}
            toFocus={id === toFocus}
          />
        );
      })}
      {needed < ids.length && <End onSeen={() => setMost(needed + batch)} />}
    </div>
  );
}

/** Asks for more when it comes into view. */
function End({ onSeen }: { onSeen: () => void }) {
  const end = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onSeen());
    observer.observe(element);
    return () => observer.disconnect();
  });
  return (
    <button ref={end} type="button" className={styles['more']} onClick={onSeen}>
      {t.threads.more}
    </button>
  );
}

function titleOf(kind: 'comment' | 'suggestion'): string {
  const words = t.threads.composer;
  return kind === 'comment' ? words.commentTitle : words.suggestionTitle;
}
