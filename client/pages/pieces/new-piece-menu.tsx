import { ClipboardPaste, FilePlus2, LayoutTemplate } from 'lucide-react';
import type { ReactElement } from 'react';
import { useLocation } from 'wouter';
import { useCreatePiece, type PieceDraft } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/index.ts';
import { Menu, MenuItem } from '../../ui/overlay/menu.tsx';
import { toast } from '../../ui/overlay/toast.ts';

/** A new piece: blank, of the template, or of a text that is there already. */
export default function NewPieceMenu(props: { trigger: ReactElement; onPaste: () => void }) {
  const [, navigate] = useLocation();
  const create = useCreatePiece();
  const start = (piece: PieceDraft) =>
    create.mutate(piece, {
      onSuccess: ({ id }) => navigate(`/pieces/${id}`),
      onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
    });
  return (
    <Menu align="end" trigger={props.trigger} defaultOpen>
      <MenuItem icon={<FilePlus2 />} onSelect={() => start({})}>
        {t.pieces.blank}
      </MenuItem>
      <MenuItem icon={<LayoutTemplate />} onSelect={() => start({ ...t.pieces.template })}>
        {t.pieces.fromTemplate}
      </MenuItem>
      <MenuItem icon={<ClipboardPaste />} onSelect={props.onPaste}>
        {t.pieces.fromText}
      </MenuItem>
    </Menu>
  );
}
