import { keymap } from 'prosemirror-keymap';
import { EditorView } from 'prosemirror-view';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import * as Y from 'yjs';
import { sharedTypes } from '../../../../shared/document/index.ts';
import {
  carets,
  commands,
  createEditorState,
  editorKeymap,
  History,
  pasting,
} from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import type { BodyEditor } from './body-editor.ts';
import { renderCaret, selectionOf } from './caret-look.ts';
import { cleanPasting } from './pasted-html.ts';
import { selectionSync, withShownSelection } from './selection-sync.ts';
import styles from './writing-area.module.css';
import { useSlow } from './use-slow.ts';

/** The notes in the order of their marks in the text; each is written where it stands. */
export function Footnotes({ editor, canEdit }: { editor: BodyEditor; canEdit: boolean }) {
  const marked = useSlow(editor, ({ doc }) => {
    const ids = new Set<string>();
    doc.descendants((node) => {
      if (node.type.name === 'footnote') ids.add(node.attrs['id'] as string);
      return !node.isAtom;
    });
    return [...ids];
  });
  const notes = editor.session.doc.getMap<unknown>(sharedTypes.footnotes);
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
              <Note {...{ editor, canEdit, id, text }} number={marked.indexOf(id) + 1} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface NoteProps {
  editor: BodyEditor;
  canEdit: boolean;
  id: string;
  number: number;
  text: Y.Text;
}

/** One note: an editor on a text of its own. Escape leads back to the body. */
function Note({ editor, canEdit, id, number, text }: NoteProps) {
  const place = useRef<HTMLDivElement>(null);
  const may = useRef(canEdit);
  const mounted = useRef<EditorView>(null);
  useEffect(() => {
    const history = new History(text);
    const back = () => {
      editor.view.focus();
      return true;
    };
    const state = createEditorState(
      text,
      [
        selectionSync(editor.session.doc),
        carets(text, editor.session.awareness, { render: renderCaret, selection: selectionOf }),
        keymap({ Escape: back, 'Mod-z': commands.undo }),
        ...editorKeymap(),
        pasting(),
        cleanPasting(),
      ],
      { history, canEdit: () => may.current },
    );
    const view = new EditorView(place.current, {
      state,
      editable: () => may.current,
      dispatchTransaction: (tr) => view.updateState(view.state.apply(withShownSelection(view, tr))),
      attributes: () => ({
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': t.piece.note(number),
        tabindex: '0',
      }),
    });
    mounted.current = view;
    if (editor.takeNewNote(id)) view.focus();
    return () => {
      view.destroy();
      history.destroy();
    };
  }, [editor, id, number, text]);
  useEffect(() => {
    may.current = canEdit;
    mounted.current?.setProps({});
  }, [canEdit]);
  return <div ref={place} className={styles['note']} />;
}
