import { useEffect, useState } from 'react';
import type { PieceSession, Save } from '../../collab/index.ts';
import { formatClock } from '../../strings/format.ts';
import { t } from '../../strings/piece.ts';
import styles from './piece-page.module.css';
import { useSessionState } from './use-session.ts';

/** "Saved" is said once nothing was unsaved for so long, in ms: it does not flicker as one types. */
const calmMs = 500;

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
  const shown = useCalm(save);
  if (first) return <p className={styles['saved']}>{t.common.loading}</p>;
  return (
    <p className={styles['saved']} data-save={shown.is} role="status">
      {wordsOf(shown, mayWrite)}
    </p>
  );
}

/** Bad news at once, news that the next moment may end when it has lasted. */
function useCalm(save: Save): Save {
  const [calm, setCalm] = useState(save);
  const passing = isPassing(save);
  useEffect(() => {
    const later = setTimeout(() => setCalm(save), passing ? calmMs : 0);
    return () => clearTimeout(later);
  }, [save, passing]);
  if (!passing || calm.is === save.is) return passing && save.is === 'offline' ? calm : save;
  // Between two keys it was saved for a moment; "Saving…" stays until it lasts.
  return { is: 'saving' };
}

/** What was just typed is on the disk some ms later. */
function isPassing(save: Save): boolean {
  return save.is === 'saved' || (save.is === 'offline' && save.unsaved && !save.kept);
}

function wordsOf(save: Save, mayWrite: boolean): string {
  const words = t.piece.save;
  switch (save.is) {
    case 'saved':
      if (!mayWrite) return words.readOnly;
      return save.since === null ? words.saved : words.savedAt(formatClock(save.since));
    case 'saving':
      return words.saving;
    case 'offline':
      if (!save.unsaved) return words.offline;
      return save.kept ? words.kept : words.notKept;
    case 'refused':
      return words.refused;
  }
}
