import type { Node } from 'prosemirror-model';
import { EditorState, Plugin, PluginKey, type Command, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { Binding, type Mismatch } from './binding.ts';
import type { LocalStep } from './local-changes.ts';
import { normalize } from './normalize.ts';
import { bodyToDoc, textToLine } from '../mapping/to-prosemirror.ts';
import { EditorOrigin, type History } from '../undo/undo.ts';

export interface CollaborationOptions {
  /** One's own undo. Made, and destroyed, by the caller; without it there is none. */
  history?: History;
  /** Asked before every local change of the document: a reviewer's editor takes none. */
  canEdit?: () => boolean;
  /** Told when the editor had to be set right after a fault. */
  onMismatch?: (mismatch: Mismatch) => void;
  /** Milliseconds of quiet after which both sides are compared in full. */
  checkAfter?: number;
  /** Shows the text as one line, as a title is. */
  oneLine?: boolean;
}

interface CollaborationState {
  /** Local steps since the last ones that were written into the body. */
  readonly steps: readonly LocalStep[];
  readonly history: History | undefined;
}

const key = new PluginKey<CollaborationState>('collaboration');

// After `compositionend` the view reads the DOM once more, 20 ms later.
const afterComposition = 50;

/** The plugin that keeps an editor and a body (any Y.Text, such as a footnote's) equal. */
export function collaboration(body: Y.Text, options: CollaborationOptions = {}): Plugin {
  const { history, canEdit } = options;
  const written: Written = new WeakSet();
  const origin = history?.origin ?? new EditorOrigin();
  let bound: BoundView | undefined;
  return new Plugin<CollaborationState>({
    key,
    state: {
      init: () => ({ steps: [], history }),
      apply: (tr, value) => {
        const kept = written.has(value.steps) ? [] : value.steps;
        const steps = tr.docChanged && !isRemote(tr) ? [...kept, ...localSteps(tr)] : kept;
        return { steps, history };
      },
    },
    filterTransaction: (tr) => !tr.docChanged || isRemote(tr) || !canEdit || canEdit(),
    appendTransaction: (transactions, _old, state) => {
      const local = transactions.filter((tr) => tr.docChanged);
      return local.length > 0 && !local.every(isRemote) ? normalize(local, state) : undefined;
    },
    props: {
      handleDOMEvents: {
        compositionstart: () => {
          bound?.composes('begins');
          return false;
        },
        compositionend: () => {
          bound?.composes('ends');
          return false;
        },
      },
    },
    view: (view) => (bound = bindView(view, { body, origin, written, options })),
  });
}

function hasAtom({ doc, selection: { from, to } }: EditorState): boolean {
  let found = false;
  doc.nodesBetween(from, to, (node) => {
    found ||= node.isInline && !node.isText;
  });
  return found;
}

/** Steps that are in the body, so that a state can drop them from its own when it next changes. */
type Written = WeakSet<readonly LocalStep[]>;

interface BoundView {
  update(view: EditorView, before: EditorState): void;
  /** What was held back is shown once the view has read the end of a composition. */
  composes(phase: 'begins' | 'ends'): void;
  destroy(): void;
}

function bindView(
  view: EditorView,
  parts: { body: Y.Text; origin: EditorOrigin; written: Written; options: CollaborationOptions },
): BoundView {
  const { body, origin, written, options } = parts;
  const { history, onMismatch, checkAfter = 1_000 } = options;
  const markRemote = (tr: Transaction) => tr.setMeta(key, 'remote');
  const shown = upToDate.has(view.state.doc);
  const binding = new Binding({ view, body, origin, history, onMismatch, markRemote, shown });
  const releaseLater = timer(() => {
    if (view.composing) return;
    binding.composes('settled');
    binding.release();
  }, afterComposition);
  const checkLater = timer(() => binding.check(), checkAfter);
  // Browsers compose over words, but leave a mark that stands among them. Behind the view's own
  // handler, which has read by then what is selected.
  const replaceAtoms = () => {
    if (hasAtom(view.state)) view.dispatch(view.state.tr.deleteSelection());
  };
  view.dom.addEventListener('compositionstart', replaceAtoms);
  const release = () => {
    if (binding.isHeld) releaseLater.start();
  };
  return {
    update: (_view, before) => {
      const steps = key.getState(view.state)?.steps ?? [];
      const pending = written.has(steps) ? [] : steps;
      written.add(steps);
      binding.push(pending, before);
      if (!view.composing) release();
      if (view.state.doc !== before.doc) checkLater.start();
    },
    composes: (phase) => {
      binding.composes(phase);
      if (phase === 'ends') releaseLater.start();
    },
    destroy: () => {
      view.dom.removeEventListener('compositionstart', replaceAtoms);
      releaseLater.stop();
      checkLater.stop();
      binding.destroy();
    },
  };
}

/** A state that shows `body`, kept equal to it. `plugins` come before the binding. */
export function createEditorState(
  body: Y.Text,
  plugins: readonly Plugin[] = [],
  options: CollaborationOptions = {},
): EditorState {
  const doc = options.oneLine ? textToLine(body) : bodyToDoc(body);
  justMade(doc, body);
  return EditorState.create({ doc, plugins: [...plugins, collaboration(body, options)] });
}

/**
 * Documents that were made of a body in this turn of the event loop, while it has not changed. A view
 * of one need not compare both sides: in a long piece that takes as long as drawing its text.
 */
const upToDate = new WeakSet<Node>();

function justMade(doc: Node, body: Y.Text): void {
  const forget = () => {
    upToDate.delete(doc);
    body.unobserve(forget);
  };
  upToDate.add(doc);
  body.observe(forget);
  queueMicrotask(forget);
}

/** Whether a transaction shows what others (or an undo) did to the body. */
export function isRemote(tr: Transaction): boolean {
  const appendedTo = tr.getMeta('appendedTransaction') as Transaction | undefined;
  return tr.getMeta(key) === 'remote' && appendedTo === undefined;
}

/** Takes back one's own last edit. */
export const undo: Command = (state, dispatch) => {
  const history = key.getState(state)?.history;
  if (!history?.canUndo) return false;
  if (dispatch) history.undo();
  return true;
};

/** Makes an edit again that was undone. */
export const redo: Command = (state, dispatch) => {
  const history = key.getState(state)?.history;
  if (!history?.canRedo) return false;
  if (dispatch) history.redo();
  return true;
};

/** Dispatches an edit that is undone by itself, without what was typed before it or comes next. */
export function dispatchAlone(
  state: EditorState,
  dispatch: (tr: Transaction) => void,
  tr: Transaction,
): void {
  const history = key.getState(state)?.history;
  history?.stopCapturing();
  dispatch(tr);
  history?.stopCapturing();
}

function localSteps(tr: Transaction): LocalStep[] {
  return tr.steps.map((step, i) => ({
    step,
    before: tr.docs[i] ?? tr.before,
    after: tr.docs[i + 1] ?? tr.doc,
  }));
}

/** A timer that starts over when it is started again. */
function timer(run: () => void, milliseconds: number) {
  let handle: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(handle);
  const start = () => {
    stop();
    handle = setTimeout(run, milliseconds);
  };
  return { start, stop };
}
