import { useState } from 'react';
import { useLocation } from 'wouter';
import { useCreatePiece, type CreatedPiece } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/piece.ts';
import { Button } from '../../ui/button/button.tsx';
import { ChoiceGroup } from '../../ui/input/choice.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { FormProblem } from '../../ui/input/field.tsx';
import styles from './pieces-page.module.css';
import { Warnings } from './warnings.tsx';

/** Makes a piece of a text that one pastes; says what of it had to be kept as text. */
export default function PasteDialog({ onClose }: { onClose: () => void }) {
  const [content, setContent] = useState('');
  const [format, setFormat] = useState<'markdown' | 'text'>('markdown');
  const [made, setMade] = useState<CreatedPiece | null>(null);
  const [, navigate] = useLocation();
  const create = useCreatePiece();
  const words = t.pieces.paste;
  const open = (piece: CreatedPiece) => navigate(`/pieces/${piece.id}`);
  const submit = () =>
    create.mutate(
      { content, format },
      { onSuccess: (piece) => (piece.warnings.length === 0 ? open(piece) : setMade(piece)) },
    );
  return (
    <Dialog
      open
      onOpenChange={(stays) => !stays && onClose()}
      title={words.title}
      width="wide"
      actions={
        made ? (
          <Button kind="primary" onClick={() => open(made)}>
            {words.open}
          </Button>
        ) : (
          <Button
            kind="primary"
            disabled={content.trim() === ''}
            busy={create.isPending}
            onClick={submit}
          >
            {words.create}
          </Button>
        )
      }
    >
      {made ? (
        <Warnings warnings={made.warnings} />
      ) : (
        <>
          <textarea
            className={styles['source']}
            aria-label={words.content}
            placeholder={words.content}
            value={content}
            onChange={(event) => setContent(event.target.value)}
          />
          <ChoiceGroup
            label={t.transfer.import.format}
            value={format}
            options={[
              { value: 'markdown', label: t.transfer.import.markdown },
              { value: 'text', label: t.transfer.import.text, hint: t.transfer.import.textHint },
            ]}
            onChange={setFormat}
          />
          <FormProblem>{create.error ? problemText(create.error) : undefined}</FormProblem>
        </>
      )}
    </Dialog>
  );
}
