import { t } from '../../../../strings/history.ts';
import styles from './shown-lines.module.css';
import { Label, ShownParts } from './shown-parts.tsx';
import type { ShownNote } from './shown-text.ts';

/** Footnotes, each with its number in the text and what became of it. */
export function ShownNotes({ notes }: { notes: readonly ShownNote[] }) {
  if (notes.length === 0) return null;
  return (
    <section className={styles['notes']} aria-label={t.history.notes}>
      <ul role="list">
        {notes.map((note) => (
          <li key={note.id} data-change={note.change} data-mark={note.mark}>
            {note.number !== null && <span className={styles['number']}>{note.number}</span>}
            <span className={styles['noteText']} dir="auto">
              <NoteLabel note={note} />
              <ShownParts parts={note.parts} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoteLabel({ note: { change, mark } }: { note: ShownNote }) {
  const words = t.history.noteMarks;
  if (mark !== 'same') return <Label>{words[mark]}</Label>;
  return change === 'moved' ? <Label>{words.moved}</Label> : null;
}
