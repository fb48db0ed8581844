import { t } from '../../../../strings/piece.ts';
import { clsx } from '../../../../ui/clsx.ts';
import styles from './thread-card.module.css';

export interface ProposalProps {
  original: string;
  replacement: string;
  short: boolean;
}

/** What a suggestion takes away and puts there. */
export function Proposal({ original, replacement, short }: ProposalProps) {
  const words = t.threads;
  const verb =
    original === '' ? words.inserts : replacement === '' ? words.deletes : words.replaces;
  return (
    <p className={clsx(styles['proposal'], short && styles['short'])}>
      <span className={styles['verb']}>{verb}</span>{' '}
      {original !== '' && <del className={styles['del']}>{original}</del>}
      {original !== '' && replacement !== '' && (
        <span className={styles['verb']}> {words.by} </span>
      )}
      {replacement !== '' && <ins className={styles['ins']}>{replacement}</ins>}
    </p>
  );
}
