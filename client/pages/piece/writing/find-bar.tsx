import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import type { BodyEditor } from './body-editor.ts';
import styles from './find-bar.module.css';
import {
  currentMatch,
  goToMatch,
  matchesIn,
  replaceAll,
  replaceMatch,
  setSearch,
} from './find-plugin.ts';
import { useEditor } from './use-editor.ts';
import type { Command } from 'prosemirror-state';

export interface FindBarProps {
  editor: BodyEditor;
  replacing: boolean;
  canEdit: boolean;
  onClose: () => void;
}

/** Finds, and for writers replaces, in the body. Escape ends it, with the match selected. */
export function FindBar({ editor, replacing, canEdit, onClose }: FindBarProps) {
  const words = t.piece.find;
  const [query, setQuery] = useState(() => selectedWord(editor));
  const [matchCase, setMatchCase] = useState(false);
  const [replacement, setReplacement] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { count, current } = useEditor(editor, (state) => ({
    count: matchesIn(state).length,
    current: currentMatch(state),
  }));
  // The editor has the focus only when the bar is left: what is typed goes on into the field.
  const run = (command: Command) => command(editor.view.state, editor.view.dispatch, editor.view);
  useEffect(() => field.current?.select(), [replacing]);
  useEffect(() => {
    setSearch({ query, matchCase })(editor.view.state, editor.view.dispatch);
  }, [editor, query, matchCase]);
  useEffect(
    () => () => {
      if (editor.view.isDestroyed) return;
      setSearch({ query: '', matchCase: false })(editor.view.state, editor.view.dispatch);
    },
    [editor],
  );
  const close = () => {
    onClose();
    editor.view.focus();
  };
  return (
    <div
      role="search"
      aria-label={words.title}
      className={styles['bar']}
      onKeyDown={(event) => {
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
          run(goToMatch(event.shiftKey ? -1 : 1));
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
      <IconButton label={words.previous} icon={<ChevronUp />} onClick={() => run(goToMatch(-1))} />
      <IconButton label={words.next} icon={<ChevronDown />} onClick={() => run(goToMatch(1))} />
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
              run(replaceMatch(replacement));
            }}
          />
          <Button disabled={count === 0} onClick={() => run(replaceMatch(replacement))}>
            {words.replace}
          </Button>
          <Button disabled={count === 0} onClick={() => run(replaceAll(replacement))}>
            {words.replaceAll}
          </Button>
        </>
      )}
      <IconButton label={t.common.close} icon={<X />} onClick={close} />
    </div>
  );
}

/** Where a word or two are selected, they are what is sought. */
function selectedWord(editor: BodyEditor): string {
  const { from, to, $from, $to } = editor.view.state.selection;
  if (!$from.sameParent($to) || to - from > 60) return '';
  return editor.view.state.doc.textBetween(from, to);
}
