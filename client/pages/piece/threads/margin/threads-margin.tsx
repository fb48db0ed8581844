import { useEffect, useMemo, useRef } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { PieceRole } from '../../../../../shared/roles.ts';
import { isIn } from '../../../../api/thread-changes.ts';
import type { User } from '../../../../api/session.ts';
import {
  refetchThreads,
  useMarkRead,
  useThreadActions,
  useThreads,
} from '../../../../api/threads.ts';
import type { Thread } from '../../../../api/threads.ts';
import type { PieceSession } from '../../../../collab/index.ts';
import { t } from '../../../../strings/piece.ts';
import { useMedia } from '../../outline/use-media.ts';
import { useSessionState } from '../../use-session.ts';
import type { PieceFields } from '../../writing/fields/piece-fields.ts';
import { EmptyNote } from './empty-note.tsx';
import { FilterBar } from './filter-bar.tsx';
import '../passages/passages.css';
import { SelectionButtons } from './selection-buttons.tsx';
import { ThreadColumn } from './thread-column.tsx';
import { ThreadContext, type ThreadScene } from '../thread-context.ts';
import type { ThreadDesk } from '../thread-desk.ts';
import { ThreadDrawer } from './thread-drawer.tsx';
import styles from './threads-margin.module.css';
import { useDesk } from '../use-desk.ts';
import { draftCard, useShownThreads } from './use-shown-threads.ts';
import { useThreadNews } from './use-thread-news.ts';

export interface ThreadsMarginProps {
  desk: ThreadDesk;
  fields: PieceFields;
  pieceId: string;
  me: User;
  role: PieceRole;
}

/** The threads of a piece: beside their passages where there is room, else in a sheet. */
export function ThreadsMargin({ desk, fields, pieceId, me, role }: ThreadsMarginProps) {
  const beside = useMedia('(width >= 75rem)');
  const { data } = useThreads(pieceId, me.id);
  const filter = useDesk(desk, (state) => state.filter);
  const threads = data ?? none;
  const shown = useShownThreads({ desk, fields, userId: me.id }, threads, filter);
  const markRead = useMarkRead(pieceId);
  const actions = useThreadActions({ pieceId, userId: me.id });
  const news = useThreadNews(data, me.id);
  useRefetchAfterAway(fields.session, pieceId);
  useReadWhatOneIsAt(desk, threads, markRead);
  const unread = threads.reduce((sum, thread) => sum + thread.unread, 0);
  const counts = useMemo(() => countsOf(threads, me.id), [threads, me.id]);
  const scene = useStableScene({ desk, fields, pieceId, me, role, actions }, shown);
  const isEmpty = shown.byId.size === 0 && data !== undefined;
  const head = (
    <>
      <FilterBar
        {...{ filter, counts, unread }}
        onFilter={(chosen) => desk.setFilter(chosen)}
        onReadAll={() => markRead(null)}
      />
      {isEmpty && <EmptyNote filter={filter} mayComment={role !== 'reader'} />}
    </>
  );
  return (
    <ThreadContext value={scene}>
      <p role="status" className="visually-hidden">
        {news}
      </p>
      {beside ? (
        <aside className={styles['margin']} aria-label={t.threads.title}>
          <ThreadColumn shown={shown}>
            <div className={styles['head']}>{head}</div>
            <SelectionButtons beside />
          </ThreadColumn>
        </aside>
      ) : (
        <>
          <SelectionButtons beside={false} />
          <ThreadDrawer shown={shown} open={counts.open} unread={unread}>
            {head}
          </ThreadDrawer>
        </>
      )}
    </ThreadContext>
  );
}

const none: readonly Thread[] = [];

function countsOf(threads: readonly Thread[], userId: string) {
  const count = (filter: 'open' | 'mine' | 'resolved') =>
    threads.filter((thread) => isIn(filter, thread, userId)).length;
  return { open: count('open'), mine: count('mine'), resolved: count('resolved') };
}

/** The same object as long as what it holds is the same: cards are not drawn anew for nothing. */
function useStableScene(
  { desk, fields, pieceId, me, role, actions }: Omit<ThreadScene, 'step'>,
  { placed, lost }: { placed: readonly string[]; lost: readonly string[] },
): ThreadScene {
  const order = useRef<readonly string[]>([]);
  useEffect(() => {
    order.current = [...placed.filter((id) => id !== draftCard), ...lost];
  });
  return useMemo(() => {
    const step = (id: string, by: 1 | -1) => {
      const next = order.current[order.current.indexOf(id) + by];
      if (next !== undefined) desk.activate(next, { focus: true, reveal: true });
    };
    return { desk, fields, pieceId, me, role, actions, step };
    // The actions do the same whenever they were made.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [desk, fields, pieceId, me.id, role]);
}

/** What happened while there was no connection was told to nobody here. */
function useRefetchAfterAway(session: PieceSession, pieceId: string): void {
  const client = useQueryClient();
  const online = useSessionState(session, (state) => state.link.at === 'online');
  const was = useRef<boolean | null>(null);
  useEffect(() => {
    // The first list may be older than the connection, too.
    if (online && was.current === false) void refetchThreads(client, pieceId);
    was.current = online;
  }, [client, online, pieceId]);
}

/** A thread that one is at, in a window that one looks at, is read. */
function useReadWhatOneIsAt(
  desk: ThreadDesk,
  threads: readonly Thread[],
  markRead: (id: string) => void,
): void {
  const active = useDesk(desk, (state) => state.active);
  const unread = threads.find(({ id }) => id === active)?.unread ?? 0;
  useEffect(() => {
    if (active === null || unread === 0) return;
    const read = () => document.visibilityState === 'visible' && markRead(active);
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [active, unread, markRead]);
}
