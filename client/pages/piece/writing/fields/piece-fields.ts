import { keymap } from 'prosemirror-keymap';
import type { Command, EditorState, Plugin } from 'prosemirror-state';
import type * as Y from 'yjs';
import { noteField, type Field } from '../../../../../shared/document/fields.ts';
import { sharedTypes } from '../../../../../shared/document/index.ts';
import type { PieceSession } from '../../../../collab/index.ts';
import { t } from '../../../../strings/piece.ts';
import { actions, type ActionTarget, type Ask } from '../actions.ts';
import { BodyEditor } from '../editor/body-editor.ts';
import { FieldEditor, type FieldOptions } from './field-editor.ts';

export interface PieceFieldsOptions {
  readonly session: PieceSession;
  readonly canEdit: boolean;
  readonly onAsk: (ask: Ask) => void;
  /** Of each text, for further capabilities such as comments. */
  readonly plugins?: (text: Pick<FieldOptions, 'name' | 'text' | 'shape'>) => readonly Plugin[];
}

/** The editors of all texts of a piece, and which of them one is in: what can be done is done there. */
export class PieceFields implements ActionTarget {
  readonly session: PieceSession;
  readonly title: FieldEditor;
  readonly standfirst: FieldEditor;
  readonly body: BodyEditor;
  /** An edit from outside that is on its way: the next undo is of it, if nothing else is done before. */
  coming: Promise<void> | null = null;
  readonly #onAsk: (ask: Ask) => void;
  readonly #fields = new Set<FieldEditor>();
  readonly #listeners = new Set<() => void>();
  readonly #plugins: NonNullable<PieceFieldsOptions['plugins']>;
  #canEdit: boolean;
  #proposes = false;
  #active: FieldEditor;
  /** Where the last edit was made, if in several texts or from outside of them; and where it was undone. */
  #outside: readonly FieldEditor[] = [];
  #undone: readonly FieldEditor[] = [];
  /** What was edited in this turn, in order. */
  readonly #turn = new Set<FieldEditor>();

  constructor({ session, canEdit, onAsk, plugins = () => [] }: PieceFieldsOptions) {
    this.session = session;
    this.#canEdit = canEdit;
    this.#onAsk = onAsk;
    this.#plugins = plugins;
    this.title = this.#line(sharedTypes.title, t.piece.title, () => this.standfirst);
    this.standfirst = this.#line(sharedTypes.standfirst, t.piece.standfirst, () => this.body);
    this.body = this.#add(
      new BodyEditor({
        session,
        canEdit,
        plugins: plugins({ name: 'body', text: session.doc.getText('body'), shape: 'blocks' }),
        keys: [this.#actionKeys('blocks')],
        onFocus: () => this.activate(this.body),
      }),
    );
    this.#active = this.body;
  }

  /** The one that has the focus, or had it last. */
  get active(): FieldEditor {
    return this.#active;
  }

  /** In no order. */
  get editors(): readonly FieldEditor[] {
    return [...this.#fields];
  }

  /** In reading order. */
  get all(): readonly FieldEditor[] {
    return [...this.#fields].sort((one, other) => this.compare(one, other));
  }

  /** Which of two comes first on the page, as an array is sorted. */
  compare(one: FieldEditor, other: FieldEditor): number {
    if (one === other) return 0;
    const { dom } = other.view;
    return one.view.dom.compareDocumentPosition(dom) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  }

  named(name: Field): FieldEditor | undefined {
    return [...this.#fields].find((field) => field.name === name);
  }

  /** The active one as it was at the last frame. */
  get shown(): EditorState {
    return this.#active.shown;
  }

  /** Calls `listener` in the frame after a change in any of them, and when another is the active one. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The editor of a footnote. Escape leads back to the body. */
  addNote(id: string, text: Y.Text, label: string): FieldEditor {
    const leave: Command = () => {
      this.body.view.focus();
      return true;
    };
    const note = this.#make({
      ...{ name: noteField(id), text, shape: 'paragraphs', label },
      keys: [keymap({ Escape: leave })],
    });
    note.allowEditing(this.#canEdit, this.#proposes);
    return note;
  }

  removeNote(note: FieldEditor): void {
    this.#fields.delete(note);
    if (this.#active === note) this.activate(this.body);
    note.destroy();
  }

  /** `proposes`: what is typed becomes a suggestion. */
  allowEditing(canEdit: boolean, proposes: boolean): void {
    this.#canEdit = canEdit;
    this.#proposes = proposes;
    for (const field of this.#fields) field.allowEditing(canEdit, proposes);
  }

  run(command: Command): boolean {
    return this.#active.run(command);
  }

  /**
   * Notes that an edit was made in these texts by something that stands beside them: a suggestion that
   * was accepted, a match that was replaced; of several in one turn it is known. It is undone as one,
   * whichever text one is in, until something else is done.
   */
  editedFromOutside(fields: readonly FieldEditor[]): void {
    this.#outside = fields;
  }

  get canUndo(): boolean {
    return this.#outside.length > 0 || this.#active.history.canUndo;
  }

  undo(): boolean {
    if (this.coming) {
      void this.coming.then(() => this.undo());
      return true;
    }
    // A note may have gone meanwhile.
    const outside = this.#outside.filter((field) => this.#fields.has(field));
    if (outside.length === 0) return this.#active.undo();
    for (const field of outside.toReversed()) field.undo();
    this.#turn.clear();
    this.#undone = outside;
    return true;
  }

  redo(): boolean {
    const undone = this.#undone.filter((field) => this.#fields.has(field) && field.history.canRedo);
    if (undone.length === 0) return this.#active.redo();
    for (const field of undone) field.redo();
    this.#turn.clear();
    this.#outside = undone;
    return true;
  }

  ask(what: Ask): boolean {
    this.#onAsk(what);
    return true;
  }

  addFootnote(): boolean {
    return this.body.addFootnote();
  }

  destroy(): void {
    for (const field of this.#fields) field.destroy();
    this.#fields.clear();
    this.#listeners.clear();
  }

  /** A field of one line; Enter goes on to what stands below. */
  #line(name: 'title' | 'standfirst', label: string, below: () => FieldEditor): FieldEditor {
    const leave: Command = () => {
      below().view.focus();
      return true;
    };
    return this.#make({
      name,
      text: this.session.doc.getText(name),
      shape: 'line',
      label,
      placeholder: label,
      keys: [keymap({ Enter: leave, 'Shift-Enter': leave, 'Mod-Enter': leave })],
    });
  }

  #make(options: Omit<FieldOptions, 'session' | 'canEdit' | 'onFocus'>): FieldEditor {
    const field: FieldEditor = new FieldEditor({
      ...options,
      plugins: this.#plugins(options),
      session: this.session,
      canEdit: this.#canEdit,
      keys: [...(options.keys ?? []), this.#actionKeys(options.shape)],
      onFocus: () => this.activate(field),
    });
    return this.#add(field);
  }

  #add<Field extends FieldEditor>(field: Field): Field {
    this.#fields.add(field);
    field.subscribe(() => this.#tell());
    field.history.onChange(() => {
      this.#outside = this.#undone = [];
      this.coming = null;
      this.#turn.add(field);
      queueMicrotask(() => {
        // Dragged from one into another: undone in one alone, the words would be in neither.
        if (this.#turn.size > 1) this.#outside = [...this.#turn];
        this.#turn.clear();
      });
    });
    return field;
  }

  /** What is done from now on is done there. */
  activate(field: FieldEditor): void {
    if (this.#active === field) return;
    this.#active = field;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #actionKeys(shape: FieldOptions['shape']): Plugin {
    const own = actions.map(({ key, run, reading, bodyOnly }): [string, Command] => [
      key,
      (_state, dispatch) => {
        if (!dispatch || !(reading || this.#canEdit)) return false;
        if (!bodyOnly || shape === 'blocks') run(this);
        // What cannot be done here must not become the browser's: Mod-k is its search.
        return true;
      },
    ]);
    return keymap(Object.fromEntries(own));
  }
}
