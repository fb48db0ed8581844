import { useEffect, useState } from 'react';
import type { PieceSession, Save } from '../../collab/index.ts';
import { formatClock } from '../../strings/format.ts';
import { t } from '../../strings/piece.ts';
import styles from './piece-page.module.css';
import { useSessionState } from './use-session.ts';

/** "Saved" is said once nothing was unsaved for so long, in ms: it does not flicker as one types. */
const calmMs = 500;

/** What one does here instead of writing; null: one writes. */
export type Instead = 'readOnly' | 'reviewing' | 'locked' | null;

/** What became of what was written. Never says more than the server has. */
export function SavedIndicator({ session, instead }: { session: PieceSession; instead: Instead }) {
  const save = useSessionState(session, (state) => state.save);
  const first = useSessionState(session, (state) => state.link.at === 'connecting');
  const lasts = useLasts(save);
  if (first) return <p className={styles['saved']}>{t.common.loading}</p>;
  return (
    <p
      className={styles['saved']}
      data-save={lasts || save.is !== 'saved' ? save.is : 'saving'}
      role="status"
    >
      {wordsOf(save, lasts, instead)}
    </p>
  );
}

/**
 * Whether what became of it has lasted for a moment. Between two keys everything is saved, or on the
 * disk, some ms after it is not: until one of these lasts, neither is said.
 */
function useLasts(save: Save): boolean {
  const kind = save.is === 'offline' ? `offline ${save.unsaved} ${save.kept}` : save.is;
  const [calm, setCalm] = useState({ kind, lasts: true });
  if (calm.kind !== kind) setCalm({ kind, lasts: false });
  useEffect(() => {
    const later = setTimeout(() => setCalm({ kind, lasts: true }), calmMs);
    return () => clearTimeout(later);
  }, [kind]);
  return calm.kind === kind && calm.lasts;
}

function wordsOf(save: Save, lasts: boolean, instead: Instead): string {
  const words = t.piece.save;
  switch (save.is) {
    case 'saved':
      if (!lasts) return words.saving;
      if (instead !== null) return words[instead];
      return save.since === null ? words.saved : words.savedAt(formatClock(save.since));
    case 'saving':
      return words.saving;
    case 'offline':
      if (!save.unsaved) return words.offline;
      if (!lasts) return words.keeping;
      return save.kept ? words.kept : words.notKept;
    case 'refused':
      return words.refused;
  }
}
