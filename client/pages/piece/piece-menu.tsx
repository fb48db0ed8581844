import {
  Check,
  ChevronDown,
  Ellipsis,
  FileDown,
  History,
  Lock,
  LockOpen,
  PencilLine,
} from 'lucide-react';
import { Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { statuses } from '../../../shared/api/statuses.ts';
import { useChangePiece, type PieceWithPeople } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import type { PieceSession } from '../../collab/index.ts';
import { t } from '../../strings/piece.ts';
import { setTheme, themes, useTheme } from '../../theme.ts';
import { Button } from '../../ui/button/button.tsx';
import { IconButton } from '../../ui/button/icon-button.tsx';
import { lazyPart } from '../../ui/loading/lazy-part.tsx';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../ui/overlay/menu.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import { actionOf } from './writing/actions.ts';
import { keyName } from './writing/key-names.ts';

const DetailsDialog = lazyPart(() => import('./details/details-dialog.tsx'));
const TransferDialog = lazyPart(() => import('./transfer/transfer-dialog.tsx'));

/** Where the piece stands between draft and print. */
export function StatusMenu({ piece, mayWrite }: { piece: PieceWithPeople; mayWrite: boolean }) {
  const change = useChangePiece(piece.id);
  const said = t.pieces.status[piece.status];
  if (!mayWrite) return <span>{said}</span>;
  return (
    <Menu
      align="end"
      trigger={
        <Button kind="quiet" aria-label={t.piece.status(said)}>
          {said}
          <ChevronDown aria-hidden size={16} />
        </Button>
      }
    >
      {statuses.map((status) => (
        <MenuItem
          key={status}
          icon={status === piece.status ? <Check /> : <span />}
          onSelect={() =>
            change.mutate(
              { status },
              {
                onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
              },
            )
          }
        >
          {t.pieces.status[status]}
        </MenuItem>
      ))}
    </Menu>
  );
}

export interface PieceMenuProps {
  session: PieceSession;
  pieceId: string;
  /** Undefined until it is known. */
  piece: PieceWithPeople | undefined;
  canEdit: boolean;
}

/** What one does with the piece as a whole. */
export function PieceMenu({ session, pieceId, piece, canEdit }: PieceMenuProps) {
  const [transferring, setTransferring] = useState(false);
  // Once opened it stays: what was pasted into it is there when it opens again.
  const [transferred, setTransferred] = useState(false);
  const [detailing, setDetailing] = useState(false);
  const [, navigate] = useLocation();
  const theme = useTheme();
  const options = themes.map((value) => ({ value, label: t.common.theme[value] }));
  return (
    <>
      <Menu align="end" trigger={<IconButton label={t.piece.more} icon={<Ellipsis />} />}>
        <MenuItem icon={<PencilLine />} onSelect={() => setDetailing(true)}>
          {t.piece.details}
        </MenuItem>
        <MenuItem
          icon={<FileDown />}
          onSelect={() => {
            setTransferring(true);
            setTransferred(true);
          }}
        >
          {t.transfer.title}
        </MenuItem>
        <MenuItem
          icon={<History />}
          shortcut={keyName(actionOf('history').key)}
          onSelect={() => navigate(`/pieces/${pieceId}/history`)}
        >
          {t.piece.actions.history}
        </MenuItem>
        {piece?.role === 'owner' && <LockItem piece={piece} />}
        <MenuSeparator />
        <MenuChoice
          label={t.common.theme.label}
          value={theme}
          options={options}
          onChange={setTheme}
        />
      </Menu>
      {detailing && (
        <Suspense>
          <DetailsDialog {...{ session, canEdit }} open onClose={() => setDetailing(false)} />
        </Suspense>
      )}
      {transferred && (
        <Suspense>
          <TransferDialog
            {...{ session, pieceId, canEdit }}
            open={transferring}
            onClose={() => setTransferring(false)}
          />
        </Suspense>
      )}
    </>
  );
}

function LockItem({ piece }: { piece: PieceWithPeople }) {
  const change = useChangePiece(piece.id);
  return (
    <MenuItem
      icon={piece.locked ? <LockOpen /> : <Lock />}
      onSelect={() =>
        change.mutate(
          { locked: !piece.locked },
          { onError: (error) => toast({ text: problemText(error), kind: 'bad' }) },
        )
      }
    >
      {piece.locked ? t.piece.locked.unlock : t.piece.locked.lock}
    </MenuItem>
  );
}
