import { useDecideRefused, type RefusedEdit } from '../../../api/members.ts';
import { problemText } from '../../../api/problem-text.ts';
import { formatMoment } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button.tsx';
import { toast } from '../../../ui/toast.ts';
import styles from './refused.module.css';

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
  const { id, author, at, reason, added, removed } = edit;
  const apply = () =>
    decide.mutate({ id, apply: true }, { onSuccess: () => toast({ text: t.refused.applied }) });
  return (
    <li className={styles['edit']}>
      <p className={styles['by']}>{t.refused.by(author.name, formatMoment(new Date(at)))}</p>
      <p className={styles['name']}>{t.refused.reasons[reason]}</p>
      {added === '' && removed === '' && <p>{t.refused.onlyLook}</p>}
      <Change name={t.refused.added} text={added} />
      <Change name={t.refused.removed} text={removed} />
      <div className={styles['actions']}>
        <Button kind="danger" onClick={() => decide.mutate({ id, apply: false })}>
          {t.refused.remove}
        </Button>
        <Button busy={decide.isPending} onClick={apply}>
          {t.refused.apply}
        </Button>
      </div>
    </li>
  );
}

function Change({ name, text }: { name: string; text: string }) {
  if (text === '') return null;
  return (
    <div>
      <p className={styles['name']}>{name}</p>
      <blockquote className={styles['text']} tabIndex={0} dir="auto">
        {text.replaceAll('\ufffc', '⋯')}
      </blockquote>
    </div>
  );
}
