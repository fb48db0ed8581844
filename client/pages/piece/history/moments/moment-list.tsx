import { Bookmark, History } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { colorOf } from '../../../../../shared/person-color.ts';
import { formatClock, formatDay } from '../../../../strings/format.ts';
import { t } from '../../../../strings/history.ts';
import { Avatar } from '../../../../ui/avatar.tsx';
import type { MomentBarProps } from './moment-bar.tsx';
import styles from './moment-list.module.css';
import { daysOf, type Stop } from './stops.ts';
import {
  authorName,
  changesText,
  clockRange,
  stopTitle,
  stretchLong,
  stretchText,
} from '../words.ts';

/** All moments, day by day, the latest first. */
export function MomentList({ stops, chosen, onChoose }: MomentBarProps) {
  const current = useRef<HTMLButtonElement>(null);
  const at = chosen.stop?.id;
  useEffect(() => current.current?.scrollIntoView({ block: 'nearest' }), [at]);
  const now = stops.at(-1);
  const item = (stop: Stop) => (
    <li key={stop.id}>
      <button
        type="button"
        ref={stop.id === at ? current : undefined}
        className={styles['moment']}
        aria-current={stop.id === at ? 'true' : undefined}
        onClick={() => onChoose(stop.kind === 'now' ? null : stop.id)}
      >
        <Moment stop={stop} />
      </button>
    </li>
  );
  return (
    <nav aria-label={t.history.moments} className={styles['list']}>
      {now && <ul role="list">{item(now)}</ul>}
      {daysOf(stops).map((day) => (
        <section key={day.at}>
          <h2 className={styles['day']}>{formatDay(new Date(day.at))}</h2>
          <ul role="list">{day.stops.map(item)}</ul>
        </section>
      ))}
    </nav>
  );
}

function Moment({ stop }: { stop: Stop }) {
  if (stop.kind === 'version') {
    const { kind, createdBy, createdAt, note, changes } = stop.version;
    const Icon = kind === 'named' ? Bookmark : History;
    const about = [
      formatClock(new Date(createdAt)),
      ...(kind === 'named' ? [t.history.versionKinds.named] : []),
      ...(createdBy === null ? [] : [t.history.by(createdBy.name)]),
    ];
    return (
      <>
        <span className={styles['icon']} aria-hidden>
          <Icon size={18} strokeWidth={kind === 'named' ? 2.25 : 1.75} />
        </span>
        <span className={styles['what']}>
          <span className={kind === 'named' ? styles['named'] : undefined}>{stopTitle(stop)}</span>
          <span className={styles['about']}>{about.join(' · ')}</span>
          {note !== null && <span className={styles['about']}>{note}</span>}
          {changes !== null && (
            <span className={styles['about']}>{t.history.changedThen(changesText(changes))}</span>
          )}
        </span>
      </>
    );
  }
  const { author } = stop.stretch;
  const name = authorName(author);
  const isNow = stop.kind === 'now';
  return (
    <>
      <Avatar name={name} color={author === null ? '#5d4037' : colorOf(author.id)} />
      <span className={styles['what']}>
        <span>{isNow ? t.history.now : name}</span>
        <span className={styles['about']}>
          {isNow ? (
            t.history.wroteAt(name, formatClock(new Date(stop.at)))
          ) : (
            <>
              {clockRange(stop.stretch)} · <span aria-hidden>{stretchText(stop.stretch)}</span>
              <span className="visually-hidden">{stretchLong(stop.stretch)}</span>
            </>
          )}
        </span>
      </span>
    </>
  );
}
