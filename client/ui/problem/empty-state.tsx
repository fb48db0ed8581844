import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

/** What stands where there is nothing, or something failed: what it is, why, and what to do. */
export function EmptyState(props: {
  icon: ReactNode;
  title: string;
  /** It is all that the page says. */
  isPage?: boolean;
  action?: ReactNode;
  children?: ReactNode;
}) {
  const Title = props.isPage ? 'h1' : 'h2';
  return (
    <div className={styles['empty']}>
      <span className={styles['icon']} aria-hidden>
        {props.icon}
      </span>
      <Title className={styles['title']}>{props.title}</Title>
      <div className={styles['body']}>{props.children}</div>
      {props.action}
    </div>
  );
}
