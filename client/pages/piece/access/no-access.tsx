import { LockKeyhole } from 'lucide-react';
import { Link } from 'wouter';
import { useMe } from '../../../api/session.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { EmptyState } from '../../../ui/problem/empty-state.tsx';
import { Secret } from '../../../ui/secret.tsx';
import AskForAccess, { requestFor } from './ask-for-access.tsx';
import styles from './ask-for-access.module.css';

/**
 * All that a page says whose piece is gone, or whose reader has no right to it. The server tells the
 * two apart for nobody who has none, so neither does this page.
 */
export default function NoAccess({ pieceId, onRetry }: { pieceId: string; onRetry: () => void }) {
  const words = t.piece.noAccess;
  const { data: me } = useMe();
  const request = requestFor(pieceId, me ?? null);
  return (
    <main>
      <title>{`${words.title} · ${t.common.appName}`}</title>
      <EmptyState icon={<LockKeyhole />} title={words.title} isPage>
        <p>{words.body}</p>
        {me && <p>{words.signedInAs(me.name, me.email)}</p>}
        <div className={styles['request']}>
          <Secret
            label={words.request}
            value={request}
            copy={words.copy}
            copied={words.copied}
            notCopied={words.notCopied}
          />
        </div>
        <div className={styles['actions']}>
          <AskForAccess pieceId={pieceId} />
          <Button onClick={onRetry}>{t.common.tryAgain}</Button>
          <Link href="/">{t.piece.back}</Link>
        </div>
      </EmptyState>
    </main>
  );
}
