import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { placePassages, type Passage, type Place } from './place-passages.ts';

export interface PassageOptions {
  /** What the editor shows; asked when passages are placed. */
  text: () => Y.Text | null;
  /** What is to be shown at first, such as in a note that is opened later than the piece. */
  first?: () => { readonly passages: readonly Passage[]; readonly active: string | null };
  /** Attributes of a passage's text. */
  look: (passage: Passage, active: boolean) => Record<string, string>;
  /** Makes the element of the words that are to be inserted. */
  insertion: (passage: Passage, active: boolean) => DomNode;
  /** Attributes of the text that somebody here is about to comment on. */
  draftLook: Record<string, string>;
  /** Marks the point where somebody here is about to suggest an insertion. */
  draftPoint: () => DomNode;
}

/** A DOM `Node`, by what tells one, so that this file compiles without a DOM. */
interface DomNode {
  readonly nodeType: number;
}

interface Value {
  readonly passages: readonly Passage[];
  readonly active: string | null;
  readonly draft: Place | null;
  readonly set: DecorationSet;
}

interface Change {
  readonly passages?: readonly Passage[];
  readonly active?: string | null;
  readonly draft?: Place | null;
  /** Only look again where they are. */
  readonly resolve?: true;
}

/** A passage in the set: what its decorations carry. */
interface Spec {
  readonly passage?: string;
}

const key = new PluginKey<Value>('passages');
const none: Value = { passages: [], active: null, draft: null, set: DecorationSet.empty };

/** After the last change of the text, in ms: placing all of 500 passages takes longer than a key may. */
const quietMs = 400;
/** While somebody is always typing, at most this late, in ms. */
const latestMs = 2_500;

/**
 * Shows the passages of threads. Between two looks at their relative positions they move with the text
 * by mapping; they are looked for again when threads have changed, a moment after the text has, and at
 * once where mapping has lost one.
 */
export function passages(options: PassageOptions): Plugin<Value> {
  return new Plugin<Value>({
    key,
    state: {
      init: (_config, { doc }) =>
        options.first ? changed(none, options.first(), doc, options) : none,
      apply: (tr, value, _old, { doc }) => {
        const change = tr.getMeta(key) as Change | undefined;
        const moved = tr.docChanged ? mapped(value, tr.mapping, doc) : value;
        return change ? changed(moved, change, doc, options) : moved;
      },
    },
    props: { decorations: (state) => key.getState(state)?.set },
    view: (view) => keepPlaced(view),
  });
}

/** Where passages are in the editor now; one that is not in the text is not in the map. */
export function placesIn(state: EditorState): ReadonlyMap<string, Place> {
  return placesOf(key.getState(state)?.set ?? DecorationSet.empty);
}

/** The passage at a position, the shortest of several; behind `after`, the next of them. */
export function passageAt(state: EditorState, position: number, after?: string): string | null {
  const set = key.getState(state)?.set;
  if (!set) return null;
  const here = [...placesOf(set)]
    .filter(([, { from, to }]) => from <= position && position <= to)
    .sort(([, a], [, b]) => a.to - a.from - (b.to - b.from))
    .map(([id]) => id);
  const next = after === undefined ? 0 : (here.indexOf(after) + 1) % Math.max(1, here.length);
  return here[next] ?? null;
}

/** What somebody here is about to comment on. */
export function draftIn(state: EditorState): Place | null {
  return key.getState(state)?.draft ?? null;
}

export function activeIn(state: EditorState): string | null {
  return key.getState(state)?.active ?? null;
}

export function showPassages(passages: readonly Passage[]): Command {
  return changing({ passages });
}

export function setActivePassage(active: string | null): Command {
  return changing({ active });
}

export function setDraftPassage(draft: Place | null): Command {
  return changing({ draft });
}

function changing(change: Change): Command {
  return (state, dispatch) => {
    dispatch?.(state.tr.setMeta(key, change).setMeta('addToHistory', false));
    return true;
  };
}

function mapped(value: Value, mapping: Parameters<DecorationSet['map']>[0], doc: Node): Value {
  const { draft } = value;
  const from = draft && mapping.map(draft.from, draft.from === draft.to ? -1 : 1);
  const to = draft && mapping.map(draft.to, -1);
  return {
    ...value,
    set: value.set.map(mapping, doc),
    draft: from === null || to === null ? null : { from, to: Math.max(from, to) },
  };
}

function changed(value: Value, change: Change, doc: Node, options: PassageOptions): Value {
  const next = { ...value, ...change };
  const looks = change.passages !== undefined || change.resolve === true;
  const text = options.text();
  const found = looks && text ? placePassages(doc, text, next.passages) : null;
  // While an input method composes, the editor is behind the text: mapping has to do until then.
  const places = found ?? placesOf(value.set);
  const { passages, active, draft } = next;
  const set = DecorationSet.create(doc, [
    ...passages.flatMap((passage) =>
      decorate(passage, places.get(passage.id), passage.id === active, options),
    ),
    ...decorateDraft(draft, options),
  ]);
  return { passages, active, draft, set };
}

function decorate(
  passage: Passage,
  place: Place | undefined,
  active: boolean,
  options: PassageOptions,
): Decoration[] {
  if (!place) return [];
  const { from, to } = place;
  const spec: Spec = { passage: passage.id };
  const shown: Decoration[] = [];
  if (from < to) shown.push(Decoration.inline(from, to, options.look(passage, active), spec));
  if (passage.insertion !== null && (passage.insertion !== '' || from === to)) {
    const widget = Decoration.widget(to, () => options.insertion(passage, active) as never, {
      ...(from === to && spec),
      key: `insertion-${passage.id}-${active}-${passage.insertion}`,
      // It stays with the letter before it; what is typed there comes behind it.
      side: -1,
      ignoreSelection: true,
    });
    shown.push(widget);
  }
  return shown;
}

function decorateDraft(draft: Place | null, options: PassageOptions): Decoration[] {
  if (draft === null) return [];
  const { from, to } = draft;
  if (from < to) return [Decoration.inline(from, to, options.draftLook)];
  return [Decoration.widget(from, () => options.draftPoint() as never, { key: 'draft', side: -1 })];
}

function placesOf(set: DecorationSet): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { from, to, spec } of set.find()) {
    const { passage } = (spec ?? {}) as Spec;
    if (passage !== undefined) places.set(passage, { from, to });
  }
  return places;
}

/** Looks again where passages are, after the text has changed. */
function keepPlaced(view: EditorView) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;
  const resolve = () => {
    timer = undefined;
    if (view.isDestroyed) return;
    if (view.composing) schedule(quietMs);
    else if (needed(view.state)) changing({ resolve: true })(view.state, view.dispatch.bind(view));
  };
  const needed = (state: EditorState) => (key.getState(state)?.passages.length ?? 0) > 0;
  const schedule = (ms: number) => {
    const now = Date.now();
    if (timer === undefined) due = now + latestMs;
    clearTimeout(timer);
    timer = setTimeout(resolve, Math.max(0, Math.min(ms, due - now)));
  };
  return {
    update: (_view: EditorView, before: EditorState) => {
      if (view.state.doc === before.doc || !needed(view.state)) return;
      const lost = placesIn(view.state).size < placesIn(before).size;
      schedule(lost ? 0 : quietMs);
    },
    destroy: () => clearTimeout(timer),
  };
}
