import { LockKeyhole, Mail } from 'lucide-react';
import { Link } from 'wouter';
import { useMe } from '../../api/session.ts';
import type { Link as Connection } from '../../collab/state.ts';
import { t } from '../../strings/piece.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Secret } from '../../ui/secret.tsx';
import styles from './ask-for-access.module.css';

/** Whether the server has said that there is no such piece for this person. */
export function isShut(link: Connection): boolean {
  return link.at === 'ended' && (link.reason === 'no-right' || link.reason === 'no-such-piece');
}

/**
 * All that a page says whose piece is gone, or whose reader has no right to it. The server tells the
 * two apart for nobody who has none, so neither does this page.
 */
export function NoAccess({ pieceId, onRetry }: { pieceId: string; onRetry: () => void }) {
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

/** A link that begins an email to somebody who can give access. */
export function AskForAccess({ pieceId }: { pieceId: string }) {
  const words = t.piece.noAccess;
  const { data: me } = useMe();
  const subject = encodeURIComponent(words.subject);
  const body = encodeURIComponent(requestFor(pieceId, me ?? null));
  return (
    <a className={styles['ask']} href={`mailto:?subject=${subject}&body=${body}`}>
      <Mail aria-hidden size={16} /> {words.ask}
    </a>
  );
}

function requestFor(pieceId: string, me: { name: string; email: string } | null): string {
  const address = `${location.origin}/pieces/${pieceId}`;
  return t.piece.noAccess.message(address, me?.name ?? '', me?.email ?? '');
}
