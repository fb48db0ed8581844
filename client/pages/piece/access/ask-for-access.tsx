import { Mail } from 'lucide-react';
import { useMe } from '../../../api/session.ts';
import { t } from '../../../strings/piece.ts';
import styles from './ask-for-access.module.css';

/** A link that begins an email to somebody who can give access. */
export default function AskForAccess({ pieceId }: { pieceId: string }) {
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

export function requestFor(pieceId: string, me: { name: string; email: string } | null): string {
  const address = `${location.origin}/pieces/${pieceId}`;
  return t.piece.noAccess.message(address, me?.name ?? '', me?.email ?? '');
}
