import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { colorOf } from '../../../shared/person-color.ts';
import type { User } from '../../api/session.ts';
import type { PieceSession } from '../../collab/index.ts';
import { t } from '../../strings/piece.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { clsx } from '../../ui/clsx.ts';
import { Tooltip } from '../../ui/overlay/tooltip.tsx';
import styles from './piece-page.module.css';

export interface PresenceBarProps {
  session: PieceSession;
  me: User;
  following: string | null;
  onFollow: (userId: string | null) => void;
}

/** Who is in the piece now, each once, as the server knows them. A click follows their caret. */
export function PresenceBar({ session, me, following, onFollow }: PresenceBarProps) {
  const { awareness } = session;
  // A string, for a snapshot has to be the same as long as it says the same.
  const told = useSyncExternalStore(
    (listener) => {
      awareness.on('change', listener);
      return () => awareness.off('change', listener);
    },
    () => JSON.stringify(peopleIn(awareness.getStates())),
  );
  // The server tells nobody of themselves.
  const others = (JSON.parse(told) as Person[]).filter(({ id }) => id !== me.id);
  const news = useNews(others);
  return (
    <div className={styles['presence']}>
      <p role="status" className="visually-hidden">
        {news}
      </p>
      <ul role="list" className={styles['people']} aria-label={t.piece.here}>
        <li>
          <Tooltip text={t.piece.you(me.name)}>
            <span tabIndex={0} role="img" aria-label={t.piece.you(me.name)}>
              <Avatar name={me.name} color={colorOf(me.id)} />
            </span>
          </Tooltip>
        </li>
        {others.map(({ id, name, color }) => (
          <li key={id}>
            <Tooltip text={id === following ? t.piece.following(name) : t.piece.follow(name)}>
              <button
                type="button"
                className={clsx(styles['person'], id === following && styles['followed'])}
                aria-label={t.piece.follow(name)}
                aria-pressed={id === following}
                onClick={() => onFollow(id === following ? null : id)}
              >
                <Avatar name={name} color={color} />
              </button>
            </Tooltip>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Person {
  id: string;
  name: string;
  color: string;
}

/** Who has come or gone since the last time, in words, for those who do not see it. */
function useNews(others: readonly Person[]): string {
  const known = useRef<ReadonlyMap<string, string> | null>(null);
  const [news, setNews] = useState('');
  const now = JSON.stringify(others.map(({ id, name }) => [id, name]));
  useEffect(() => {
    const here = new Map(JSON.parse(now) as [string, string][]);
    const before = known.current;
    known.current = here;
    if (before === null) return;
    const came = [...here]
      .filter(([id]) => !before.has(id))
      .map(([, name]) => t.piece.joined(name));
    const went = [...before].filter(([id]) => !here.has(id)).map(([, name]) => t.piece.left(name));
    // What is said follows from what happened, not from what is: there is nothing to compute it of.
    if (came.length + went.length > 0) setNews([...came, ...went].join('. '));
  }, [now]);
  return news;
}

function peopleIn(states: ReadonlyMap<number, Record<string, unknown>>): Person[] {
  const people = new Map<string, Person>();
  for (const state of states.values()) {
    const { id, name, color } = (state['user'] ?? {}) as Partial<Person>;
    if (id !== undefined && name !== undefined) {
      people.set(id, { id, name, color: color ?? colorOf(id) });
    }
  }
  return [...people.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
