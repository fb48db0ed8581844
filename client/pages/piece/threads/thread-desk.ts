import { TextSelection, type EditorState, type Plugin } from 'prosemirror-state';
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
  type Passage,
  type Place,
} from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import { toast } from '../../../ui/toast.ts';
import type { ThreadAsk } from '../writing/actions.ts';
import type { BodyEditor } from '../writing/body-editor.ts';
import { clicks } from './clicks.ts';
import { passageLook } from './passage-look.ts';
import { proposing } from './proposing.ts';
import { wordAround } from './word-around.ts';

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
  readonly plugins: readonly Plugin[];
  readonly #listeners = new Set<() => void>();
  #editor: BodyEditor | null = null;
  #role: PieceRole | null = null;
  #state = begun;

  constructor() {
    this.plugins = [
      proposing({
        mode: () => this.#mode,
        propose: (text) => this.#propose(text),
        explain: (why) => this.#explain(why),
      }),
      passages({ body: () => this.#editor?.body ?? null, ...passageLook }),
      clicks((position) => this.#clicked(position)),
    ];
  }

  get state(): DeskState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attach(editor: BodyEditor | null): void {
    this.#editor = editor;
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

  show(list: readonly Passage[]): void {
    this.#dispatch(showPassages(list));
  }

  /** Begins a comment or a suggestion on the selection, or on the word at the caret. */
  begin(kind: Draft['kind']): void {
    const state = this.#editor?.view.state;
    if (!state) return;
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
    this.#draft(place, { kind, quote, body: '', replacement: kind === 'suggestion' ? quote : '' });
  }

  edit(change: Partial<Pick<Draft, 'body' | 'replacement'>>): void {
    const { draft } = this.#state;
    if (draft) this.#set({ draft: { ...draft, ...change } });
  }

  /** Ends the draft; the focus goes back to the text. */
  dropDraft(): void {
    this.#set({ draft: null, drawerOpen: false });
    this.#dispatch(setDraftPassage(null));
    this.#editor?.view.focus();
  }

  /** The draft's place as the API takes it; null where the words are gone. */
  draftAnchor(): { start: string; end: string } | null {
    const { draft } = this.#state;
    const editor = this.#editor;
    const place = editor && draftIn(editor.view.state);
    if (!draft || !place || (place.from === place.to && draft.quote !== '')) return null;
    const { doc } = editor.view.state;
    const [from, to] = [editor.indexOf(doc, place.from), editor.indexOf(doc, place.to)];
    const { start, end } = anchorOf(editor.body, from, to);
    return { start: base64(start), end: base64(end) };
  }

  /** Goes to a thread, or with null to none. `reveal`: its passage is brought into view. */
  activate(id: string | null, how: { focus?: boolean; reveal?: boolean } = {}): void {
    const toFocus = how.focus ? id : null;
    if (id !== this.#state.active || toFocus !== null) this.#set({ active: id, toFocus });
    const state = this.#editor?.view.state;
    if (state && activeIn(state) !== id) this.#dispatch(setActivePassage(id));
    if (id !== null && how.reveal) this.#reveal(id);
  }

  focused(): void {
    if (this.#state.toFocus !== null) this.#set({ toFocus: null });
  }

  /** The draft has become a thread. */
  sent(id: string): void {
    this.#set({ draft: null, drawerOpen: false, filter: 'open' });
    this.#dispatch(setDraftPassage(null));
    this.activate(id);
    this.#editor?.view.focus();
  }

  /** Back to the text. */
  leave(): void {
    this.#set({ drawerOpen: false });
    this.activate(null);
    this.#editor?.view.focus();
  }

  setFilter(filter: ThreadFilter): void {
    this.#set({ filter });
  }

  openDrawer(drawerOpen: boolean): void {
    this.#set({ drawerOpen });
  }

  /** Puts the selection to a thread's passage, and the focus into the text. */
  goToText(id: string): void {
    const editor = this.#editor;
    const place = editor && placesIn(editor.view.state).get(id);
    if (!editor || !place) return;
    this.#set({ drawerOpen: false });
    const { state } = editor.view;
    const selection = TextSelection.create(state.doc, place.to);
    editor.view.dispatch(state.tr.setSelection(selection));
    editor.view.focus();
    this.#reveal(id);
  }

  /** What a thread's passage reads in the editor; null where it is not there. */
  textOf(id: string): string | null {
    const state = this.#editor?.view.state;
    const place = state && placesIn(state).get(id);
    return state && place ? textAt(state, place) : null;
  }

  get #mode() {
    if (this.#role === 'reviewer') return 'proposes' as const;
    return this.#role === 'reader' ? ('reads' as const) : ('writes' as const);
  }

  /** Text that a reviewer typed, pasted (or deleted) instead of the selection. */
  #propose(text: string): void {
    const state = this.#editor?.view.state;
    if (!state) return;
    const { draft } = this.#state;
    // Typed before the card had the focus: it goes on where it began.
    if (draft) return this.edit(toAdd(draft, text));
    const { from, to } = state.selection;
    const quote = textAt(state, { from, to });
    if (quote === '' && text === '') return this.#explain('nothing');
    this.#draft({ from, to }, { kind: 'suggestion', quote, body: '', replacement: text });
  }

  #explain(why: 'reader' | 'delete' | 'nothing'): void {
    const words = {
      reader: t.threads.readerCannotEdit,
      delete: t.threads.selectToDelete,
      nothing: t.threads.nothingToDo,
    };
    toast({ text: words[why] });
  }

  #draft(place: Place, draft: Draft): void {
    this.#dispatch(setDraftPassage(place));
    this.#set({ draft, active: null, toFocus: null, drawerOpen: true });
    this.#dispatch(setActivePassage(null));
  }

  #clicked(position: number): void {
    const editor = this.#editor;
    if (!editor) return;
    const { state } = editor.view;
    this.activate(passageAt(state, position, this.#state.active ?? undefined));
  }

  #step(by: 1 | -1): void {
    const state = this.#editor?.view.state;
    if (!state) return;
    const order = [...placesIn(state)].sort(([, a], [, b]) => a.from - b.from || a.to - b.to);
    if (order.length === 0) {
      toast({ text: t.threads.noThreads });
      return;
    }
    const at = order.findIndex(([id]) => id === this.#state.active);
    const caret = state.selection.head;
    const ahead = order.findIndex(([, { from }]) => from >= caret);
    const first = by > 0 ? (ahead < 0 ? 0 : ahead) : (ahead < 0 ? order.length : ahead) - 1;
    const next = at < 0 ? first : at + by;
    const [id] = order[(next + order.length) % order.length] ?? [];
    if (id === undefined) return;
    this.#set({ drawerOpen: true });
    this.activate(id, { focus: true, reveal: true });
  }

  #reveal(id: string): void {
    const editor = this.#editor;
    const place = editor && placesIn(editor.view.state).get(id);
    if (!editor || !place) return;
    const { node } = editor.view.domAtPos(place.from);
    const element = node instanceof Element ? node : node.parentElement;
    const box = element?.getBoundingClientRect();
    if (!box || (box.top > 150 && box.bottom < window.innerHeight - 80)) return;
    element?.scrollIntoView({ block: 'center' });
  }

  #dispatch(command: ReturnType<typeof setActivePassage>): void {
    const view = this.#editor?.view;
    if (view && !view.isDestroyed) command(view.state, view.dispatch, view);
  }

  #set(change: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
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
