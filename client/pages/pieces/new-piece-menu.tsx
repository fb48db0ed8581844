import { ClipboardPaste, FilePlus2, LayoutTemplate } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { useCreatePiece, type PieceDraft } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/index.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';

const PasteDialog = lazy(() => import('./paste-dialog.tsx'));

/** A new piece: blank, of the template, or of a text that is there already. */
export function NewPieceMenu() {
  const [, navigate] = useLocation();
  const [pasting, setPasting] = useState(false);
  const create = useCreatePiece();
  const start = (piece: PieceDraft) =>
    create.mutate(piece, {
      onSuccess: ({ id }) => navigate(`/pieces/${id}`),
      onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
    });
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button kind="primary" busy={create.isPending}>
            {t.pieces.newPiece}
          </Button>
        }
      >
        <MenuItem icon={<FilePlus2 />} onSelect={() => start({})}>
          {t.pieces.blank}
        </MenuItem>
        <MenuItem icon={<LayoutTemplate />} onSelect={() => start({ ...t.pieces.template })}>
          {t.pieces.fromTemplate}
        </MenuItem>
        <MenuItem icon={<ClipboardPaste />} onSelect={() => setPasting(true)}>
          {t.pieces.fromText}
        </MenuItem>
      </Menu>
      {pasting && (
        <Suspense>
          <PasteDialog onClose={() => setPasting(false)} />
        </Suspense>
      )}
    </>
  );
}
