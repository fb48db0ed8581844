/**
 * A page that somebody else could have written: Quill, y-quill and y-websocket as they come, put
 * together as their own documentation has it. What it connects to is in its address.
 */
import Quill, { Parchment } from 'quill';
import Embed from 'quill/blots/embed.js';
import QuillCursors from 'quill-cursors';
import { QuillBinding } from 'y-quill';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { DeltaOp } from '../../shared/document/schema.ts';

/** What the test sees of the page, as `quillPage` of its window. */
export interface QuillPage {
  read(): PageState;
  /** Selects `text` where it first stands; `after` puts the caret behind it instead. */
  select(text: string, after?: boolean): void;
  /** Says something in the page's presence, after all that it has written. */
  say(word: string): void;
}

export interface PageState {
  /** What Quill holds. */
  readonly contents: DeltaOp[];
  /** The body as the page's document has it. */
  readonly body: DeltaOp[];
  /** A `Y.Snapshot`, encoded. */
  readonly snapshot: number[];
  /** How many updates the page itself has made. */
  readonly writes: number;
}

declare global {
  interface Window {
    quillPage: QuillPage;
  }
}

const address = new URLSearchParams(location.search);
const given = (name: string) => address.get(name) ?? '';

Quill.register('modules/cursors', QuillCursors);
if (given('formats') === 'all') registerFormats();

const root = document.querySelector<HTMLElement>('#root') ?? document.body;
const quill = new Quill(root, {
  theme: 'snow',
  modules: { cursors: true, history: { userOnly: true } },
});
const doc = new Y.Doc();
const body = doc.getText('body');
const provider = new WebsocketProvider(given('collab'), given('piece'), doc, {
  params: { token: given('token') },
});
let writes = 0;
doc.on('update', (_update: Uint8Array, origin: unknown) => {
  if (origin !== provider) writes++;
});

const bind = () => new QuillBinding(body, quill, provider.awareness);
if (given('bind') === 'synced') provider.once('sync', bind);
else bind();

const contents = () => (quill.getContents() as unknown as { ops: DeltaOp[] }).ops;

window.quillPage = {
  read() {
    quill.update();
    return {
      contents: contents(),
      body: body.toDelta() as DeltaOp[],
      snapshot: [...Y.encodeSnapshot(Y.snapshot(doc))],
      writes,
    };
  },
  select(text, after = false) {
    // An embed is one character wide.
    const all = contents().map(({ insert }) => (typeof insert === 'string' ? insert : '\u{fffc}'));
    const index = all.join('').indexOf(text);
    if (index < 0) throw new RangeError(`Quill does not hold: ${text}`);
    if (after) quill.setSelection(index + text.length, 0);
    else quill.setSelection(index, text.length);
  },
  say: (word) => provider.awareness.setLocalStateField('word', word),
};

/** All that Quill has to be told for it to hold what a piece may have. */
function registerFormats(): void {
  class Footnote extends Embed {
    static override blotName = 'footnote';
    static override tagName = 'sup';
    static override create(id: string): Element {
      const node = super.create(id) as Element;
      node.setAttribute('data-footnote', id);
      return node;
    }
    static override value(node: Element): string | null {
      return node.getAttribute('data-footnote');
    }
  }
  // Inline, since a divider stands on a line of its own, which has its own line break.
  class Divider extends Embed {
    static override blotName = 'divider';
    static override tagName = 'samp';
    static override value(): boolean {
      return true;
    }
  }
  Quill.register({ 'formats/footnote': Footnote, 'formats/divider': Divider });
  for (const name of ['thesis', 'counterpoint', 'answers']) {
    const { Attributor, Scope } = Parchment;
    Quill.register(new Attributor(name, `data-${name}`, { scope: Scope.BLOCK }));
  }
}
