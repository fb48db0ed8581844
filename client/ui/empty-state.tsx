import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

/** What stands where there is nothing, or something failed: what it is, why, and what to do. */
export function EmptyState(props: {
  icon: ReactNode;
  title: string;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={styles['empty']}>
      <span className={styles['icon']} aria-hidden>
        {props.icon}
      </span>
      <h2 className={styles['title']}>{props.title}</h2>
      <div className={styles['body']}>{props.children}</div>
      {props.action}
    </div>
  );
}
