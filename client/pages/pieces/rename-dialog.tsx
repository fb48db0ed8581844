import { useState, type FormEvent } from 'react';
import { useChangePiece, type Piece } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/piece.ts';
import { Button } from '../../ui/button/button.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Field } from '../../ui/input/field.tsx';
import styles from './pieces-page.module.css';

/** Gives a piece another title, without opening it. */
export default function RenameDialog({ piece, onClose }: { piece: Piece; onClose: () => void }) {
  const [title, setTitle] = useState(piece.title);
  const change = useChangePiece(piece.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ title: title.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={t.pieces.rename}>
      <form className={styles['form']} onSubmit={submit}>
        <Field
          label={t.piece.title}
          value={title}
          maxLength={500}
          error={change.error ? problemText(change.error) : undefined}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Button kind="primary" type="submit" busy={change.isPending}>
          {t.common.save}
        </Button>
      </form>
    </Dialog>
  );
}
