import { useMemo, useState } from 'react';
import {
  useRestore,
  useRestorePreview,
  type Comparison,
  type Restored,
} from '../../../../api/history.ts';
import { problemText } from '../../../../api/problem-text.ts';
import { t } from '../../../../strings/history.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import { FormProblem } from '../../../../ui/input/field.tsx';
import { PageProblem } from '../../../../ui/problem/page-problem.tsx';
import { Waiting } from '../../../../ui/loading/waiting.tsx';
import styles from './restore-dialog.module.css';
import { ShownLines } from '../changes/shown-lines.tsx';
import { ShownNotes } from '../changes/shown-notes.tsx';
import { ShownParts } from '../changes/shown-parts.tsx';
import {
  changedLines,
  isChanged,
  shownLines,
  shownNotes,
  shownParts,
  type SectionStart,
} from '../changes/shown-text.ts';
import { changesText } from '../words.ts';

export interface ToRestore {
  readonly moment: string;
  /** How the moment is called. */
  readonly when: string;
  /** Null: the whole piece. */
  readonly section: SectionStart | null;
}

/** Shows what bringing something back would change, and does it when that is wanted. */
export function RestoreDialog(props: {
  pieceId: string;
  what: ToRestore;
  onClose: () => void;
  onDone: (done: Restored) => void;
}) {
  const { pieceId, what, onClose, onDone } = props;
  const { moment, section } = what;
  const target = { moment, section: section?.at ?? null };
  const preview = useRestorePreview(pieceId, target);
  const restore = useRestore(pieceId);
  const returnFocus = useReturn();
  const words = t.history.restore;
  const changes = preview.data?.changes;
  const nothing = changes?.same === true;
  return (
    <Dialog
      open
      onOpenChange={(stays) => !stays && onClose()}
      title={titleOf(what)}
      description={words.about(what.when)}
      width="wide"
      returnFocus={returnFocus}
      readOnly
      actions={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button
            kind="primary"
            busy={restore.isPending}
            disabled={changes === undefined || nothing}
            onClick={() => restore.mutate(target, { onSuccess: onDone })}
          >
            {words.confirm}
          </Button>
        </>
      }
    >
      <FormProblem>{restore.error ? problemText(restore.error) : undefined}</FormProblem>
      {preview.error && (
        <PageProblem error={preview.error} onRetry={() => void preview.refetch()} />
      )}
      {preview.isPending && <Waiting />}
      {nothing && <p role="status">{words.nothing}</p>}
      {changes !== undefined && !nothing && <Preview changes={changes} />}
    </Dialog>
  );
}

/** To what opened the dialog; where that is gone, to the slider. */
function useReturn(): () => void {
  const [opener] = useState(() => document.activeElement);
  return () => {
    const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
    const back = isThere ? opener : document.querySelector<HTMLElement>('[role="slider"]');
    back?.focus();
  };
}

function Preview({ changes }: { changes: Comparison }) {
  const lines = useMemo(() => changedLines(shownLines(changes, [])), [changes]);
  const notes = useMemo(() => shownNotes(changes).filter(isChanged), [changes]);
  const { title, standfirst } = changes;
  return (
    <section aria-label={t.history.restore.preview} className={styles['preview']}>
      <p role="status" className={styles['words']}>
        {changesText(changes)}
      </p>
      {[title, standfirst].map(
        (parts, index) =>
          parts.some(({ change, formats }) => change !== 'same' || formats) && (
            <p key={index} className={styles['line']} dir="auto">
              <ShownParts parts={shownParts(parts)} />
            </p>
          ),
      )}
      <ShownLines lines={lines} />
      <ShownNotes notes={notes} />
    </section>
  );
}

function titleOf({ section }: ToRestore): string {
  const words = t.history.restore;
  if (section === null) return words.titleAll;
  return section.heading === null ? words.titleLede : words.titleSection(section.heading);
}
