/**
 * A page that takes whole documents out of an editor and into another one, each way that a person has,
 * with the plugins of the editor and without a server.
 */
import { AllSelection } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { createEditorState, History } from '../../../client/editor/index.ts';
import { clipboardProps } from '../../../client/pages/piece/writing/clipboard/clipboard-props.ts';
import { pasteFromElsewhere } from '../../../client/pages/piece/writing/pasting/pasting.ts';
import {
  newDocument,
  readDocument,
  writeDocument,
  type DocumentModel,
} from '../../../shared/document/index.ts';

/** What one way brings: a paste or a drop. */
export interface Carried {
  readonly how: 'paste' | 'drop';
  readonly html?: string;
  readonly text?: string;
}

export interface WaysPage {
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
  const body = doc.getText('body');
  const notes = doc.getMap<unknown>('footnotes');
  const history = new History(body);
  const pasting = pasteFromElsewhere({ history, canEdit: () => true, notes, shape: 'blocks' });
  const view = new EditorView(document.querySelector('#root'), {
    state: createEditorState(body, [pasting], { history }),
    ...clipboardProps({ piece: model ? 'from' : 'to', notes, marks: true }),
  });
  const close = () => {
    view.destroy();
    history.destroy();
  };
  return { doc, view, close };
}

function shown(html: string): HTMLElement {
  const page = document.createElement('main');
  page.innerHTML = html;
  document.body.append(page);
  return page;
}

const page: WaysPage = {
  copy(model) {
    const { view, close } = open(model);
    view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
    const { dom, text } = view.serializeForClipboard(view.state.selection.content());
    close();
    return { html: dom.innerHTML, text };
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
