import { Slice, Fragment, type Mark, type Node } from 'prosemirror-model';
import type { EditorView } from 'prosemirror-view';
import { typedAddress } from '../../../../../shared/document/index.ts';
import { commands, dispatchAlone, schema } from '../../../../editor/index.ts';
import { addNotes, notesInBrackets } from '../../../../editor/clipboard/notes.ts';
import { asOneLine } from '../../../../editor/fields/one-line.ts';
import { textRange } from '../../../../editor/commands/lines.ts';
import { freshArguments } from '../../../../editor/pasting/paste.ts';
import { putLines, type PutRange } from '../../../../editor/pasting/put-lines.ts';
import { deltaToDoc } from '../../../../editor/mapping/to-prosemirror.ts';
import { toast } from '../../../../ui/overlay/toast.ts';
import { readClip, withoutClip } from '../clipboard/read-clip.ts';
import { asParagraphs } from './as-paragraphs.ts';
import type { Brought } from './brought.ts';
import { looksLikeMarkdown } from './markdown/markdown-signs.ts';
import type { PastingOptions } from './pasting.ts';
import { plainBody, plainLines } from './plain-text.ts';
import { readHtml, type Pasted } from './html/read-html.ts';
import type * as MarkdownReader from './markdown/read-markdown.ts';
import { Notices } from './told.ts';
import { mayBeWrapped } from './wrapped/wrapped-signs.ts';
import type * as WrappedReader from './wrapped/read-wrapped.ts';

type Markdown = typeof MarkdownReader;
let markdown: Markdown | undefined;
type Wrapped = typeof WrappedReader;
let wrapped: Wrapped | undefined;

async function loadMarkdown(): Promise<void> {
  markdown ??= await import('./markdown/read-markdown.ts');
}

async function loadWrapped(): Promise<void> {
  wrapped ??= await import('./wrapped/read-wrapped.ts');
}

/**
 * Puts what was brought in place of the selection. One undo takes all of it back.
 *
 * @returns something to wait for before this is called again; nothing has been done then.
 */
export function insert(
  view: EditorView,
  brought: Brought,
  options: PastingOptions,
): Promise<void> | undefined {
  const { html, text, files, literal } = brought;
  takeAway(brought);
  const notices = new Notices();
  const inCode = view.state.doc.resolve(rangeOf(view).from).parent.type.spec.code === true;
  // A copy that an editor of ours has made, as it was made.
  const own = html.includes('data-clip') ? readClip(html) : undefined;
  if (inCode || literal) insertPlain(view, text, options, inCode);
  else if (linkSelection(view, text, options)) return undefined;
  else if (own) {
    // It is read by what made it: see `clipboardProps`.
    if (!view.props.clipboardParser) return loadClipboardProps();
    view.pasteHTML(html);
    if (!options.notes && Object.keys(own.notes).length > 0) notices.tell('notes');
  } else if (html !== '') insertHtml(view, brought, options, notices);
  else if (looksLikeMarkdown(text)) {
    if (!markdown) return loadMarkdown();
    insertMarkdown(view, text, options, notices, markdown);
  } else if (mayBeWrapped(text)) {
    if (!wrapped) return loadWrapped();
    insertWrapped(view, text, options, notices, wrapped);
  } else insertPlain(view, text, options);
  if (files > 0 && html === '' && text === '') notices.tell('file');
  const said = notices.text();
  if (said !== undefined) toast({ text: said });
  return undefined;
}

const taken = new WeakSet<Brought>();

/**
 * Takes what is dragged out of its text, once, unless others have changed that since. It comes before it
 * is put into another: letters that are gone and come back are their first author's, a copy of letters
 * that stand is the copier's (A1).
 */
function takeAway(brought: Brought): void {
  const { view, doc } = brought.draggedFrom ?? {};
  if (!view || taken.has(brought)) return;
  taken.add(brought);
  const { state } = view;
  if (view.isDestroyed || !view.editable || state.doc !== doc || state.selection.empty) return;
  dispatchAlone(state, (tr) => view.dispatch(tr), state.tr.deleteSelection());
}

async function loadClipboardProps(): Promise<void> {
  await import('../clipboard/clipboard-props.ts');
}

/** Puts lines in place that an editor of ours has copied. */
export function insertSlice(view: EditorView, slice: Slice, options: PastingOptions): boolean {
  if (slice.size === 0) return false;
  const { firstChild } = slice.content;
  const withinLine = slice.content.childCount === 1 && slice.openStart > 0 && slice.openEnd > 0;
  if (firstChild?.isTextblock === true && withinLine && options.shape === 'paragraphs') {
    put(view, [schema.nodes.paragraph.create(null, firstChild.content)], options);
    return true;
  }
  const lines =
    firstChild?.isInline === true
      ? [schema.nodes.paragraph.create(null, slice.content)]
      : childrenOf(slice);
  put(view, lines, options);
  return true;
}

function insertHtml(
  view: EditorView,
  { html, text }: Brought,
  options: PastingOptions,
  notices: Notices,
): void {
  const room = { notes: options.notes !== undefined, shape: options.shape };
  const pasted = readHtml(withoutClip(html), room, notices);
  if (pasted.body.length > 0) putPasted(view, pasted, options);
  else if (notices.text() === undefined) insertPlain(view, text, options);
}

/** As blocks; an undo turns them into what was copied, letter for letter. */
function insertMarkdown(
  view: EditorView,
  text: string,
  options: PastingOptions,
  notices: Notices,
  { readMarkdown }: Markdown,
): void {
  const { from } = rangeOf(view);
  insertPlain(view, text, options);
  const pasted = readMarkdown(text, notices);
  if (pasted.body.length === 0) return;
  if (!options.notes && pasted.notes.size > 0) notices.tell('notes');
  putPasted(view, pasted, options, { from, to: view.state.selection.to });
  notices.tell('markdown');
}

/** As the paragraphs that were wrapped; an undo gives the lines that were copied. */
function insertWrapped(
  view: EditorView,
  text: string,
  options: PastingOptions,
  notices: Notices,
  { readWrapped }: Wrapped,
): void {
  const { from } = rangeOf(view);
  insertPlain(view, text, options);
  const pasted = readWrapped(text);
  if (!pasted) return;
  putPasted(view, pasted, options, { from, to: view.state.selection.to });
  notices.tell('wrapped');
}

function insertPlain(
  view: EditorView,
  text: string,
  options: PastingOptions,
  inCode = false,
): void {
  const lines = plainLines(text, inCode);
  if (lines.length === 0) return;
  const { from } = rangeOf(view);
  const marks = inCode ? [] : (view.state.storedMarks ?? view.state.doc.resolve(from).marks());
  const [only = '', ...more] = lines;
  const link = more.length === 0 && !inCode ? addressOf(only) : undefined;
  const looks =
    link === undefined ? marks : schema.marks.link.create({ href: link }).addToSet(marks);
  const nodes = childrenOf(deltaToDoc(plainBody(lines))).map((line) => marked(line, looks));
  put(view, nodes, options);
}

function putPasted(
  view: EditorView,
  { body, notes }: Pasted,
  options: PastingOptions,
  range?: PutRange,
): void {
  if (options.notes) addNotes(options.notes, notes);
  const lines = new Slice(deltaToDoc(body).content, 0, 0);
  const slice = options.notes ? lines : notesInBrackets(lines, (id) => notes.get(id) ?? []);
  put(view, childrenOf(freshArguments(slice, view.state.doc)), options, range);
}

function put(
  view: EditorView,
  lines: readonly Node[],
  { history, shape }: PastingOptions,
  range: PutRange = rangeOf(view),
): void {
  const whole = new Slice(Fragment.fromArray([...lines]), 0, 0);
  const taken =
    shape === 'line'
      ? childrenOf(asOneLine(whole))
      : shape === 'paragraphs'
        ? asParagraphs(lines)
        : lines;
  history.stopCapturing();
  view.dispatch(putLines(view.state.tr, range, taken).setMeta('paste', true));
  history.stopCapturing();
}

/** An address over words of one line becomes their link. */
function linkSelection(view: EditorView, text: string, { history }: PastingOptions): boolean {
  const { selection } = view.state;
  const href = addressOf(text);
  if (href === undefined || selection.empty || !selection.$from.sameParent(selection.$to)) {
    return false;
  }
  history.stopCapturing();
  const done = commands.setLink(href)(view.state, view.dispatch);
  history.stopCapturing();
  return done;
}

/** Where a text that is nothing but an address leads. Of words that could be one, none is taken. */
function addressOf(text: string): string | undefined {
  const address = text.trim();
  const isSaid = /^(?:https?:\/\/|mailto:|www\.)[^\s<>]+$/i.test(address);
  return isSaid ? typedAddress(address).href : undefined;
}

function marked(line: Node, marks: readonly Mark[]): Node {
  return line.copy(Fragment.fromArray(childrenOf(line).map((node) => node.mark(marks))));
}

function rangeOf({ state }: EditorView): PutRange {
  return textRange(state.doc, state.selection);
}

function childrenOf({ content }: { content: Fragment }): Node[] {
  return [...content.content];
}
