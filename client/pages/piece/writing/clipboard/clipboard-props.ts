import {
  DOMParser as SchemaParser,
  DOMSerializer,
  type Fragment,
  type ParseOptions,
  type Slice,
} from 'prosemirror-model';
import type { EditorProps, EditorView } from 'prosemirror-view';
import type { DeltaOp } from '../../../../../shared/document/index.ts';
import {
  asLines,
  clipOf,
  clipSlice,
  countsBefore,
  noteIn,
  type Clip,
  type Notes,
} from '../../../../editor/clipboard/clip.ts';
import { clipHtml, clipText } from '../../../../editor/clipboard/clip-html.ts';
import {
  addNotes,
  arrivedNotes,
  markedNotes,
  notesInBrackets,
  noteText,
  settleNotes,
} from '../../../../editor/clipboard/notes.ts';
import { freshArguments } from '../../../../editor/pasting/paste.ts';
import { schema } from '../../../../editor/schema/schema.ts';
import type { ClipboardOptions } from './load-clipboard.ts';
import { readClip, withoutClip } from './read-clip.ts';
import { readNotes } from './read-notes.ts';

/** What a paste brings along, until its content is put in. */
interface Brought {
  readonly notes: Notes;
  /** The piece that it was copied from, where it says. */
  readonly piece?: string;
}

const nothing: Brought = { notes: {} };

/** Props of an `EditorView`, which come before those of its plugins. */
type ClipboardProps = Required<
  Pick<
    EditorProps,
    | 'transformCopied'
    | 'clipboardSerializer'
    | 'clipboardTextSerializer'
    | 'transformPastedHTML'
    | 'clipboardParser'
    | 'transformPasted'
  >
>;

/** Copies what was seen, for other programs, and all that there is, for editors of ours: see `Clip`. */
export function clipboardProps(options: ClipboardOptions): ClipboardProps {
  const copies = new WeakMap<Fragment, Clip>();
  const parser = new ClipParser();
  return {
    transformCopied: (slice, view) => {
      const lines = asLines(slice);
      copies.set(lines.content, copyOf(lines, view, options));
      return lines;
    },
    clipboardSerializer: new ClipSerializer(copies),
    clipboardTextSerializer: (slice) => {
      const clip = copies.get(slice.content);
      return clip ? clipText(clip) : '';
    },
    transformPastedHTML: (html) => parser.take(html),
    clipboardParser: parser,
    transformPasted: (slice, view) => {
      const brought = parser.giveBrought();
      // What is moved by dragging is still there when it drops, but will not be.
      if (view.dragging?.move) return slice;
      const argued = freshArguments(slice, view.state.doc);
      const settled = settle(argued, view, brought, options);
      if (settled.fresh.size > 0) {
        // Once the marks are in: not where they were not taken, such as from somebody who may only read.
        queueMicrotask(() => {
          addNotes(options.notes, arrivedNotes(settled.fresh, view.state.doc));
        });
      }
      return settled.slice;
    },
  };
}

function copyOf(slice: Slice, { state }: EditorView, { piece, notes }: ClipboardOptions): Clip {
  const { $from } = state.selection;
  return clipOf(slice, {
    piece,
    noteText: (id) => noteText(notes, id),
    counts: countsBefore(state.doc, $from.depth > 0 ? $from.before(1) : 0),
  });
}

function settle(
  slice: Slice,
  { state }: EditorView,
  brought: Brought,
  { piece, notes, marks }: ClipboardOptions,
) {
  // Without a word of where it is from, a copy was made and is dropped in this editor.
  const own = brought === nothing || brought.piece === piece;
  const here = (id: string) => noteText(notes, id);
  if (!marks) {
    const text = (id: string) => noteIn(brought.notes, id) ?? (own ? here(id) : undefined) ?? [];
    return { slice: notesInBrackets(slice, text), fresh: new Map<string, readonly DeltaOp[]>() };
  }
  return settleNotes(slice, { marked: markedNotes(state.doc), here, brought: brought.notes, own });
}

/** Writes a copy instead of the nodes that it was made of. */
class ClipSerializer extends DOMSerializer {
  readonly #copies: WeakMap<Fragment, Clip>;

  constructor(copies: WeakMap<Fragment, Clip>) {
    super(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema));
    this.#copies = copies;
  }

  override serializeFragment(
    fragment: Fragment,
    options: { document?: Document } = {},
    target?: HTMLElement | DocumentFragment,
  ): HTMLElement | DocumentFragment {
    const clip = this.#copies.get(fragment);
    if (!clip) return super.serializeFragment(fragment, options, target);
    const page = options.document ?? document;
    const made = target ?? page.createDocumentFragment();
    const { body } = new DOMParser().parseFromString(clipHtml(clip), 'text/html');
    made.append(page.adoptNode(body.firstChild ?? body));
    return made;
  }
}

/** Reads our copies as what they carry, and the notes out of all else. */
class ClipParser extends SchemaParser {
  #clip: Clip | undefined;
  #brought: Brought = nothing;

  constructor() {
    super(schema, SchemaParser.fromSchema(schema).rules);
  }

  /** What the other plugins are to have of pasted HTML: of a copy of ours, only its openings. */
  take(html: string): string {
    this.#clip = undefined;
    if (!html.includes('data-clip')) return html;
    this.#clip = readClip(html);
    if (!this.#clip) return withoutClip(html);
    const { openStart, openEnd } = this.#clip;
    return `<div data-counterpoint="1" data-pm-slice="${openStart} ${openEnd} []"></div>`;
  }

  override parseSlice(dom: Node, options: ParseOptions = {}): Slice {
    const clip = this.#clip;
    this.#clip = undefined;
    if (clip) {
      this.#brought = { notes: clip.notes, piece: clip.piece };
      return clipSlice(clip);
    }
    this.#brought = {
      notes: readNotes(dom, (item) => super.parseSlice(item, options)),
      piece: '',
    };
    return super.parseSlice(dom, options);
  }

  /** What the last parsed paste brought along, once. */
  giveBrought(): Brought {
    const brought = this.#brought;
    this.#brought = nothing;
    return brought;
  }
}
