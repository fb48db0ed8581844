import type { ThreadFilter } from '../../../../api/thread-changes.ts';
import { t } from '../../../../strings/piece.ts';
import { keyName } from '../../writing/key-names.ts';
import { actionOf } from '../../writing/actions.ts';
import styles from './threads-margin.module.css';

/** What stands where there are no threads, and how to begin one. */
export function EmptyNote({ filter, mayComment }: { filter: ThreadFilter; mayComment: boolean }) {
  const words = t.threads;
  const comment = keyName(actionOf('comment').key);
  const suggest = keyName(actionOf('suggest').key);
  const open = mayComment ? words.emptyOpen(comment, suggest) : words.emptyOpenReading;
  const text = { open, mine: words.emptyMine, resolved: words.emptyResolved }[filter];
  return <p className={styles['empty']}>{text}</p>;
}
