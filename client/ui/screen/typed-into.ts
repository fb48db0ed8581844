import type { EditorView } from 'prosemirror-view';

/** An editor that takes what is typed for it while it is not in the page: see `Screen`. */
export interface TypedInto {
  readonly view: EditorView;
  readonly oneLine: boolean;
}

const editors = new WeakMap<Element, TypedInto>();

export function isTypedInto(editor: TypedInto): void {
  editors.set(editor.view.dom, editor);
}

export function editorOf(element: Element): TypedInto | undefined {
  return editors.get(element);
}
