import { PenLine, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { useDeletePiece, type PieceWithPeople } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/index.ts';
import { Menu, MenuItem } from '../../ui/overlay/menu.tsx';
import { toast } from '../../ui/overlay/toast.ts';

export interface RowMenuProps {
  piece: PieceWithPeople;
  title: string;
  trigger: ReactElement;
  onRename: () => void;
}

/** What can be done to a piece from the list. */
export default function RowMenu({ piece, title, trigger, onRename }: RowMenuProps) {
  const { id, role } = piece;
  const change = useDeletePiece((error) => toast({ text: problemText(error), kind: 'bad' }));
  const undelete = () => change.mutate({ id, undelete: true });
  const remove = () => {
    const onSuccess = () =>
      toast({
        text: t.pieces.removed(title),
        action: { label: t.common.undo, run: undelete },
      });
    change.mutate({ id, undelete: false }, { onSuccess });
  };
  return (
    <Menu align="end" trigger={trigger} defaultOpen>
      <MenuItem icon={<PenLine />} onSelect={onRename}>
        {t.pieces.rename}
      </MenuItem>
      {role === 'owner' && (
        <MenuItem icon={<Trash2 />} danger onSelect={remove}>
          {t.pieces.remove}
        </MenuItem>
      )}
    </Menu>
  );
}
