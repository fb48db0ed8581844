import type { Node } from 'prosemirror-model';
import type { EditorView } from 'prosemirror-view';

/** What a clipboard or a drag holds of one copy. */
export interface Brought {
  readonly html: string;
  readonly text: string;
  /** Files, most often one picture. */
  readonly files: number;
  /** Pasted as plain text (Ctrl+Shift+V): every letter as it is. */
  readonly literal: boolean;
  /** The text of ours that it was dragged out of, to another place, and what that read then. */
  readonly draggedFrom?: { readonly view: EditorView; readonly doc: Node } | undefined;
}

/** Reads all of it at once: it is there during its event only. */
export function bring(data: DataTransfer, literal = false): Brought {
  const text = data.getData('text/plain');
  return {
    html: data.getData('text/html'),
    text: text === '' ? addresses(data.getData('text/uri-list')) : text,
    files: data.files.length,
    literal,
  };
}

/** A list of addresses has comments, and a line for each (RFC 2483). */
function addresses(list: string): string {
  return list
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim();
}
