import { useState } from 'react';
import { useRefused } from '../../../api/members.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { holds } from './holds.ts';
import { RefusedList } from './refused-list.tsx';
import styles from './refused.module.css';

/** Tells an owner that edits were refused and kept, and lets them decide on each (R4). */
export default function RefusedNotice({ pieceId, isOwner }: { pieceId: string; isOwner: boolean }) {
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
        <RefusedList {...{ items, pieceId }} />
      </Dialog>
    </>
  );
}
