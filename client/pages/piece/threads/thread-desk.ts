import { TextSelection, type Command, type EditorState, type Plugin } from 'prosemirror-state';
import type { Field } from '../../../../shared/document/fields.ts';
import type { PieceRole } from '../../../../shared/roles.ts';
import type { ThreadFilter } from '../../../api/thread-changes.ts';
import {
  activeIn,
  anchorOf,
  draftIn,
  passageAt,
  passages,
  placesIn,
  setActivePassage,
  setDraftPassage,
  showPassages,
  type Place,
} from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import { toast } from '../../../ui/overlay/toast.ts';
import type { ThreadAsk } from '../writing/actions.ts';
import type { FieldEditor } from '../writing/fields/field-editor.ts';
import type { PieceFields } from '../writing/fields/piece-fields.ts';
import { clicks } from './passages/clicks.ts';
import { passageLook } from './passages/passage-look.ts';
import { proposing } from './proposing.ts';
import { inReadingOrder } from './passages/reading-order.ts';
import type { FieldPassage } from './passages/to-passage.ts';
import { wordAround } from './passages/word-around.ts';

/** What somebody here is about to say. `quote` is blank where something is to be inserted. */
export interface Draft {
  readonly kind: 'comment' | 'suggestion';
  readonly quote: string;
  readonly body: string;
  readonly replacement: string;
}

export interface DeskState {
  /** The thread that one is at; its card stands at its passage. */
  readonly active: string | null;
  /** The card that is to have the focus as soon as it is there. */
  readonly toFocus: string | null;
  readonly draft: Draft | null;
  readonly filter: ThreadFilter;
  /** Where the cards have no room beside the text. */
  readonly drawerOpen: boolean;
}

const begun: DeskState = {
  active: null,
  toFocus: null,
  draft: null,
  filter: 'open',
  drawerOpen: false,
};

/**
 * What the text and the cards of its threads have in common: the thread that one is at, and what one is
 * about to say. It stands outside of React, for the editor takes part in it.
 */
export class ThreadDesk {
  readonly #listeners = new Set<() => void>();
  #fields: PieceFields | null = null;
  #passages: readonly FieldPassage[] = [];
  /** The text that the draft is about. */
  #drafted: Field = 'body';
  #role: PieceRole | null = null;
  #state = begun;

  /** What the editor of a text needs for its threads. */
  plugins({ name, text, shape }: Pick<FieldEditor, 'name' | 'text' | 'shape'>): Plugin[] {
    return [
      proposing({
        mode: () => this.#mode,
        propose: (words) =>
          this.#propose(shape === 'line' ? words.replace(/\s*\n\s*/g, ' ') : words),
        explain: (why) => this.#explain(why),
        oneLine: shape === 'line',
      }),
      passages({
        text: () => text,
        first: () => ({ passages: this.#passagesIn(name), active: this.#state.active }),
        ...passageLook,
      }),
      clicks((position) => this.#clicked(name, position)),
    ];
  }

  get state(): DeskState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attach(fields: PieceFields | null): void {
    this.#fields = fields;
  }

  setRole(role: PieceRole | null): void {
    this.#role = role;
  }

  get mayComment(): boolean {
    return this.#role !== null && this.#role !== 'reader';
  }

  /** Whether an ask is about threads, and done. */
  asked(ask: string): ask is ThreadAsk {
    if (ask === 'comment') this.begin('comment');
    else if (ask === 'suggest') this.begin('suggestion');
    else if (ask === 'next-thread') this.#step(1);
    else if (ask === 'previous-thread') this.#step(-1);
    else return false;
    return true;
  }

  show(list: readonly FieldPassage[]): void {
    const before = this.#passages;
    this.#passages = list;
    for (const editor of this.#editors) {
      const here = this.#passagesIn(editor.name);
      const had = before.some(({ field }) => field === editor.name);
      if (here.length > 0 || had) dispatch(editor, showPassages(here));
    }
  }

  /** Begins a comment or a suggestion on the selection, or on the word at the caret. */
  begin(kind: Draft['kind']): void {
    const editor = this.#fields?.active;
    if (!editor) return;
    const { state } = editor.view;
    if (!this.mayComment) return this.#explain('reader');
    const { from, to, empty } = state.selection;
    const there = empty && kind === 'comment' ? passageAt(state, from) : null;
    if (there !== null) return this.activate(there, { focus: true });
    const place = empty ? (wordAround(state) ?? { from, to }) : { from, to };
    if (kind === 'comment' && textAt(state, place).trim() === '') {
      toast({ text: t.threads.selectToComment });
      return;
    }
    const quote = textAt(state, place);
    this.#draft(editor, place, {
      kind,
      quote,
      body: '',
      replacement: kind === 'suggestion' ? quote : '',
    });
  }

  edit(change: Partial<Pick<Draft, 'body' | 'replacement'>>): void {
    const { draft } = this.#state;
    if (draft) this.#set({ draft: { ...draft, ...change } });
  }

  /** Ends the draft; the focus goes back to the text. */
  dropDraft(): void {
    this.#endDraft({ drawerOpen: false });
    this.#fields?.active.view.focus();
  }

  /** The draft's place as the API takes it; null where the words are gone. */
  draftAnchor(): { field: Field; start: string; end: string } | null {
    const { draft } = this.#state;
    const editor = this.#fields?.named(this.#drafted);
    const place = editor && draftIn(editor.view.state);
    if (!draft || !place || (place.from === place.to && draft.quote !== '')) return null;
    const { doc } = editor.view.state;
    const [from, to] = [editor.indexOf(doc, place.from), editor.indexOf(doc, place.to)];
    const { start, end } = anchorOf(editor.text, from, to);
    return { field: editor.name, start: base64(start), end: base64(end) };
  }

  /** Goes to a thread, or with null to none. `reveal`: its passage is brought into view. */
  activate(id: string | null, how: { focus?: boolean; reveal?: boolean } = {}): void {
    const toFocus = how.focus ? id : null;
    if (id !== this.#state.active || toFocus !== null) this.#set({ active: id, toFocus });
    for (const editor of this.#editors) {
      if (activeIn(editor.view.state) !== id) dispatch(editor, setActivePassage(id));
    }
    if (id !== null && how.reveal) this.#reveal(id);
  }

  focused(): void {
    if (this.#state.toFocus !== null) this.#set({ toFocus: null });
  }

  /** The draft has become a thread. */
  sent(id: string): void {
    this.#endDraft({ drawerOpen: false, filter: 'open' });
    this.activate(id);
    this.#fields?.active.view.focus();
  }

  /** Back to the text. */
  leave(): void {
    this.#set({ drawerOpen: false });
    this.activate(null);
    this.#fields?.active.view.focus();
  }

  setFilter(filter: ThreadFilter): void {
    this.#set({ filter });
  }

  openDrawer(drawerOpen: boolean): void {
    this.#set({ drawerOpen });
  }

  /** Puts the selection to a thread's passage, and the focus into the text. */
  goToText(id: string): void {
    const place = this.placeOf(id);
    if (!place) return;
    const { editor, to } = place;
    this.#set({ drawerOpen: false });
    const { state } = editor.view;
    const selection = TextSelection.create(state.doc, to);
    editor.view.dispatch(state.tr.setSelection(selection));
    editor.view.focus();
    this.#reveal(id);
  }

  /** Where a thread's passage is; null where it is not in the text. */
  placeOf(id: string): (Place & { readonly editor: FieldEditor }) | null {
    for (const editor of this.#editors) {
      const place = placesIn(editor.view.state).get(id);
      if (place) return { ...place, editor };
    }
    return null;
  }

  /** What a thread's passage reads in the editor; null where it is not there. */
  textOf(id: string): string | null {
    const place = this.placeOf(id);
    return place === null ? null : textAt(place.editor.view.state, place);
  }

  get #mode() {
    if (this.#role === 'reviewer') return 'proposes' as const;
    return this.#role === 'reader' ? ('reads' as const) : ('writes' as const);
  }

  /** Text that a reviewer typed, pasted (or deleted) instead of the selection. */
  #propose(text: string): void {
    const editor = this.#fields?.active;
    if (!editor) return;
    const { state } = editor.view;
    const { draft } = this.#state;
    // Typed before the card had the focus: it goes on where it began.
    if (draft) return this.edit(toAdd(draft, text));
    const { from, to } = state.selection;
    const quote = textAt(state, { from, to });
    if (quote === '' && text === '') return this.#explain('nothing');
    this.#draft(editor, { from, to }, { kind: 'suggestion', quote, body: '', replacement: text });
  }

  #explain(why: 'reader' | 'delete' | 'nothing'): void {
    const words = {
      reader: t.threads.readerCannotEdit,
      delete: t.threads.selectToDelete,
      nothing: t.threads.nothingToDo,
    };
    toast({ text: words[why] });
  }

  #draft(editor: FieldEditor, place: Place, draft: Draft): void {
    this.#endDraft();
    this.#drafted = editor.name;
    dispatch(editor, setDraftPassage(place));
    this.#set({ draft, toFocus: null, drawerOpen: true });
    this.activate(null);
  }

  #endDraft(change: Partial<DeskState> = {}): void {
    for (const editor of this.#editors) {
      if (draftIn(editor.view.state)) dispatch(editor, setDraftPassage(null));
    }
    this.#set({ draft: null, ...change });
  }

  #clicked(name: Field, position: number): void {
    const state = this.#fields?.named(name)?.view.state;
    if (state) this.activate(passageAt(state, position, this.#state.active ?? undefined));
  }

  #step(by: 1 | -1): void {
    const fields = this.#fields;
    if (!fields) return;
    const order = inReadingOrder(fields, ({ view }) => [...placesIn(view.state)]);
    if (order.length === 0) {
      toast({ text: t.threads.noThreads });
      return;
    }
    const at = order.findIndex(({ id }) => id === this.#state.active);
    const { active } = fields;
    const caret = active.view.state.selection.head;
    const ahead = order.findIndex(({ editor, from }) => {
      const side = fields.compare(editor, active);
      return side > 0 || (side === 0 && from >= caret);
    });
    const first = by > 0 ? (ahead < 0 ? 0 : ahead) : (ahead < 0 ? order.length : ahead) - 1;
    const next = at < 0 ? first : at + by;
    const { id } = order[(next + order.length) % order.length] ?? {};
    if (id === undefined) return;
    this.#set({ drawerOpen: true });
    this.activate(id, { focus: true, reveal: true });
  }

  #reveal(id: string): void {
    const place = this.placeOf(id);
    if (!place) return;
    const { node } = place.editor.view.domAtPos(place.from);
    const element = node instanceof Element ? node : node.parentElement;
    const box = element?.getBoundingClientRect();
    if (!box || (box.top > 150 && box.bottom < window.innerHeight - 80)) return;
    element?.scrollIntoView({ block: 'center' });
  }

  get #editors(): readonly FieldEditor[] {
    return this.#fields?.editors ?? [];
  }

  #passagesIn(name: Field): readonly FieldPassage[] {
    return this.#passages.filter(({ field }) => field === name);
  }

  #set(change: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

function dispatch({ view }: FieldEditor, command: Command): void {
  if (!view.isDestroyed) command(view.state, view.dispatch, view);
}

function toAdd(draft: Draft, text: string): Partial<Draft> {
  return draft.kind === 'suggestion'
    ? { replacement: draft.replacement + text }
    : { body: draft.body + text };
}

function textAt({ doc }: EditorState, { from, to }: Place): string {
  return doc.textBetween(from, to, '\n');
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
