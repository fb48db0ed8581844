import type { Comment } from '../../../../api/threads.ts';
import styles from './thread-card.module.css';

/** What somebody wrote, as text and nothing else; people whom it names stand out. */
export function CommentText({ body, mentions }: Pick<Comment, 'body' | 'mentions'>) {
  if (mentions.length === 0) return <p className={styles['text']}>{body}</p>;
  const names = mentions
    .flatMap(({ name }) => [name, name.split(/\s+/)[0] ?? name])
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const parts = body.split(new RegExp(`(@(?:${names.join('|')})(?![\\p{L}\\p{N}_]))`, 'iu'));
  return (
    <p className={styles['text']}>
      {parts.map((part, i) =>
        // The pattern's one group puts each match between two stretches without one.
        i % 2 === 1 ? (
          <strong key={i} className={styles['mention']}>
            {part}
          </strong>
        ) : (
          part
        ),
      )}
    </p>
  );
}
