import { useState } from 'react';
import { useDecideRefused, useRefused, type RefusedEdit } from '../../../api/members.ts';
import { problemText } from '../../../api/problem-text.ts';
import { formatMoment } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { toast } from '../../../ui/toast.ts';
import { holds } from './holds.ts';
import styles from './refused.module.css';

/** Tells an owner that edits were refused and kept, and lets them decide on each (R4). */
export function RefusedNotice({ pieceId, isOwner }: { pieceId: string; isOwner: boolean }) {
  const { data } = useRefused(pieceId, isOwner);
  const [open, setOpen] = useState(false);
  const items = isOwner ? (data?.items ?? []) : [];
  const [first] = items;
  return (
    <>
      <div role="status" className={items.length > 0 ? styles['notice'] : undefined}>
        {first && (
          <>
            <p>
              {t.refused.notice(items.length)}{' '}
              <span dir="auto">{holds(first.author.name, first)}</span>
            </p>
            <Button onClick={() => setOpen(true)}>{t.refused.look}</Button>
          </>
        )}
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t.refused.title}
        description={t.refused.about}
        width="wide"
      >
        {items.length === 0 && <p>{t.refused.empty}</p>}
        <ul role="list" className={styles['list']}>
          {items.map((edit) => (
            <Edit key={edit.id} {...{ edit, pieceId }} />
          ))}
        </ul>
      </Dialog>
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
