import { useMemo } from 'react';
import type { RefusedChanges as Changes, RefusedEdit } from '../../../../shared/api/refused.ts';
import { t } from '../../../strings/history.ts';
import { ShownLines } from '../history/changes/shown-lines.tsx';
import { ShownMeta } from '../history/changes/shown-meta.tsx';
import { ShownNotes } from '../history/changes/shown-notes.tsx';
import { ShownParts } from '../history/changes/shown-parts.tsx';
import { isChanged, shownLines, shownNotes, shownParts } from '../history/changes/shown-text.ts';
import { changesText } from '../history/words.ts';
import styles from './refused.module.css';

/** All that a refused edit would do, drawn as the history draws changes, or why it cannot be told. */
export default function RefusedChanges(props: Pick<RefusedEdit, 'changes' | 'blocked'>) {
  const { changes, blocked } = props;
  const words = t.history.refused;
  if (blocked !== null) return <p>{words.blocked[blocked]}</p>;
  if (changes === null || changes.same) return <p>{words.nothing}</p>;
  return <Shown changes={changes} />;
}

function Shown({ changes }: { changes: Changes }) {
  const lines = useMemo(() => shownLines(changes, []), [changes]);
  // Lines that stay are left out, so notes cannot be counted.
  const notes = useMemo(
    () =>
      shownNotes(changes)
        .filter(isChanged)
        .map((note) => ({ ...note, number: null })),
    [changes],
  );
  return (
    <div className={styles['text']} tabIndex={0}>
      <p className={styles['name']}>{changesText(changes)}</p>
      {[changes.title, changes.standfirst].map(
        (parts, index) =>
          parts.some(({ change, formats }) => change !== 'same' || formats) && (
            <p key={index} dir="auto">
              <ShownParts parts={shownParts(parts)} />
            </p>
          ),
      )}
      <ShownLines lines={lines} />
      <ShownNotes notes={notes} />
      <ShownMeta meta={changes.meta} />
    </div>
  );
}
