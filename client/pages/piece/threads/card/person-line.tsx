import type { ReactNode } from 'react';
import { colorOf } from '../../../../../shared/person-color.ts';
import { formatAgo, formatMoment } from '../../../../strings/format.ts';
import { Avatar } from '../../../../ui/avatar.tsx';
import styles from './thread-card.module.css';

export interface PersonLineProps {
  person: { id: string; name: string };
  at: string;
  /** Behind the time, such as "edited". */
  note?: string;
  children?: ReactNode;
}

/** Who, and when. */
export function PersonLine({ person, at, note, children }: PersonLineProps) {
  const moment = new Date(at);
  return (
    <div className={styles['person']}>
      <Avatar name={person.name} color={colorOf(person.id)} />
      <span className={styles['name']}>{person.name}</span>
      <time className={styles['time']} dateTime={at} title={formatMoment(moment)}>
        {formatAgo(moment)}
        {note !== undefined && ` · ${note}`}
      </time>
      {children}
    </div>
  );
}
