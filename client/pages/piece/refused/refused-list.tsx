import { Suspense } from 'react';
import { useDecideRefused, type RefusedEdit } from '../../../api/members.ts';
import { problemText } from '../../../api/problem-text.ts';
import { formatMoment } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { toast } from '../../../ui/overlay/toast.ts';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import styles from './refused.module.css';

const RefusedChanges = lazyPart(() => import('./refused-changes.tsx'));

/** The refused edits of a piece, each to be put in or deleted. */
export function RefusedList(props: { items: readonly RefusedEdit[]; pieceId: string }) {
  const { items, pieceId } = props;
  return (
    <>
      {items.length === 0 && <p>{t.refused.empty}</p>}
      <ul role="list" className={styles['list']}>
        {items.map((edit) => (
          <Edit key={edit.id} {...{ edit, pieceId }} />
        ))}
      </ul>
    </>
  );
}

function Edit({ edit, pieceId }: { edit: RefusedEdit; pieceId: string }) {
  const decide = useDecideRefused(pieceId, (error) =>
    toast({ text: problemText(error), kind: 'bad' }),
  );
  const { id, shown, author, at, reason, changes, blocked } = edit;
  const apply = () =>
    decide.mutate(
      { id, shown, apply: true },
      { onSuccess: () => toast({ text: t.refused.applied }) },
    );
  return (
    <li className={styles['edit']}>
      <p className={styles['by']}>{t.refused.by(author.name, formatMoment(new Date(at)))}</p>
      <p className={styles['name']}>{t.refused.reasons[reason]}</p>
      <Suspense fallback={<Waiting />}>
        <RefusedChanges {...{ changes, blocked }} />
      </Suspense>
      <div className={styles['actions']}>
        <Button kind="danger" onClick={() => decide.mutate({ id, shown, apply: false })}>
          {t.refused.remove}
        </Button>
        <Button busy={decide.isPending} disabled={blocked !== null} onClick={apply}>
          {t.refused.apply}
        </Button>
      </div>
    </li>
  );
}
