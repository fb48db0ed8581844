import * as Y from 'yjs';
import type { Cursor } from './carets.ts';

/** Marks what an editor writes into the document, so that its history knows its own. */
export class EditorOrigin {}

export interface HistoryOptions {
  /** Milliseconds within which typing is undone together. */
  captureTimeout?: number;
}

const selectionKey = 'selection';

/**
 * Undo and redo of one person's edits in one text, never of others'. It outlives views (React makes
 * two in development); whoever made it destroys it.
 */
export class History {
  /** The origin of the edits that can be undone. */
  readonly origin = new EditorOrigin();
  readonly #manager: Y.UndoManager;
  readonly #listeners = new Set<() => void>();
  #editor: SelectionHolder | undefined;
  #before: Cursor | undefined;

  constructor(body: Y.Text, { captureTimeout = 500 }: HistoryOptions = {}) {
    this.#manager = new Y.UndoManager(body, {
      captureTimeout,
      trackedOrigins: new Set([this.origin]),
    });
    this.#manager.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(selectionKey, this.#before);
      this.#changed();
    });
    this.#manager.on('stack-item-popped', ({ stackItem }) => {
      const cursor = stackItem.meta.get(selectionKey) as Cursor | undefined;
      if (cursor) this.#editor?.restoreCursor(cursor);
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

  /** The next edit is undone by itself, however soon it comes. */
  stopCapturing(): void {
    this.#manager.stopCapturing();
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

/** An editor whose selection can be read and put back. */
export interface SelectionHolder {
  readCursor(): Cursor;
  restoreCursor(cursor: Cursor): void;
}
