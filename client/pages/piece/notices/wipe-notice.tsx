import { Suspense } from 'react';
import type { VersionEvent } from '../../../../shared/protocol/events.ts';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import styles from '../piece-page.module.css';

const WipeTold = lazyPart(() => import('./wipe-told.tsx'));

export interface WipeNoticeProps {
  pieceId: string;
  userId: string;
  wipe: VersionEvent | null;
  mayRestore: boolean;
  onDone: () => void;
}

/** Tells everybody that one edit took most of the text away, with a one-click way back (R5). */
export function WipeNotice(props: WipeNoticeProps) {
  const { wipe } = props;
  return (
    <div role="alert" className={wipe === null ? undefined : styles['banner']}>
      {wipe !== null && (
        <Suspense>
          <WipeTold key={wipe.id} {...props} wipe={wipe} />
        </Suspense>
      )}
    </div>
  );
}
