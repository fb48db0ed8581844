import { t } from '../../strings/piece.ts';
import styles from './pieces-page.module.css';

/** What of a text a piece could only keep as text. */
export function Warnings(props: { warnings: readonly { line: number; message: string }[] }) {
  return (
    <>
      <p>{t.pieces.paste.warned}</p>
      <ul className={styles['warnings']}>
        {props.warnings.map(({ line, message }, index) => (
          <li key={index}>{t.transfer.import.warning(line, message)}</li>
        ))}
      </ul>
    </>
  );
}
