import {
  closestCenter,
  DndContext,
  PointerSensor,
  useSensor,
  useSensors,
  type DragEndEvent,
} from '@dnd-kit/core';
import { SortableContext, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { dropMove, sectionsOf, stepMove } from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import type { BodyEditor } from '../writing/editor/body-editor.ts';
import { useEditor } from '../writing/use-editor.ts';
import { useSlow } from '../writing/use-slow.ts';
import styles from './outline.module.css';
import { outlineRows, placeOf, sectionAt, type OutlineRow } from './outline-of.ts';
import { helpId, SectionRow } from './section-row.tsx';

export interface OutlinePanelProps {
  editor: BodyEditor;
  canEdit: boolean;
  /** Something was chosen: a panel over the text goes away. */
  onChosen: () => void;
}

/** A click is no drag. Keys do not lift a section, they move it at once: see `step`. */
const drag = { activationConstraint: { distance: 4 } };

/** What the piece argues, section by section; each a click away, and sections can be moved. */
export function OutlinePanel({ editor, canEdit, onChosen }: OutlinePanelProps) {
  const rows = useSlow(editor, ({ doc }) => outlineRows(doc));
  const current = useEditor(editor, ({ doc, selection }) =>
    sectionAt(doc, selection.$head.index(0)),
  );
  const words = t.piece.outline;
  const list = useRef<HTMLOListElement>(null);
  const focusOn = useRef<number | null>(null);
  const [said, setSaid] = useState('');
  const sensors = useSensors(useSensor(PointerSensor, drag));
  const goTo = useCallback(
    (number: number | null, point?: string) => {
      // By the text as it is now, which may be ahead of what is shown.
      const place = placeOf(editor.view.state.doc, number, point);
      if (place !== undefined) editor.goTo(place);
      onChosen();
    },
    [editor, onChosen],
  );
  const step = useCallback(
    (number: number, direction: 1 | -1) => {
      const { doc } = editor.view.state;
      const move = stepMove(sectionsOf(doc), number, direction);
      if (!move || !editor.moveLines(move)) return;
      // The focus goes along, once the rows have changed.
      const first = direction > 0 ? move.before - (move.last - move.first + 1) : move.before;
      const moved = sectionsOf(editor.view.state.doc).findIndex((each) => each.first === first);
      focusOn.current = moved;
      const row = outlineRows(doc).find((each) => each.number === number);
      setSaid(t.piece.outline.dropped(headingOf(row)));
    },
    [editor],
  );
  const answer = useCallback((id: string) => void editor.answer(id), [editor]);
  // A new list of the same ids would have every row drawn again.
  const names = rows.map(idOf).join(' ');
  const ids = useMemo(() => names.split(' '), [names]);
  useEffect(() => {
    if (focusOn.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-section="${focusOn.current}"]`)?.focus();
    focusOn.current = null;
  }, [rows]);
  const dropped = ({ active, over }: DragEndEvent) => {
    if (over === null || over.id === active.id) return;
    const { doc } = editor.view.state;
    const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over.id))];
    const number = rows[from]?.number;
    if (number === undefined || number === null) return;
    // Dragged down it comes to stand behind the one that it was dropped on.
    const target = to > from ? to + 1 : to;
    const before = rows[target]?.number ?? (target >= rows.length ? null : 0);
    const move = dropMove(sectionsOf(doc), number, before, doc.childCount);
    if (move) editor.moveLines(move);
  };
  const nameOf = (id: string | number) => headingOf(rows.find((row) => idOf(row) === id));
  if (rows.length === 0) return <p className={styles['empty']}>{words.empty}</p>;
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={dropped}
      accessibility={{
        announcements: {
          onDragStart: ({ active }) => words.lifted(nameOf(active.id)),
          onDragOver: ({ over }) => (over ? words.over(nameOf(over.id)) : words.overNothing),
          onDragEnd: ({ active, over }) => (over ? words.dropped(nameOf(active.id)) : words.left),
          onDragCancel: () => words.left,
        },
      }}
    >
      <p id={helpId} hidden>
        {words.moveHelp}
      </p>
      <p role="status" className="visually-hidden">
        {said}
      </p>
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ol ref={list} role="list" className={styles['rows']}>
          {rows.map((row) => (
            <SectionRow
              key={idOf(row)}
              {...{ row, canEdit }}
              id={idOf(row)}
              heading={headingOf(row)}
              current={row.number === current}
              onGoTo={goTo}
              onStep={step}
              onAnswer={answer}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

function idOf({ number }: OutlineRow): string {
  return number === null ? 'lede' : `section-${number}`;
}

function headingOf(row: OutlineRow | undefined): string {
  if (row === undefined) return '';
  if (row.number === null) return t.piece.outline.lede;
  return row.heading === '' ? t.piece.outline.noHeading : row.heading;
}
