import { useMemo, useSyncExternalStore } from 'react';
import type { PieceSession } from '../../collab/index.ts';
import { formatClock } from '../../strings/format.ts';
import { t } from '../../strings/piece.ts';
import { CalmSave, type Said } from './calm-save.ts';
import styles from './piece-page.module.css';
import { useSessionState } from './use-session.ts';

/** What one does here instead of writing; null: one writes. */
export type Instead = 'readOnly' | 'reviewing' | 'locked' | null;

/** What became of what was written. Never says more than the server has. */
export function SavedIndicator({ session, instead }: { session: PieceSession; instead: Instead }) {
  const calm = useMemo(() => new CalmSave(session), [session]);
  const said = useSyncExternalStore(calm.subscribe, () => calm.said);
  const first = useSessionState(session, (state) => state.link.at === 'connecting');
  if (first) return <p className={styles['saved']}>{t.common.loading}</p>;
  return (
    <p
      className={styles['saved']}
      data-save={said.is === 'keeping' ? 'offline' : said.is}
      role="status"
    >
      {wordsOf(said, instead)}
    </p>
  );
}

function wordsOf(said: Said, instead: Instead): string {
  const words = t.piece.save;
  switch (said.is) {
    case 'saved':
      if (instead !== null) return words[instead];
      return said.since === null ? words.saved : words.savedAt(formatClock(said.since));
    case 'saving':
      return words.saving;
    case 'keeping':
      return words.keeping;
    case 'offline':
      if (!said.unsaved) return words.offline;
      return said.kept ? words.kept : words.notKept;
    case 'refused':
      return words.refused;
  }
}
