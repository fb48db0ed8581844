import { useSyncExternalStore } from 'react';
import { colorOf } from '../../../shared/person-color.ts';
import type { User } from '../../api/session.ts';
import type { PieceSession } from '../../collab/index.ts';
import { t } from '../../strings/index.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import styles from './piece-page.module.css';

/** Who is in the piece now, each once, as the server knows them. */
export function PresenceBar({ session, me }: { session: PieceSession; me: User }) {
  const { awareness } = session;
  // A string, for a snapshot has to be the same as long as it says the same.
  const told = useSyncExternalStore(
    (listener) => {
      awareness.on('change', listener);
      return () => awareness.off('change', listener);
    },
    () => JSON.stringify(peopleIn(awareness.getStates())),
  );
  const others = (JSON.parse(told) as Person[]).filter(({ id }) => id !== me.id);
  // The server tells nobody of themselves.
  const people = [{ id: me.id, name: me.name, color: colorOf(me.id) }, ...others];
  return (
    <ul role="list" className={styles['people']} aria-label={t.piece.here}>
      {people.map(({ id, name, color }) => {
        const text = id === me.id ? t.piece.you(name) : name;
        return (
          <li key={id}>
            <Tooltip text={text}>
              <span tabIndex={0} role="img" aria-label={text}>
                <Avatar name={name} color={color} />
              </span>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

interface Person {
  id: string;
  name: string;
  color: string;
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
