import { t } from '../../strings/index.ts';
import styles from './waiting.module.css';

/** For what is on its way. Shows itself after a moment: most pages are there before. */
export function Waiting() {
  return (
    <p role="status" className={styles['waiting']}>
      {t.common.loading}
    </p>
  );
}

/** The same, where there is nothing else of the page yet. */
export function WaitingPage() {
  return (
    <main>
      <h1 className="visually-hidden">{t.common.appName}</h1>
      <Waiting />
    </main>
  );
}
