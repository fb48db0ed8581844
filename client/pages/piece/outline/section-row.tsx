import { useSortable } from '@dnd-kit/sortable';
import { GripVertical } from 'lucide-react';
import { memo, type KeyboardEvent } from 'react';
import { formatWords } from '../../../strings/format.ts';
import { t } from '../../../strings/piece.ts';
import { clsx } from '../../../ui/clsx.ts';
import styles from './outline.module.css';
import type { OutlinePoint, OutlineRow } from './outline-of.ts';

/** What says how a section moves. */
export const helpId = 'outline-move-help';

export interface SectionRowProps {
  row: OutlineRow;
  id: string;
  heading: string;
  canEdit: boolean;
  current: boolean;
  /** To the beginning of the section, or to a point in it. */
  onGoTo: (number: number | null, point?: string) => void;
  onStep: (number: number, direction: 1 | -1) => void;
  onAnswer: (thesisId: string) => void;
}

/** A section with its theses and counterpoints. Alt with an arrow key moves it, a drag does too. */
export const SectionRow = memo(function SectionRow(props: SectionRowProps) {
  const { row, id, heading, canEdit, current, onGoTo, onStep, onAnswer } = props;
  const { number } = row;
  const movable = canEdit && number !== null;
  const sortable = useSortable({ id, disabled: { draggable: !movable } });
  const { setNodeRef, setActivatorNodeRef, listeners, transform, isDragging } = sortable;
  const step = (event: KeyboardEvent) => {
    if (!movable || !event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    onStep(number, event.key === 'ArrowDown' ? 1 : -1);
  };
  return (
    <li
      ref={setNodeRef}
      className={clsx(styles['row'], isDragging && styles['dragged'])}
      data-level={row.level}
      style={transform ? { transform: `translateY(${transform.y}px)` } : undefined}
    >
      <div className={styles['line']} onKeyDown={step}>
        <button
          type="button"
          data-section={number ?? undefined}
          className={clsx(styles['heading'], row.heading === '' && styles['unnamed'])}
          aria-current={current ? 'location' : undefined}
          {...(movable && {
            'aria-keyshortcuts': 'Alt+ArrowUp Alt+ArrowDown',
            'aria-describedby': helpId,
          })}
          onClick={() => onGoTo(number)}
        >
          {heading}
        </button>
        <span className={styles['words']}>{formatWords(row.words)}</span>
        {movable && (
          // For the pointer alone: with keys a section moves from its heading.
          <span
            ref={setActivatorNodeRef}
            className={styles['grip']}
            title={t.piece.outline.move(heading)}
            aria-hidden
            {...listeners}
          >
            <GripVertical size={16} />
          </span>
        )}
      </div>
      {row.flags.map((flag) => (
        <p key={flag} className={styles['flag']}>
          {t.piece.outline.missing[flag]}
        </p>
      ))}
      {row.points.length > 0 && (
        <ul role="list" className={styles['points']}>
          {row.points.map((point) => (
            <Point
              key={point.key}
              {...{ point, canEdit, onAnswer }}
              onGoTo={() => onGoTo(number, point.key)}
            />
          ))}
        </ul>
      )}
    </li>
  );
});

function Point(props: {
  point: OutlinePoint;
  canEdit: boolean;
  onGoTo: () => void;
  onAnswer: (thesisId: string) => void;
}) {
  const { point, canEdit, onGoTo, onAnswer } = props;
  const words = t.piece.outline;
  const unanswered = point.flags.includes('thesis_unanswered');
  return (
    <li className={clsx(styles['point'], styles[point.kind], point.nested && styles['nested'])}>
      <button type="button" className={styles['pointText']} onClick={onGoTo}>
        <span className={styles['pointKind']}>{words[point.kind]} </span>
        {point.text.trim() === '' ? words.noWords : point.text}
      </button>
      {point.flags.map((flag) => (
        <span key={flag} className={styles['flag']}>
          {words.missing[flag]}
        </span>
      ))}
      {unanswered && canEdit && (
        <button type="button" className={styles['answer']} onClick={() => onAnswer(point.id)}>
          {words.answer}
        </button>
      )}
    </li>
  );
}
