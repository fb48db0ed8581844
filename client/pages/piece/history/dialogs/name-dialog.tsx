import { useState, type FormEvent } from 'react';
import { useNameVersion } from '../../../../api/history.ts';
import { problemText } from '../../../../api/problem-text.ts';
import { t } from '../../../../strings/history.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import { Field, FormProblem, TextField } from '../../../../ui/input/field.tsx';
import { toast } from '../../../../ui/overlay/toast.ts';
import styles from './name-dialog.module.css';

/** Names the piece as it is now; gives the new version's id. */
export function NameDialog(props: {
  pieceId: string;
  onClose: () => void;
  onNamed: (versionId: string) => void;
}) {
  const { pieceId, onClose, onNamed } = props;
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const keep = useNameVersion(pieceId);
  const words = t.history.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate(
      { name, ...(note.trim() !== '' && { note }) },
      {
        onSuccess: ({ id }) => {
          toast({ text: words.done(name.trim()) });
          onNamed(id);
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(stays) => !stays && onClose()}
      title={words.title}
      description={words.about}
    >
      <form className={styles['form']} onSubmit={submit}>
        <FormProblem>{keep.error ? problemText(keep.error) : undefined}</FormProblem>
        <Field
          label={words.name}
          hint={words.hint}
          required
          pattern=".*\S.*"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={words.note}
          hint={t.common.optional}
          maxLength={5_000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <div className={styles['actions']}>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button kind="primary" type="submit" busy={keep.isPending}>
            {words.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
