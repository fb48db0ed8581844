import type { Node } from 'prosemirror-model';
import type { Command, EditorState, Plugin } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import type { Field } from '../../../../../shared/document/fields.ts';
import { linkAddress, sharedTypes } from '../../../../../shared/document/index.ts';
import type { PieceSession } from '../../../../collab/index.ts';
import {
  carets,
  commands,
  createEditorState,
  editorKeymap,
  History,
  positionToIndex,
  schema,
  typingRules,
  type FieldShape,
} from '../../../../editor/index.ts';
import { loadClipboard } from '../clipboard/load-clipboard.ts';
import { caretKeys } from './caret-keys.ts';
import { renderCaret, selectionOf, showNamesOfMoving } from '../editor/caret-look.ts';
import { finding } from '../find/find-plugin.ts';
import { pasteFromElsewhere } from '../pasting/pasting.ts';
import { isTypedInto } from '../../../../ui/screen/typed-into.ts';
import { selectionSync, withShownSelection } from '../editor/selection-sync.ts';

export interface FieldOptions {
  readonly session: PieceSession;
  readonly name: Field;
  readonly text: Y.Text;
  readonly shape: FieldShape;
  /** Its accessible name. */
  readonly label: string;
  /** Stands in it while it is empty. */
  readonly placeholder?: string;
  readonly canEdit: boolean;
  /** Of further capabilities, such as comments; these come first. */
  readonly plugins?: readonly Plugin[];
  /** Keys that come before those of every editor. */
  readonly keys?: readonly Plugin[];
  readonly onFocus?: () => void;
}

/** So far is kept free around the caret, in px: the bars above, that for finding among them, a line below. */
const margin = { top: 165, bottom: 60, left: 0, right: 0 };

/**
 * The editor of one text of a piece: title, standfirst, body or a footnote. It stands outside of React,
 * which would be too slow between a key and its paint: components read it through `useEditor`, once a
 * frame at most.
 */
export class FieldEditor {
  readonly view: EditorView;
  readonly session: PieceSession;
  readonly name: Field;
  readonly text: Y.Text;
  readonly shape: FieldShape;
  readonly history: History;
  readonly #listeners = new Set<() => void>();
  readonly #stopNames: () => void;
  readonly #stopHistory: () => void;
  #canEdit: boolean;
  #proposes = false;
  #label: string;
  #frame: number | undefined;
  #shown: EditorState;

  constructor(options: FieldOptions) {
    const { session, name, text, shape, label, placeholder, canEdit, onFocus } = options;
    this.session = session;
    this.name = name;
    this.text = text;
    this.shape = shape;
    this.#label = label;
    this.#canEdit = canEdit;
    this.history = new History(text);
    this.#stopHistory = this.history.onChange(() => this.#changed());
    const state = createEditorState(text, this.#plugins(options), {
      history: this.history,
      canEdit: () => this.#canEdit,
      oneLine: shape === 'line',
    });
    this.#shown = state;
    this.view = new EditorView(null, {
      state,
      // A reviewer has a caret; what they type is taken up before it could change the text.
      editable: () => this.#canEdit || this.#proposes,
      attributes: () => this.#attributes(this.view?.state ?? state, placeholder),
      scrollThreshold: margin,
      scrollMargin: margin,
      handleClick: (view, position, event) => openLink(view.state, position, event),
      handleDOMEvents: {
        focus: () => {
          onFocus?.();
          return false;
        },
      },
      dispatchTransaction: (tr) => {
        this.view.updateState(this.view.state.apply(withShownSelection(this.view, tr)));
        this.#changed();
      },
    });
    isTypedInto({ view: this.view, oneLine: shape === 'line' });
    this.#stopNames = showNamesOfMoving(this.view, session.awareness);
    void loadClipboard(this.view, {
      piece: session.pieceId,
      notes: session.doc.getMap(sharedTypes.footnotes),
      marks: shape === 'blocks',
    });
  }

  get canEdit(): boolean {
    return this.#canEdit;
  }

  allowEditing(canEdit: boolean, proposes = false): void {
    if (canEdit === this.#canEdit && proposes === this.#proposes) return;
    this.#canEdit = canEdit;
    this.#proposes = proposes;
    this.view.setProps({});
    this.#changed();
  }

  /** Names it anew, such as a note whose number is another now. */
  rename(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    this.view.setProps({});
  }

  /** As it was at the last frame; for what is drawn from it. */
  get shown(): EditorState {
    return this.#shown;
  }

  /** Calls `listener` in the frame after a change, however many there were; returns the end of it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  run(command: Command): boolean {
    const done = command(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
    return done;
  }

  undo(): boolean {
    return this.run(commands.undo);
  }

  redo(): boolean {
    return this.run(commands.redo);
  }

  /** The index of a position, within the text as it is. */
  indexOf(doc: Node, position: number): number {
    return Math.min(positionToIndex(doc, position), this.text.length);
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#stopNames();
    this.#stopHistory();
    this.view.destroy();
    this.history.destroy();
    this.#listeners.clear();
  }

  #plugins({ session, text, shape, plugins = [], keys = [] }: FieldOptions): Plugin[] {
    return [
      selectionSync(session.doc),
      ...plugins,
      finding(),
      carets(text, session.awareness, { render: renderCaret, selection: selectionOf }),
      typingRules(shape),
      caretKeys(),
      ...keys,
      editorKeymap(shape),
      pasteFromElsewhere({
        history: this.history,
        canEdit: () => this.#canEdit,
        shape,
        ...(shape === 'blocks' && { notes: session.doc.getMap(sharedTypes.footnotes) }),
      }),
    ];
  }

  #attributes(state: EditorState, placeholder: string | undefined): Record<string, string> {
    return {
      role: 'textbox',
      'aria-multiline': String(this.shape !== 'line'),
      'aria-label': this.#label,
      'aria-readonly': String(!this.#canEdit),
      ...(placeholder !== undefined && { 'data-placeholder': placeholder }),
      ...(isEmpty(state) && this.#canEdit && { 'data-empty': '' }),
      // Without it a text that cannot be edited takes no keys.
      tabindex: '0',
      spellcheck: 'true',
    };
  }

  #changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#shown = this.view.state;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

function isEmpty({ doc }: EditorState): boolean {
  return doc.childCount === 1 && doc.content.size === 2 && doc.child(0).type.name === 'paragraph';
}

/** In a text that is written in, a click puts the caret; with Ctrl or Command it follows a link. */
function openLink(state: EditorState, position: number, event: MouseEvent): boolean {
  if (!event.ctrlKey && !event.metaKey) return false;
  const { link } = schema.marks;
  const mark = link.isInSet(state.doc.resolve(position).marks());
  const { href } = linkAddress((mark?.attrs['href'] as string | undefined) ?? '');
  // What is relative is so to where the piece is published, not to this page.
  if (href === undefined || !/^[a-z]+:/i.test(href)) return false;
  window.open(href, '_blank', 'noopener,noreferrer');
  return true;
}
