import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../../../strings/piece.ts';
import { Button } from '../../../../ui/button/button.tsx';
import { IconButton } from '../../../../ui/button/icon-button.tsx';
import styles from './find-bar.module.css';
import {
  goToMatchIn,
  matchesInFields,
  replaceAllIn,
  replaceMatchIn,
  searchFields,
} from '../fields/find-in-fields.ts';
import type { PieceFields } from '../fields/piece-fields.ts';
import { useEditor } from '../use-editor.ts';

export interface FindBarProps {
  fields: PieceFields;
  replacing: boolean;
  canEdit: boolean;
  onClose: () => void;
}

/** Finds, and for writers replaces, in all texts of the piece. Escape ends it, with the match selected. */
export default function FindBar({ fields, replacing, canEdit, onClose }: FindBarProps) {
  const words = t.piece.find;
  const [query, setQuery] = useState(() => selectedWord(fields));
  const [matchCase, setMatchCase] = useState(false);
  const [replacement, setReplacement] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { count, current, texts } = useEditor(fields, () => ({
    ...matchesInFields(fields),
    texts: fields.all.length,
  }));
  useEffect(() => field.current?.select(), [replacing]);
  // A note that was added meanwhile is searched too.
  useEffect(() => searchFields(fields, { query, matchCase }), [fields, query, matchCase, texts]);
  useEffect(() => () => searchFields(fields, { query: '', matchCase: false }), [fields]);
  const close = () => {
    onClose();
    fields.active.view.focus();
  };
  /** Until something is typed in the bar, undo is of what was replaced. */
  const replaced = useRef(false);
  const replace = (how: typeof replaceAllIn) => {
    how(fields, replacement);
    replaced.current = true;
    // A button that cannot be pressed any more would take the focus with it.
    if (matchesInFields(fields).count === 0) field.current?.focus();
  };
  return (
    <div
      role="search"
      aria-label={words.title}
      className={styles['bar']}
      onInput={() => (replaced.current = false)}
      onKeyDown={(event) => {
        const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === 'z';
        if (undoes && replaced.current) {
          event.preventDefault();
          replaced.current = false;
          fields.undo();
        }
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <input
        ref={field}
        className={styles['field']}
        aria-label={words.what}
        placeholder={words.what}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          goToMatchIn(fields, event.shiftKey ? -1 : 1);
        }}
      />
      <IconButton
        label={words.matchCase}
        aria-pressed={matchCase}
        icon={<CaseSensitive />}
        onClick={() => setMatchCase(!matchCase)}
      />
      <span role="status" className={styles['count']}>
        {query === '' ? '' : words.count(current + 1, count)}
      </span>
      <IconButton
        label={words.previous}
        icon={<ChevronUp />}
        onClick={() => goToMatchIn(fields, -1)}
      />
      <IconButton
        label={words.next}
        icon={<ChevronDown />}
        onClick={() => goToMatchIn(fields, 1)}
      />
      {replacing && canEdit && (
        <>
          <input
            className={styles['field']}
            aria-label={words.replacement}
            placeholder={words.replacement}
            value={replacement}
            onChange={(event) => setReplacement(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              replace(replaceMatchIn);
            }}
          />
          <Button disabled={count === 0} onClick={() => replace(replaceMatchIn)}>
            {words.replace}
          </Button>
          <Button disabled={count === 0} onClick={() => replace(replaceAllIn)}>
            {words.replaceAll}
          </Button>
        </>
      )}
      <IconButton label={t.common.close} icon={<X />} onClick={close} />
    </div>
  );
}

/** Where a word or two are selected, they are what is sought. */
function selectedWord({ active }: PieceFields): string {
  const { doc, selection } = active.view.state;
  const { from, to, $from, $to } = selection;
  if (!$from.sameParent($to) || to - from > 60) return '';
  return doc.textBetween(from, to);
}
