import * as Y from 'yjs';
import type { Cursor } from '../carets/carets.ts';
import type { EditRanges, IdRange } from './awaited-edit.ts';
import type { StepOf } from '../fields/undo-steps.ts';

/** Marks what an editor writes into the document, so that its history knows its own. */
export class EditorOrigin {}

export interface HistoryOptions {
  /** Milliseconds within which typing is undone together. */
  captureTimeout?: number;
}

const selectionKey = 'selection';
const undoneKey = 'undone';

/**
 * Undo and redo of one person's edits in one text, never of others'. It outlives views (React makes
 * two in development); whoever made it destroys it.
 */
export class History {
  /** The origin of the edits that can be undone. */
  readonly origin = new EditorOrigin();
  readonly #manager: Y.UndoManager;
  readonly #captureTimeout: number;
  readonly #listeners = new Set<() => void>();
  #editor: SelectionHolder | undefined;
  #before: Cursor | undefined;

  constructor(body: Y.Text, { captureTimeout = 500 }: HistoryOptions = {}) {
    this.#captureTimeout = captureTimeout;
    this.#manager = new Y.UndoManager(body, {
      captureTimeout,
      trackedOrigins: new Set([this.origin]),
    });
    this.#manager.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(selectionKey, this.#before);
      this.#changed();
    });
    this.#manager.on('stack-item-popped', ({ stackItem, type }) => {
      const cursor = stackItem.meta.get(selectionKey) as Cursor | undefined;
      if (cursor) this.#editor?.restoreCursor(cursor);
      const undone = stackItem.meta.get(undoneKey) as (() => void) | undefined;
      if (type === 'undo' && undone) {
        this.#manager.redoStack.pop();
        undone();
      }
      this.#changed();
    });
    this.#manager.on('stack-cleared', () => this.#changed());
  }

  get canUndo(): boolean {
    return this.#manager.canUndo();
  }

  get canRedo(): boolean {
    return this.#manager.canRedo();
  }

  /** @returns whether anything was undone. */
  undo(): boolean {
    this.#before = this.#editor?.readCursor();
    return this.#manager.undo() !== null;
  }

  /** @returns whether anything was redone. */
  redo(): boolean {
    this.#before = this.#editor?.readCursor();
    return this.#manager.redo() !== null;
  }

  /** For the binding: what the edit that follows is to the step before it. */
  begin(step: StepOf): void {
    if (step === 'new') this.#manager.stopCapturing();
    this.#manager.captureTimeout = step === 'composition' ? Infinity : this.#captureTimeout;
  }

  /** The next edit is undone by itself, however soon it comes. */
  stopCapturing(): void {
    this.#manager.stopCapturing();
  }

  /**
   * Takes an edit in that was made elsewhere in this person's name, as the last that can be undone.
   * `undone` is called when it has been; it is not made again by redo, for it is not the text's alone.
   */
  adopt({ insertions, deletions }: EditRanges, undone: () => void): void {
    this.#manager.stopCapturing();
    this.#manager.clear(false, true);
    const meta = new Map<string, unknown>([[undoneKey, undone]]);
    meta.set(selectionKey, this.#editor?.readCursor());
    this.#manager.undoStack.push({
      ...{ insertions: toSet(insertions), deletions: toSet(deletions), meta },
    });
    this.#changed();
  }

  /** Calls `listener` whenever `canUndo` or `canRedo` may have changed. @returns its end. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For the binding: whose caret is kept and restored. @returns the end of it. */
  attach(editor: SelectionHolder): () => void {
    this.#editor = editor;
    return () => {
      if (this.#editor === editor) this.#editor = undefined;
    };
  }

  /** For the binding: the selection before the edit that follows. */
  noteCursor(cursor: Cursor): void {
    this.#before = cursor;
  }

  destroy(): void {
    this.#manager.destroy();
    this.#listeners.clear();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** As Yjs has it: by clientID, ascending. */
function toSet(ranges: readonly IdRange[]) {
  const set = Y.createDeleteSet();
  for (const { client, clock, len } of ranges) {
    const list = set.clients.get(client) ?? [];
    list.push({ clock, len });
    set.clients.set(client, list);
  }
  for (const list of set.clients.values()) list.sort((a, b) => a.clock - b.clock);
  return set;
}

/** An editor whose selection can be read and put back. */
export interface SelectionHolder {
  readCursor(): Cursor;
  restoreCursor(cursor: Cursor): void;
}
