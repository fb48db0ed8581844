import type { Slice } from 'prosemirror-model';
import * as Y from 'yjs';
import { commands } from '../../../client/editor/index.ts';
import { applyUpdate } from '../../../server/collab/apply.ts';
import type { HistoryRow } from '../../../server/history/rows.ts';
import { newDocument } from '../../../shared/document/new-document.ts';
import { FakeEditor, lettersIn } from '../../client/editor/fake-editor.ts';
import { acts, Letters } from '../../client/editor/writers.ts';
import type { Random } from '../../support/random.ts';

/** One who writes in a piece: in our editor, or with a stock client on the text itself. */
export interface Writer {
  readonly userId: string;
  readonly doc: Y.Doc;
  readonly body: Y.Text;
  undo(): void;
  redo(): void;
  cut(from: number, to: number): void;
  paste(at: number): void;
  /** Puts in a copy of what stands. */
  copy(from: number, to: number, at: number): void;
  /** False: nothing is on the clipboard. */
  readonly hasCut: boolean;
}

export class OurWriter implements Writer {
  readonly userId: string;
  readonly editor: FakeEditor;
  #clipboard: Slice | null = null;

  constructor(userId: string, clientId: number, first: Uint8Array) {
    this.userId = userId;
    this.editor = new FakeEditor(first, { clientId, captureTimeout: 0 });
  }

  get doc() {
    return this.editor.doc;
  }

  get body() {
    return this.editor.body;
  }

  get hasCut() {
    return this.#clipboard !== null;
  }

  undo() {
    this.editor.run(commands.undo);
  }

  redo() {
    this.editor.run(commands.redo);
  }

  cut(from: number, to: number) {
    this.#clipboard = this.#slice(from, to);
    this.editor.run(commands.deleteSelection);
  }

  paste(at: number) {
    if (this.#clipboard !== null) this.#put(this.#clipboard, at);
    this.#clipboard = null;
  }

  copy(from: number, to: number, at: number) {
    this.#put(this.#slice(from, to), at);
  }

  #slice(from: number, to: number): Slice {
    return this.editor.select(from, to).state.selection.content();
  }

  #put(slice: Slice, at: number) {
    const { editor } = this.select(at);
    editor.dispatch(editor.state.tr.replaceSelection(slice));
  }

  select(at: number): this {
    this.editor.select(at);
    return this;
  }
}

/** As Quill does it: deltas on the text, each its own transaction. */
export class StockWriter implements Writer {
  readonly userId: string;
  readonly doc = new Y.Doc();
  readonly body: Y.Text;
  readonly #manager: Y.UndoManager;
  #clipboard: object[] | null = null;

  constructor(userId: string, clientId: number, first: Uint8Array) {
    this.userId = userId;
    Y.applyUpdate(this.doc, first, 'remote');
    this.doc.clientID = clientId;
    this.body = this.doc.getText('body');
    this.#manager = new Y.UndoManager(this.body, { captureTimeout: 0 });
  }

  get hasCut() {
    return this.#clipboard !== null;
  }

  undo() {
    this.#manager.undo();
  }

  redo() {
    this.#manager.redo();
  }

  cut(from: number, to: number) {
    this.#clipboard = this.#slice(from, to);
    this.body.delete(from, to - from);
  }

  paste(at: number) {
    if (this.#clipboard !== null) this.#put(this.#clipboard, at);
    this.#clipboard = null;
  }

  copy(from: number, to: number, at: number) {
    this.#put(this.#slice(from, to), at);
  }

  /** A drag: taken out and put in by one delta. */
  drag(from: number, to: number, at: number) {
    const moved = this.#slice(from, to);
    const away = { delete: to - from };
    const steps =
      at <= from
        ? [{ retain: at }, ...moved, { retain: from - at }, away]
        : [{ retain: from }, away, { retain: at - to }, ...moved];
    this.body.applyDelta(steps.filter((step) => !('retain' in step) || step.retain !== 0));
  }

  #slice(from: number, to: number): object[] {
    const ops: object[] = [];
    let index = 0;
    for (const { insert, attributes } of this.body.toDelta() as {
      insert: string | object;
      attributes?: object;
    }[]) {
      const length = typeof insert === 'string' ? insert.length : 1;
      const [start, end] = [Math.max(from - index, 0), Math.min(to - index, length)];
      const part = typeof insert === 'string' ? insert.slice(start, end) : insert;
      if (start < end) ops.push({ insert: part, ...(attributes && { attributes }) });
      index += length;
    }
    return ops;
  }

  #put(ops: object[], at: number) {
    this.body.applyDelta([...(at > 0 ? [{ retain: at }] : []), ...structuredClone(ops)]);
  }
}

/** What stands for a letter in the model: it may be any of these people's, nearly always one's. */
interface Life {
  readonly letter: string;
  readonly authors: ReadonlySet<string>;
}

/** How a step brings letters that were known: as a copy, typed out, or as those that they were. */
export type Brings = 'copies' | 'types' | 'returns';

/** Follows who first wrote each letter of a text, by what each step was, not by how it is stored. */
export class Model {
  /** Letters whose model is not sure: both a letter and its copy had gone, and one came back. */
  unsure = 0;
  #standing = new Map<string, Life>();
  readonly #gone = new Map<string, Life[]>();
  readonly #known = new Set<string>();

  /** Notes what a step of somebody did to a text. */
  step(body: Y.Text, by: string, brings: Brings): void {
    const before = this.#standing;
    const now = han(body);
    const came = now.filter(({ id }) => !before.has(id));
    const stays = new Set(now.map(({ id }) => id));
    for (const [id, life] of before) {
      if (!stays.has(id)) this.#goneOf(life.letter).push(life);
    }
    this.#standing = new Map(
      now.flatMap(({ id }) => {
        const life = before.get(id);
        return life === undefined ? [] : [[id, life] as const];
      }),
    );
    for (const { id, letter } of came) this.#standing.set(id, this.#lifeOf(letter, by, brings));
  }

  /** Who may be named for each letter, in the order of the text. */
  authors(body: Y.Text): { letter: string; authors: ReadonlySet<string> }[] {
    return han(body).map(({ id, letter }) => {
      const life = this.#standing.get(id);
      return { letter, authors: life?.authors ?? new Set() };
    });
  }

  #lifeOf(letter: string, by: string, brings: Brings): Life {
    const own = { letter, authors: new Set([by]) };
    if (!this.#known.has(letter)) {
      this.#known.add(letter);
      return own;
    }
    const gone = this.#goneOf(letter);
    const standing = [...this.#standing.values()].filter((life) => life.letter === letter);
    if (brings === 'types') return own;
    if (brings === 'copies') return this.#either([own, ...gone]);
    // A copy of it stands, or what is put back stands already: the letter does not tell which.
    if (standing.length > 0 || gone.length === 0) return this.#either([own, ...gone, ...standing]);
    const either = this.#either(gone);
    // Which of them came back shows when the others do, at the earliest.
    this.#gone.set(
      letter,
      Array.from({ length: gone.length - 1 }, () => either),
    );
    return either;
  }

  #either(lives: readonly Life[]): Life {
    const authors = new Set(lives.flatMap((life) => [...life.authors]));
    if (authors.size > 1) this.unsure++;
    return { letter: lives[0]!.letter, authors };
  }

  #goneOf(letter: string): Life[] {
    const list = this.#gone.get(letter) ?? [];
    this.#gone.set(letter, list);
    return list;
  }
}

/** Letters that are told apart: each is typed once (`Letters`). */
export function han(body: Y.Text): { id: string; letter: string }[] {
  return lettersIn(body)
    .filter(({ letter }) => letter >= '\u4e00' && letter < '\ud800')
    .map(({ letter, client, clock }) => ({ letter, id: `${client}:${clock}` }));
}

/** A piece as a server keeps it: what comes is applied, journalled and handed on. */
export class Desk {
  readonly doc = newDocument();
  readonly rows: HistoryRow[] = [];
  readonly writers: Writer[] = [];
  readonly clientIds = new Map<number, string>();
  readonly letters = new Letters();
  #at = 0;

  constructor(first: Uint8Array, author: string) {
    this.take(author, first);
  }

  join(writer: Writer): void {
    this.writers.push(writer);
    this.clientIds.set(writer.doc.clientID, writer.userId);
    writer.doc.on('update', (update: Uint8Array, origin) => {
      if (origin !== 'remote') this.take(writer.userId, update, writer);
    });
  }

  /** An update of somebody's, a second after the last. */
  take(author: string, update: Uint8Array, from?: Writer): void {
    const { kept, effect } = applyUpdate(this.doc, update, author);
    if (kept === null) return;
    this.#at += 1_000;
    this.rows.push({ seq: this.rows.length + 1, author, at: this.#at, update: kept });
    for (const writer of this.writers) {
      if (writer !== from && effect !== null) Y.applyUpdate(writer.doc, effect, 'remote');
    }
  }

  /** Makes rows from `since` on one, as a group commit does. */
  merge(since: number): void {
    const rows = this.rows.splice(since);
    const [first] = rows;
    if (first === undefined) return;
    this.rows.push({ ...first, update: Y.mergeUpdates(rows.map(({ update }) => update)) });
  }
}

/** What our editor does in these histories, with fresh letters only. */
export function actOf(name: string, writer: OurWriter, random: Random, letters: Letters): void {
  acts[name]!(writer.editor, random, letters);
}
