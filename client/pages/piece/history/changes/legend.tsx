import { t } from '../../../../strings/history.ts';
import type { AuthorLook } from './author-look.ts';
import styles from './legend.module.css';
import lines from './shown-lines.module.css';
import { nameOf } from './shown-parts.tsx';

/** What the marks in the text mean: each is told by its form, and not by its colour alone. */
export function Legend(props: {
  /** Whether changes are shown. */
  changes: boolean;
  looks: ReadonlyMap<string | null, AuthorLook> | undefined;
}) {
  const { changes, looks } = props;
  const words = t.history.marks;
  if (!changes && looks === undefined) return null;
  return (
    <ul role="list" className={styles['legend']} aria-label={t.history.legend}>
      {changes && (
        <>
          <li>
            <ins className={lines['added']}>{words.added}</ins>
          </li>
          <li>
            <del className={lines['removed']}>{words.removed}</del>
          </li>
          <li>
            <b aria-hidden>↕</b> {words.moved}
          </li>
          <li>
            <mark className={lines['formatted']}>{words.restyled}</mark>
          </li>
        </>
      )}
      {looks &&
        [...looks.values()].map((look) => (
          <li key={look.userId}>
            <span
              className={lines['author']}
              style={{ '--user': look.color, textDecorationStyle: look.stroke } as object}
            >
              {nameOf(look)}
            </span>
          </li>
        ))}
    </ul>
  );
}
