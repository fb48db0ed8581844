import type { PieceSession, Save } from '../../collab/index.ts';
import { formatClock } from '../../strings/format.ts';
import { t } from '../../strings/index.ts';
import styles from './piece-page.module.css';
import { useLasts, useSessionState } from './use-session.ts';

/** What became of what was written. Never says more than the server has. */
export function SavedIndicator({
  session,
  mayWrite,
}: {
  session: PieceSession;
  mayWrite: boolean;
}) {
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
      {wordsOf(save, lasts, mayWrite)}
    </p>
  );
}

function wordsOf(save: Save, lasts: boolean, mayWrite: boolean): string {
  const words = t.piece.save;
  switch (save.is) {
    case 'saved':
      if (!lasts) return words.saving;
      if (!mayWrite) return words.readOnly;
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
