import { TextSelection } from 'prosemirror-state';
import type { Node } from 'prosemirror-model';
import * as Y from 'yjs';
import { sharedTypes } from '../../../../../shared/document/index.ts';
import {
  commands,
  freshId,
  indexToPosition,
  moveLines,
  remoteCarets,
  type Move,
} from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';
import { argumentLabels } from './argument-labels.ts';
import { FieldEditor, type FieldOptions } from '../fields/field-editor.ts';
import { slashMenu } from '../menus/slash-plugin.ts';

export type BodyOptions = Pick<
  FieldOptions,
  'session' | 'canEdit' | 'plugins' | 'keys' | 'onFocus'
>;

/** The editor of a piece's body: blocks, footnotes' marks, sections. */
export class BodyEditor extends FieldEditor {
  #noteToOpen: string | null = null;

  constructor({ plugins = [], ...options }: BodyOptions) {
    super({
      ...options,
      name: 'body',
      text: options.session.doc.getText(sharedTypes.body),
      shape: 'blocks',
      label: t.piece.body,
      placeholder: t.piece.start,
      plugins: [...plugins, slashMenu(), argumentLabels()],
    });
  }

  get body(): Y.Text {
    return this.text;
  }

  /** Puts a note's mark behind the selection, and an empty note for it; the page leads into it. */
  addFootnote(): boolean {
    if (!this.canEdit) return false;
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
}

function flatEnd(doc: Node): number {
  return doc.content.size - doc.childCount;
}
