import { t } from '../strings/index.ts';
import styles from './waiting.module.css';

/** For a page that is on its way. Shows itself after a moment: most pages are there before. */
export function Waiting() {
  return (
    <p role="status" className={styles['waiting']}>
      {t.common.loading}
    </p>
  );
}
