import { Tabs } from 'radix-ui';
import { Suspense } from 'react';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/piece.ts';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import styles from './transfer.module.css';

// Markdown is read and written by libraries that nobody needs who only writes.
const ExportPanel = lazyPart(() => import('./export-panel.tsx'));
const ImportPanel = lazyPart(() => import('./import-panel.tsx'));

export interface TransferDialogProps {
  session: PieceSession;
  pieceId: string;
  canEdit: boolean;
  open: boolean;
  onClose: () => void;
}

/** How a text leaves the piece, and how one comes in. */
export default function TransferDialog({
  session,
  pieceId,
  canEdit,
  open,
  onClose,
}: TransferDialogProps) {
  const words = t.transfer;
  return (
    <Dialog
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={words.title}
      width="wide"
    >
      <Tabs.Root defaultValue="export">
        <Tabs.List className={styles['tabs']} aria-label={words.title}>
          <Tabs.Trigger value="export" className={styles['tab']}>
            {words.export.title}
          </Tabs.Trigger>
          {canEdit && (
            <Tabs.Trigger value="import" className={styles['tab']}>
              {words.import.title}
            </Tabs.Trigger>
          )}
        </Tabs.List>
        <Suspense fallback={<Waiting />}>
          <Tabs.Content value="export">
            <ExportPanel session={session} pieceId={pieceId} />
          </Tabs.Content>
          {canEdit && (
            <Tabs.Content value="import">
              <ImportPanel pieceId={pieceId} onDone={onClose} />
            </Tabs.Content>
          )}
        </Suspense>
      </Tabs.Root>
    </Dialog>
  );
}
