import { useRef, type ReactNode } from 'react';
import { clsx } from '../../../../ui/clsx.ts';
import { cardsWithin, layCards } from '../layout/card-layout.ts';
import { Composer } from '../composing/composer.tsx';
import { ThreadCard } from '../card/thread-card.tsx';
import { useScene } from '../thread-context.ts';
import styles from './threads-margin.module.css';
import { useDesk } from '../use-desk.ts';
import { usePassageTops } from '../layout/use-card-tops.ts';
import { useHeights } from '../layout/use-heights.ts';
import { draftCard, type ShownThreads } from './use-shown-threads.ts';
import { useWindow } from '../layout/use-window.ts';

/** Between two cards, in px. */
const gap = 10;
/** A card's height before it was ever drawn, in px. */
const usualHeight = 104;
/** The first card stands below the filter, in px. */
const firstTop = 56;

/** Cards beside their passages. Of many, those near the window are drawn. */
export function ThreadColumn({ shown, children }: { shown: ShownThreads; children: ReactNode }) {
  const { desk, fields } = useScene();
  const active = useDesk(desk, (state) => state.active);
  const toFocus = useDesk(desk, (state) => state.toFocus);
  const draft = useDesk(desk, (state) => state.draft);
  const column = useRef<HTMLDivElement>(null);
  const { placed, lost, byId } = shown;
  const tops = usePassageTops(fields, column, placed);
  const { heights, watch } = useHeights();
  const [from, to] = useWindow(column);
  const withDraft = draft === null || placed.includes(draftCard) ? placed : [...placed, draftCard];
  const ids = [...withDraft, ...lost];
  const cards = ids.map((id) => ({
    at: Math.max(firstTop, tops.of.get(id) ?? tops.end),
    height: heights.get(id) ?? usualHeight,
  }));
  const current = ids.indexOf(draft === null ? (active ?? '') : draftCard);
  const at = layCards(cards, current < 0 ? null : current, gap);
  const [first, behind] = cardsWithin(cards, at, from, to);
  const end = (at.at(-1) ?? 0) + (cards.at(-1)?.height ?? 0);
  return (
    <div ref={column} className={styles['column']} style={{ minHeight: end + 2 * gap }}>
      {children}
      {ids.map((id, i) => {
        if ((i < first || i >= behind) && i !== current && id !== toFocus) return null;
        const thread = byId.get(id);
        // Not measured yet: it would only fly in from the end.
        if (thread && i < withDraft.length && !tops.of.has(id)) return null;
        return (
          <div
            key={id}
            ref={watch}
            data-card={id}
            className={clsx(
              styles['place'],
              i === current && styles['front'],
              id === draftCard && styles['draft'],
            )}
            style={{ transform: `translateY(${at[i] ?? 0}px)` }}
          >
            {thread ? (
              <ThreadCard
                thread={thread}
                active={id === active}
                lost={i >= withDraft.length}
                toFocus={id === toFocus}
              />
            ) : (
              draft && <Composer draft={draft} />
            )}
          </div>
        );
      })}
    </div>
  );
}
