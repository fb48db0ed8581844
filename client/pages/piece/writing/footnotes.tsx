import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import * as Y from 'yjs';
import { sharedTypes } from '../../../../shared/document/index.ts';
import { t } from '../../../strings/piece.ts';
import type { FieldEditor } from './fields/field-editor.ts';
import type { PieceFields } from './fields/piece-fields.ts';
import { useSlow } from './use-slow.ts';
import styles from './writing-area.module.css';

/** The notes in the order of their marks in the text; each is written where it stands. */
export function Footnotes({ fields }: { fields: PieceFields }) {
  const marked = useSlow(fields.body, ({ doc }) => {
    const ids = new Set<string>();
    doc.descendants((node) => {
      if (node.type.name === 'footnote') ids.add(node.attrs['id'] as string);
      return !node.isAtom;
    });
    return [...ids];
  });
  const notes = fields.session.doc.getMap<unknown>(sharedTypes.footnotes);
  const there = useSyncExternalStore(
    (listener) => {
      notes.observe(listener);
      return () => notes.unobserve(listener);
    },
    () => [...notes.keys()].sort().join('\n'),
  ).split('\n');
  const shown = marked.filter((id) => there.includes(id));
  if (shown.length === 0) return null;
  return (
    <section className={styles['notes']} aria-label={t.piece.notes}>
      <ol className={styles['noteList']}>
        {shown.map((id) => {
          const text = notes.get(id);
          if (!(text instanceof Y.Text)) return null;
          return (
            <li key={id} value={marked.indexOf(id) + 1}>
              <Note {...{ fields, id, text }} number={marked.indexOf(id) + 1} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface NoteProps {
  fields: PieceFields;
  id: string;
  number: number;
  text: Y.Text;
}

/** One note: an editor on a text of its own. */
function Note({ fields, id, number, text }: NoteProps) {
  const place = useRef<HTMLDivElement>(null);
  const note = useRef<FieldEditor>(null);
  const label = t.piece.note(number);
  const firstLabel = useEffectEvent(() => label);
  useEffect(() => {
    const made = fields.addNote(id, text, firstLabel());
    note.current = made;
    place.current?.replaceChildren(made.view.dom);
    if (fields.body.takeNewNote(id)) made.view.focus();
    return () => fields.removeNote(made);
  }, [fields, id, text]);
  useEffect(() => note.current?.rename(label), [label]);
  return <div ref={place} className={styles['note']} />;
}
