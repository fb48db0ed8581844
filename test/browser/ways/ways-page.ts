/**
 * A page that takes whole documents out of an editor and into another one, each way that a person has,
 * with the plugins of the editor and without a server.
 */
import { AllSelection } from 'prosemirror-state';
import * as Y from 'yjs';
import { EditorView } from 'prosemirror-view';
import { createEditorState, History, type FieldShape } from '../../../client/editor/index.ts';
import { clipboardProps } from '../../../client/pages/piece/writing/clipboard/clipboard-props.ts';
import { pasteFromElsewhere } from '../../../client/pages/piece/writing/pasting/pasting.ts';
import {
  newDocument,
  readDocument,
  readText,
  writeDocument,
  type DeltaOp,
  type DocumentModel,
} from '../../../shared/document/index.ts';

/** What one way brings: a paste or a drop. */
export interface Carried {
  readonly how: 'paste' | 'drop';
  readonly html?: string;
  readonly text?: string;
}

export interface WaysPage {
  /** A text after all of another one was copied and pasted into it. Not `ours`: through another program. */
  readonly carry: (
    delta: readonly DeltaOp[],
    texts: { from: FieldShape; to: FieldShape; ours: boolean },
  ) => Promise<DeltaOp[]>;
  /** What the clipboard gets when all of a document is copied. */
  readonly copy: (model: DocumentModel) => { html: string; text: string };
  /** An empty document after something was brought into it. */
  readonly bring: (carried: Carried) => Promise<DocumentModel>;
  /** What is left to read of HTML, without what `leave` selects. */
  readonly read: (html: string, leave: string) => string;
}

declare global {
  interface Window {
    waysPage: WaysPage;
  }
}

function open(model: DocumentModel | undefined) {
  const doc = newDocument();
  if (model) writeDocument(doc, model);
  return { doc, ...edit(doc, doc.getText('body'), 'blocks', model ? 'from' : 'to') };
}

function edit(doc: Y.Doc, text: Y.Text, shape: FieldShape, piece: string) {
  const notes = doc.getMap<unknown>('footnotes');
  const history = new History(text);
  const marks = shape === 'blocks';
  const into = { history, canEdit: () => true, shape, ...(marks && { notes }) };
  const view = new EditorView(document.querySelector('#root'), {
    state: createEditorState(text, [pasteFromElsewhere(into)], {
      history,
      oneLine: shape === 'line',
    }),
    ...clipboardProps({ piece, notes, marks }),
  });
  const close = () => {
    view.destroy();
    history.destroy();
  };
  return { view, close };
}

/** A text of a shape, in a document of its own. */
function openText(shape: FieldShape, delta: readonly DeltaOp[]) {
  const doc = newDocument();
  let text = doc.getText(shape === 'line' ? 'title' : 'body');
  if (shape === 'paragraphs') {
    text = new Y.Text();
    doc.getMap('footnotes').set('n', text);
  }
  if (delta.length > 0) text.applyDelta(structuredClone([...delta]), { sanitize: true });
  return { doc, text, ...edit(doc, text, shape, delta.length > 0 ? 'from' : 'to') };
}

function copyAll(view: EditorView): { html: string; text: string } {
  view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
  const { dom, text } = view.serializeForClipboard(view.state.selection.content());
  return { html: dom.innerHTML, text };
}

const isOurs = / data-counterpoint="1" data-clip="[^"]*"| data-pm-slice="[^"]*"/g;

function shown(html: string): HTMLElement {
  const page = document.createElement('main');
  page.innerHTML = html;
  document.body.append(page);
  return page;
}

const page: WaysPage = {
  copy(model) {
    const { view, close } = open(model);
    const copied = copyAll(view);
    close();
    return copied;
  },
  async carry(delta, { from, to, ours }) {
    const source = openText(from, delta);
    const { html, text } = copyAll(source.view);
    source.close();
    const target = openText(to, []);
    const data = new DataTransfer();
    data.setData('text/html', ours ? html : html.replace(isOurs, ''));
    data.setData('text/plain', text);
    const came = new Promise<void>((resolve) => {
      target.doc.on('update', () => resolve());
    });
    const event = { clipboardData: data, bubbles: true, cancelable: true };
    target.view.dom.dispatchEvent(new ClipboardEvent('paste', event));
    await came;
    target.close();
    return readText(target.text);
  },
  async bring({ how, html = '', text = '' }) {
    const { doc, view, close } = open(undefined);
    const data = new DataTransfer();
    if (html !== '') data.setData('text/html', html);
    data.setData('text/plain', text);
    const came = new Promise<void>((resolve) => {
      doc.on('update', () => resolve());
    });
    const { left, top } = view.coordsAtPos(0);
    const at = { clientX: left, clientY: top, bubbles: true, cancelable: true };
    view.dom.dispatchEvent(
      how === 'paste'
        ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent('drop', { ...at, dataTransfer: data }),
    );
    await came;
    // Notes are put in behind their marks.
    await Promise.resolve();
    close();
    return readDocument(doc);
  },
  read(html, leave) {
    const on = shown(html);
    for (const element of on.querySelectorAll(leave)) element.remove();
    const text = on.innerText;
    on.remove();
    return text;
  },
};

window.waysPage = page;
