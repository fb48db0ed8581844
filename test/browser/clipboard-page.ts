/**
 * A page that copies whole documents and pastes them into others, with the plugins of the editor and
 * without a server.
 */
import { AllSelection } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { createEditorState, History } from '../../client/editor/index.ts';
import { clipboardProps } from '../../client/pages/piece/writing/clipboard/clipboard-props.ts';
import { insert } from '../../client/pages/piece/writing/pasting/insert.ts';
import {
  newDocument,
  readDocument,
  writeDocument,
  type DocumentModel,
} from '../../shared/document/index.ts';

export interface Copied {
  html: string;
  text: string;
}

export interface ClipboardPage {
  /** What the clipboard gets when all of a document is copied. */
  readonly copy: (model: DocumentModel) => Copied;
  /** An empty document, or `into`, after HTML was pasted at its start. */
  readonly paste: (html: string, into?: DocumentModel) => Promise<DocumentModel>;
}

declare global {
  interface Window {
    clipboardPage: ClipboardPage;
  }
}

function open(model: DocumentModel | undefined, piece: string) {
  const doc = newDocument();
  if (model) writeDocument(doc, model);
  const body = doc.getText('body');
  const history = new History(body);
  const view = new EditorView(document.querySelector('#root'), {
    state: createEditorState(body, [], { history }),
    ...clipboardProps({ piece, notes: doc.getMap('footnotes'), marks: true }),
  });
  const close = () => {
    view.destroy();
    history.destroy();
  };
  return { doc, view, history, close };
}

const page: ClipboardPage = {
  copy(model) {
    const { view, close } = open(model, 'from');
    view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
    const { dom, text } = view.serializeForClipboard(view.state.selection.content());
    close();
    return { html: dom.innerHTML, text };
  },
  async paste(html, into) {
    const { doc, view, history, close } = open(into, 'to');
    const brought = { html, text: '', files: 0, literal: false };
    const notes = doc.getMap<unknown>('footnotes');
    void insert(view, brought, { history, canEdit: () => true, notes, shape: 'blocks' });
    // Notes are put in behind their marks.
    await Promise.resolve();
    close();
    return readDocument(doc);
  },
};

window.clipboardPage = page;
