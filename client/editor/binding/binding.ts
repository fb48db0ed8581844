import { TextSelection, type EditorState, type Transaction } from 'prosemirror-state';
import type * as Y from 'yjs';
import { readText, sameValue } from '../../../shared/document/index.ts';
import { growth, readDelta, touches } from './body-events.ts';
import { applyOps, settleLastBreak, type BodyOp } from './body-ops.ts';
import { cursorOf, placeCursor, selectionAt, type Cursor } from '../carets/carets.ts';
import { UndoSteps } from '../fields/undo-steps.ts';
import { docToDelta } from '../mapping/from-prosemirror.ts';
import { HeldBody } from './held-body.ts';
import { localChanges, type LocalStep } from './local-changes.ts';
import { flatLength, lineAtIndex, positionToIndex } from '../mapping/positions.ts';
import { applyDelta, applyDifference, keepSelection, type DeltaChange } from './remote-changes.ts';
import { bodyToDoc, textToLine } from '../mapping/to-prosemirror.ts';
import { schema } from '../schema/schema.ts';
import { diffDocs, type Match } from './token-diff.ts';
import type { EditorOrigin, History, SelectionHolder } from '../undo/undo.ts';

/** What the binding needs of an `EditorView`. */
export interface EditorSide {
  readonly state: EditorState;
  readonly composing?: boolean;
  dispatch(tr: Transaction): void;
}

/** The two sides differed, or would have. The editor was made equal to the body. */
export interface Mismatch {
  /** The direction that was being carried over, or `check` when it was found afterwards. */
  where: 'local' | 'remote' | 'check';
  reason: string;
  cause?: unknown;
}

export interface BindingParts {
  view: EditorSide;
  body: Y.Text;
  origin: EditorOrigin;
  history?: History | undefined;
  onMismatch?: ((mismatch: Mismatch) => void) | undefined;
  /** Marks a transaction as one that comes from the body. */
  markRemote: (tr: Transaction) => Transaction;
  /** Whether the view is known to show the body; else they are compared at first. */
  shown?: boolean;
}

/**
 * Keeps an editor and a body equal. Invariant, between any two calls: `#synced` is a document that
 * shows the body (or, while held, shows it as of the hold), and the editor is at `#synced` plus local
 * steps that `push` has not seen yet. Where that does not hold the editor follows the body, never the
 * other way round: a fault here may cost a caret or the keystroke that met it, but nothing that is in
 * the body.
 */
export class Binding implements SelectionHolder {
  readonly #parts: BindingParts;
  readonly #detach: (() => void) | undefined;
  #synced: EditorState['doc'];
  /** Length of the body that `#synced` shows. */
  #length: number;
  #held: HeldBody | undefined;
  readonly #steps = new UndoSteps();
  /** A composition goes on, or has ended just now: what the view reads of it belongs to it. */
  #composed = false;

  constructor(parts: BindingParts) {
    this.#parts = parts;
    this.#synced = parts.view.state.doc;
    this.#length = parts.body.length;
    this.#detach = parts.history?.attach(this);
    parts.body.observe(this.#onEvent);
    // A state that was made before the last change, or from nothing.
    if (parts.shown !== true && !this.#isEqual()) this.#followBody();
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  destroy(): void {
    this.#parts.body.unobserve(this.#onEvent);
    this.#detach?.();
  }

  /**
   * Writes local steps into the body. `steps` lead from the document last pushed to the view's;
   * `before` is the state that they started from.
   */
  push(steps: readonly LocalStep[], before: EditorState): void {
    const { doc } = this.#parts.view.state;
    if (doc === this.#synced) return;
    if (!isChain(steps, this.#synced, doc)) {
      this.#report({ where: 'local', reason: 'The document was exchanged without steps' });
      this.#followBody();
      return;
    }
    try {
      const local = localChanges(steps, this.#ended);
      const ops = this.#held ? this.#held.carryOver(local) : local;
      this.#write(ops, before, doc);
    } catch (cause) {
      this.#report({ where: 'local', reason: 'Local steps could not be written', cause });
      this.#followBody();
    }
  }

  /** An input method begins, or is done. */
  composes(phase: 'begins' | 'ends' | 'settled'): void {
    this.#composed = phase !== 'settled';
    if (phase !== 'ends') this.#steps.end();
  }

  /** Shows what was held back during a composition. */
  release(): void {
    if (this.#held) this.#followBody(this.#held.matches());
  }

  /** Compares both sides in full, and sets the editor right. Linear. @returns whether they agreed. */
  check(): boolean {
    if (this.#held || this.#parts.view.state.doc !== this.#synced || this.#isEqual()) return true;
    this.#report({ where: 'check', reason: 'The editor differs from the body' });
    this.#followBody();
    return false;
  }

  readCursor(): Cursor {
    const { view, body } = this.#parts;
    return cursorOf(view.state.selection, view.state.doc, body);
  }

  restoreCursor(cursor: Cursor): void {
    const { view, body } = this.#parts;
    const placed = placeCursor(cursor, view.state.doc, body);
    if (!placed) return;
    view.dispatch(view.state.tr.setSelection(selectionAt(view.state.doc, placed)).scrollIntoView());
  }

  get #ended(): boolean {
    return this.#length === flatLength(this.#synced);
  }

  readonly #onEvent = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === this.#parts.origin) return;
    const { view } = this.#parts;
    const delta = readDelta(event);
    // One's own undo, after which a step begins.
    if (transaction.local) this.#steps.end();
    else this.#steps.moved(delta);
    const busy = view.state.doc !== this.#synced;
    if (!this.#held && (busy || (view.composing === true && this.#touchesCaret(delta)))) {
      this.#held = new HeldBody(this.#length);
    }
    if (this.#held) this.#held.remote(delta);
    else this.#pull(delta);
  };

  #pull(delta: readonly DeltaChange[]): void {
    const { view, body } = this.#parts;
    if (this.#length + growth(delta) !== body.length) {
      // Other code wrote in the same turn, or in one transaction with this editor: the event tells
      // less, or more, than the editor has to be told.
      this.#followBody();
      return;
    }
    try {
      this.#dispatch(applyDelta(view.state.tr, delta, this.#ended));
    } catch (cause) {
      this.#report({ where: 'remote', reason: 'A change could not be shown', cause });
      this.#followBody();
    }
  }

  /** Makes the editor show the body, by the steps that a diff of the two asks for. */
  #followBody(matches?: readonly Match[]): void {
    const { view } = this.#parts;
    this.#held = undefined;
    const target = this.#shown();
    const { size } = view.state.doc.content;
    const tr = applyDifference(view.state.tr, target, matches);
    this.#dispatch(tr.doc.eq(target) ? tr : view.state.tr.replaceWith(0, size, target.content));
  }

  #dispatch(tr: Transaction): void {
    const { view, body, markRemote } = this.#parts;
    const { selection, storedMarks } = view.state;
    if (tr.docChanged && selection instanceof TextSelection) {
      keepSelection(tr, selection, storedMarks);
    }
    this.#synced = tr.doc;
    this.#length = body.length;
    if (tr.docChanged) view.dispatch(markRemote(tr.setMeta('addToHistory', false)));
  }

  #write(ops: readonly BodyOp[], before: EditorState, doc: EditorState['doc']): void {
    const { view, body, origin, history } = this.#parts;
    if (history && !this.#held) history.noteCursor(cursorOf(before.selection, before.doc, body));
    if (ops.length > 0) {
      const composing = view.composing === true || this.#composed;
      history?.begin(this.#steps.next({ ops, composing, replaces: !before.selection.empty }));
    }
    const write = () => {
      applyOps(body, ops);
      if (!this.#held) this.#keepFormats(doc);
      // Before the transaction ends: its listeners may bring the next remote change.
      this.#synced = doc;
      this.#length = this.#held?.localLength ?? body.length;
    };
    if (body.doc && ops.length > 0) body.doc.transact(write, origin);
    else write();
  }

  /**
   * Yjs can let a format run on over what follows when text around its end is replaced. What this
   * edit did not format is set back with it. Attributes only: a difference in text is left to `check`.
   */
  #keepFormats(doc: EditorState['doc']): void {
    const { body } = this.#parts;
    const ended = body.length === flatLength(doc);
    if (sameValue(docToDelta(doc, ended), readText(body))) return;
    const ops = diffDocs(this.#shown(), doc);
    if (ops.every(({ kind }) => kind === 'format')) {
      applyOps(body, settleLastBreak(ops, flatLength(doc), ended).ops);
    }
  }

  /** What the editor has to show. */
  #shown(): EditorState['doc'] {
    const { body } = this.#parts;
    return this.#synced.type === schema.nodes.oneLine ? textToLine(body) : bodyToDoc(body);
  }

  #isEqual(): boolean {
    const { body } = this.#parts;
    return (
      flatLength(this.#synced) - (this.#ended ? 0 : 1) === body.length &&
      sameValue(docToDelta(this.#synced, this.#ended), readText(body))
    );
  }

  /** Whether a change is in the line with the caret, where an input method may be composing. */
  #touchesCaret(delta: readonly DeltaChange[]): boolean {
    const { doc, selection } = this.#parts.view.state;
    const head = Math.min(positionToIndex(doc, selection.head), flatLength(doc) - 1);
    const { from, line } = lineAtIndex(doc, head);
    return touches(delta, from, from + line.content.size);
  }

  #report(mismatch: Mismatch): void {
    this.#parts.onMismatch?.(mismatch);
  }
}

function isChain(steps: readonly LocalStep[], from: EditorState['doc'], to: EditorState['doc']) {
  let doc = from;
  for (const { before, after } of steps) {
    if (before !== doc) return false;
    doc = after;
  }
  return doc === to;
}
