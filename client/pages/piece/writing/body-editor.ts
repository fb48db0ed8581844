import { keymap } from 'prosemirror-keymap';
import type { Node } from 'prosemirror-model';
import { TextSelection, type Command, type EditorState, type Plugin } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import { linkAddress, sharedTypes } from '../../../../shared/document/index.ts';
import type { PieceSession } from '../../../collab/index.ts';
import {
  carets,
  commands,
  createEditorState,
  editorKeymap,
  freshId,
  History,
  indexToPosition,
  moveLines,
  pasting,
  positionToIndex,
  remoteCarets,
  schema,
  typingRules,
  type Move,
} from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import { actions, type Ask } from './actions.ts';
import { argumentLabels } from './argument-labels.ts';
import { renderCaret, selectionOf, showNamesOfMoving } from './caret-look.ts';
import { finding } from './find-plugin.ts';
import { cleanPasting } from './pasted-html.ts';
import { selectionSync, withShownSelection } from './selection-sync.ts';
import { slashMenu } from './slash-plugin.ts';

export interface BodyEditorOptions {
  readonly session: PieceSession;
  readonly canEdit: boolean;
  readonly onAsk: (ask: Ask) => void;
  /** Of further capabilities, such as comments. */
  readonly plugins?: readonly Plugin[];
}

/** So far is kept free around the caret, in px: the bars above, that for finding among them, a line below. */
const margin = { top: 165, bottom: 60, left: 0, right: 0 };

/**
 * The editor of a piece's body. It stands outside of React, which would be too slow between a key and
 * its paint: components read it through `useEditor`, once a frame at most.
 */
export class BodyEditor {
  readonly view: EditorView;
  readonly session: PieceSession;
  readonly body: Y.Text;
  readonly history: History;
  readonly #listeners = new Set<() => void>();
  readonly #onAsk: (ask: Ask) => void;
  readonly #stopNames: () => void;
  readonly #stopHistory: () => void;
  #canEdit: boolean;
  #proposes = false;
  #noteToOpen: string | null = null;
  #frame: number | undefined;
  #shown: EditorState;

  constructor({ session, canEdit, onAsk, plugins = [] }: BodyEditorOptions) {
    this.session = session;
    this.body = session.doc.getText(sharedTypes.body);
    this.#canEdit = canEdit;
    this.#onAsk = onAsk;
    this.history = new History(this.body);
    this.#stopHistory = this.history.onChange(() => this.#changed());
    const state = createEditorState(
      this.body,
      [
        selectionSync(session.doc),
        ...plugins,
        slashMenu(),
        finding(),
        argumentLabels(),
        carets(this.body, session.awareness, { render: renderCaret, selection: selectionOf }),
        typingRules(),
        ...this.#keys(),
        pasting(),
        cleanPasting(),
      ],
      { history: this.history, canEdit: () => this.#canEdit },
    );
    this.#shown = state;
    this.view = new EditorView(null, {
      state,
      // A reviewer has a caret; what they type is taken up before it could change the text.
      editable: () => this.#canEdit || this.#proposes,
      attributes: () => ({
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': t.piece.body,
        'aria-readonly': String(!this.#canEdit),
        'data-start': t.piece.start,
        ...(isEmpty(this.view?.state ?? state) && this.#canEdit && { 'data-empty': '' }),
        // Without it a text that cannot be edited takes no keys.
        tabindex: '0',
        spellcheck: 'true',
      }),
      scrollThreshold: margin,
      scrollMargin: margin,
      handleClick: (view, position, event) => openLink(view.state, position, event),
      dispatchTransaction: (tr) => {
        this.view.updateState(this.view.state.apply(withShownSelection(this.view, tr)));
        this.#changed();
      },
    });
    this.#stopNames = showNamesOfMoving(this.view, session.awareness);
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

  ask(what: Ask): boolean {
    this.#onAsk(what);
    return true;
  }

  /** Puts a note's mark behind the selection, and an empty note for it; the page leads into it. */
  addFootnote(): boolean {
    if (!this.#canEdit) return false;
    const id = freshId();
    const { doc } = this.session;
    doc.transact(() => doc.getMap(sharedTypes.footnotes).set(id, new Y.Text()));
    this.history.stopCapturing();
    commands.insertFootnote(id)(this.view.state, this.view.dispatch);
    this.#noteToOpen = id;
    return true;
  }

  /** Whether this note has just been made here, and is to be written in. Says yes once. */
  takeNewNote(id: string): boolean {
    if (id !== this.#noteToOpen) return false;
    this.#noteToOpen = null;
    return true;
  }

  /** The index of a position, within the body as it is. */
  indexOf(doc: Node, position: number): number {
    return Math.min(positionToIndex(doc, position), this.body.length);
  }

  /** Puts the caret to an index of the body, and shows it below the bars. */
  goTo(index: number): void {
    const { doc } = this.view.state;
    const position = indexToPosition(doc, Math.min(index, flatEnd(doc)));
    const selection = TextSelection.near(doc.resolve(position));
    this.view.dispatch(this.view.state.tr.setSelection(selection));
    this.view.focus();
    const line = this.view.nodeDOM(selection.$head.before(1));
    // Read the layout only once the focus has settled: it scrolls by itself.
    if (line instanceof HTMLElement) line.scrollIntoView({ block: 'start' });
  }

  /** Moves lines, by taking out those that nobody else is writing in. */
  moveLines(move: Move): boolean {
    const { state } = this.view;
    const { awareness } = this.session;
    const others = remoteCarets(awareness.getStates(), awareness.clientID, state.doc, this.body);
    this.history.stopCapturing();
    return moveLines(
      move,
      others.map(({ head }) => head),
    )(state, this.view.dispatch);
  }

  /** Begins a counterpoint to a thesis. */
  answer(thesisId: string): boolean {
    return this.run(commands.answerThesis(thesisId));
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#stopNames();
    this.#stopHistory();
    this.view.destroy();
    this.history.destroy();
    this.#listeners.clear();
  }

  #keys(): Plugin[] {
    const own = actions.map(({ key, run, reading }): [string, Command] => [
      key,
      (_state, dispatch) => {
        if (!dispatch || !(reading || this.#canEdit)) return false;
        run(this);
        // What cannot be done here must not become the browser's: Mod-k is its search.
        return true;
      },
    ]);
    return [keymap(Object.fromEntries(own)), ...editorKeymap()];
  }

  #changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#shown = this.view.state;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

function flatEnd(doc: Node): number {
  return doc.content.size - doc.childCount;
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
