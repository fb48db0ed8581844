import { Slice, type Node } from 'prosemirror-model';
import {
  TextSelection,
  type Command,
  type EditorState,
  type Plugin,
  type Transaction,
} from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import type { Mismatch } from '../../../client/editor/binding/binding.ts';
import {
  createEditorState,
  History,
  indexToPosition,
  lineKind,
  typingRules,
  type FieldShape,
} from '../../../client/editor/index.ts';
import { kindAttributes } from '../../../shared/document/index.ts';

export interface FakeOptions {
  clientId?: number;
  captureTimeout?: number;
  canEdit?: () => boolean;
  plugins?: readonly Plugin[];
  shape?: FieldShape;
}

/** An editor without a browser: a state, its plugins' views, and what an `EditorView` does with them. */
export class FakeEditor {
  readonly doc = new Y.Doc();
  readonly body: Y.Text;
  readonly history: History;
  readonly mismatches: Mismatch[] = [];
  /** Transactions dispatched, oldest first. */
  readonly log: Transaction[] = [];
  composing = false;
  state: EditorState;
  /** Plugins listen to it; no event comes. */
  readonly dom = new EventTarget();
  readonly #views: NonNullable<ReturnType<NonNullable<Views[number]>>>[] = [];

  constructor(first?: Uint8Array, options: FakeOptions = {}) {
    if (first) Y.applyUpdate(this.doc, first);
    // Not before: Yjs takes a new id where an update brings its own.
    if (options.clientId !== undefined) this.doc.clientID = options.clientId;
    this.body = this.doc.getText('body');
    this.history = new History(this.body, { captureTimeout: options.captureTimeout ?? 500 });
    const { plugins = [], shape = 'blocks' } = options;
    this.state = createEditorState(this.body, [...plugins, typingRules(shape)], {
      history: this.history,
      oneLine: shape === 'line',
      onMismatch: (mismatch) => this.mismatches.push(mismatch),
      ...(options.canEdit && { canEdit: options.canEdit }),
    });
    for (const plugin of this.state.plugins) {
      const view = plugin.spec.view?.(this.view);
      if (view) this.#views.push(view);
    }
  }

  get view(): EditorView {
    return this as unknown as EditorView;
  }

  dispatch(tr: Transaction): void {
    const before = this.state;
    this.log.push(tr);
    this.state = before.applyTransaction(tr).state;
    for (const view of this.#views) view.update?.(this.view, before);
  }

  run(command: Command): boolean {
    return command(this.state, (tr) => this.dispatch(tr), this.view);
  }

  /** Puts the selection to indexes of the body. */
  select(anchor: number, head = anchor): this {
    const position = (index: number) =>
      this.state.doc.resolve(indexToPosition(this.state.doc, index));
    const selection = TextSelection.between(position(anchor), position(head));
    this.dispatch(this.state.tr.setSelection(selection));
    return this;
  }

  /** Types as a browser does, a key at a time, with the typing rules. */
  type(text: string): this {
    for (const key of text) {
      const { from, to } = this.state.selection;
      const handled = this.state.plugins.some((plugin) =>
        plugin.props.handleTextInput?.call(plugin, this.view, from, to, key, () =>
          this.state.tr.insertText(key),
        ),
      );
      if (!handled) this.dispatch(this.state.tr.insertText(key));
    }
    return this;
  }

  paste(lines: readonly Node[]): this {
    this.dispatch(
      this.state.tr.replaceSelection(
        Slice.maxOpen(this.state.doc.type.create(null, lines).content),
      ),
    );
    return this;
  }

  /** What a browser tells when an input method is done; the binding then waits a little. */
  endComposition(data = ''): void {
    this.composing = false;
    for (const plugin of this.state.plugins) {
      const handler = plugin.props.handleDOMEvents?.['compositionend'];
      (handler as ((this: unknown, view: EditorView, event: object) => unknown) | undefined)?.call(
        plugin,
        this.view,
        { data },
      );
    }
  }

  destroy(): void {
    for (const view of this.#views) view.destroy?.();
    this.history.destroy();
    this.doc.destroy();
  }
}

type Views = EditorState['plugins'][number]['spec']['view'][];

/** Brings two documents to one state. */
export function exchange(a: FakeEditor, b: FakeEditor): void {
  const forB = Y.encodeStateAsUpdate(a.doc, Y.encodeStateVector(b.doc));
  const forA = Y.encodeStateAsUpdate(b.doc, Y.encodeStateVector(a.doc));
  Y.applyUpdate(b.doc, forB);
  Y.applyUpdate(a.doc, forA);
}

/** An update with this body in it, by nobody who takes part. */
export function bodyOf(delta: readonly object[], clientId = 99): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  doc.getText('body').applyDelta(structuredClone(delta) as object[], { sanitize: true });
  return Y.encodeStateAsUpdate(doc);
}

/** The characters of a body with the client that wrote each. */
export function authors(body: Y.Text): [string, number][] {
  return lettersIn(body).map(({ letter, client }) => [letter, client]);
}

/** The characters of a body with the Yjs id of each. */
export function lettersIn(body: Y.Text): { letter: string; client: number; clock: number }[] {
  const list: { letter: string; client: number; clock: number }[] = [];
  for (let item = body._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    const { client, clock } = item.id;
    let offset = 0;
    for (const letter of item.content.str) {
      list.push({ letter, client, clock: clock + offset });
      offset += letter.length;
    }
  }
  return list;
}

/** Lines as "kind: text", as short as they are told apart. */
export function linesOfDoc(doc: Node): string[] {
  const lines: string[] = [];
  doc.forEach((line) => {
    const attributes = kindAttributes(lineKind(line));
    const name = Object.keys(attributes).join(' ') || 'paragraph';
    lines.push(`${name}: ${line.textContent}`);
  });
  return lines;
}

/** What was written to a body while `act` ran, as deltas. */
export function writesOf(body: Y.Text, act: () => void): object[][] {
  const deltas: object[][] = [];
  const listen = (event: Y.YTextEvent) => deltas.push(event.delta);
  body.observe(listen);
  act();
  body.unobserve(listen);
  return deltas;
}
