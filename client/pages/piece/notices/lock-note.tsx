import { Suspense } from 'react';
import type { PieceWithPeople } from '../../../api/pieces.ts';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import styles from '../piece-page.module.css';

const LockedBy = lazyPart(() => import('./locked-by.tsx'));

/** Says that nobody changes the text for now, and lets an owner end that. */
export function LockNote({ piece }: { piece: PieceWithPeople | undefined }) {
  const locked = piece?.locked === true;
  // The region is always there: screen readers hear what is put into it.
  return (
    <div role="status" className={locked ? styles['note'] : undefined}>
      {locked && (
        <Suspense>
          <LockedBy piece={piece} />
        </Suspense>
      )}
    </div>
  );
}
