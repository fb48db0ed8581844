import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { colorOf } from '../../../../shared/person-color.ts';
import { presentAuthors } from '../../../api/history.ts';
import type { User } from '../../../api/session.ts';
import { formatMoment } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import type { BodyEditor } from '../writing/editor/body-editor.ts';
import styles from './who-card.module.css';
import type { Shown, WhoDesk } from './who-desk.ts';
import { WhoWrote } from './who-wrote.ts';

export interface WhoCardProps {
  desk: WhoDesk;
  editor: BodyEditor;
  pieceId: string;
  me: User;
}

/** Says who wrote the words that one points at, or that the caret is in, and when. */
export function WhoCard({ desk, editor, pieceId, me }: WhoCardProps) {
  const names = useNames(desk, editor, pieceId, me);
  const shown = useSyncExternalStore(
    (listener) => desk.subscribe(listener),
    () => desk.state,
  );
  useEffect(() => {
    if (shown === null) return;
    const hide = () => desk.hide();
    const pressed = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    window.addEventListener('keydown', pressed);
    return () => {
      window.removeEventListener('scroll', hide, { capture: true });
      window.removeEventListener('keydown', pressed);
    };
  }, [desk, shown]);
  const left = shown && Math.max(8, Math.min(shown.left, window.innerWidth - 280));
  return (
    <div role="status">
      {shown !== null && (
        <p className={styles['card']} style={{ left: left ?? 0, top: shown.top + 6 }}>
          <Said {...{ shown, me }} nameOf={(id) => names.current.get(id)} />
        </p>
      )}
    </div>
  );
}

function Said(props: { shown: Shown; me: User; nameOf: (userId: string) => string | undefined }) {
  const { written } = props.shown;
  const words = t.piece.who;
  if (written === null) return words.nothing;
  if (written === 'failed' || written.userId === undefined) return words.unknown;
  const { userId, at } = written;
  const when = at === null ? words.justNow : formatMoment(new Date(at));
  if (userId === null) return words.wrote(words.nobody, when);
  const name = props.nameOf(userId) ?? words.gone;
  return (
    <>
      <Avatar name={name} color={colorOf(userId)} />
      {words.wrote(userId === props.me.id ? words.me(name) : name, when)}
    </>
  );
}

/** Lets the desk ask, and gives the names of those that are told of. */
function useNames(desk: WhoDesk, editor: BodyEditor, pieceId: string, me: User) {
  const client = useQueryClient();
  const names = useRef(new Map<string, string>());
  useEffect(() => {
    const known = names.current;
    known.set(me.id, me.name);
    const { awareness, doc } = editor.session;
    const who = new WhoWrote({
      body: editor.body,
      ask: async () => {
        const { items, people } = await client.fetchQuery(presentAuthors(pieceId));
        for (const { id, name } of people) known.set(id, name);
        return items;
      },
      userOf: (clientId) => {
        if (clientId === doc.clientID) return me.id;
        const { id, name } = (awareness.getStates().get(clientId)?.['user'] ?? {}) as {
          id?: string;
          name?: string;
        };
        if (id !== undefined && name !== undefined) known.set(id, name);
        return id;
      },
    });
    desk.attach(editor, (index) => who.at(index));
    return () => desk.attach(null, null);
  }, [client, desk, editor, pieceId, me]);
  return names;
}
