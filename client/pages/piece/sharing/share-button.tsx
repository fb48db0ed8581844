import { Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { User } from '../../../api/session.ts';
import { t } from '../../../strings/piece.ts';
import { IconButton } from '../../../ui/button/icon-button.tsx';

const SharingDialog = lazy(() => import('./sharing-dialog.tsx'));

export default function ShareButton({ me, pieceId }: { me: User; pieceId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label={t.sharing.open} icon={<Users />} onClick={() => setOpen(true)} />
      {open && (
        <Suspense>
          <SharingDialog {...{ me, pieceId }} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
