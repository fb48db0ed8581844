import {
  headDelta,
  type DeltaOp,
  type DocumentHead,
} from '../../../../../../shared/document/index.ts';
import { findFrontMatter, importContent } from '../../../../../../shared/markdown/index.ts';
import { freshId } from '../../../../../editor/index.ts';
import { keepNumbers } from './markdown-signs.ts';
import type { Pasted } from '../html/read-html.ts';
import type { Notices, Told } from '../told.ts';

/** What the import keeps as its source. */
const rawKinds = new Set([
  ...['table', 'html', 'directive', 'shortcode', 'math', 'mdx', 'abbreviation', 'attributes'],
  ...['alert', 'definition', 'footnote'],
]);

/** What a warning of the import is called here, where it is not about text that stays as it was. */
const said: Readonly<Record<string, Told>> = {
  'link address': 'link',
  'list start': 'listNumbers',
  'list item': 'itemLines',
};

/** Stands before what is read, so that a first heading is one of the text, and not the title. */
const guard = 'x\n\n';

/** Markdown as an import reads it, with notes of ids of their own. */
export function readMarkdown(text: string, notices: Notices): Pasted {
  const typed = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const { end = 0 } = findFrontMatter(typed) ?? {};
  const fronted = end > 0;
  const source = typed.slice(0, end) + keepNumbers(typed.slice(end));
  const read = importContent(fronted ? source : guard + source, 'markdown', { newId: freshId });
  for (const { what } of read.warnings) {
    if (what === 'heading level') continue;
    notices.tell(rawKinds.has(what) ? 'keptRaw' : (said[what] ?? 'keptAsText'));
  }
  if (read.meta !== undefined) notices.tell('fields');
  const ids = new Map(Object.keys(read.footnotes).map((id) => [id, freshId()]));
  const renamed = (delta: readonly DeltaOp[]) => delta.map((op) => withNote(op, ids));
  const notes = Object.entries(read.footnotes).map(
    ([id, delta]) => [ids.get(id) ?? id, renamed(delta)] as const,
  );
  const body = fronted ? [...headLines(read), ...read.body] : withoutGuard(read.body);
  return { body: renamed(body), notes: new Map(notes) };
}

function headLines(head: DocumentHead): DeltaOp[] {
  const [title, standfirst] = [headDelta(head, 'title'), headDelta(head, 'standfirst')];
  const slanted = standfirst.map(({ insert, attributes }) => ({
    insert,
    attributes: { ...attributes, italic: true },
  }));
  return [
    ...(title.length === 0 ? [] : [...title, { insert: '\n', attributes: { header: 2 } }]),
    ...(slanted.length === 0 ? [] : [...slanted, { insert: '\n' }]),
  ];
}

function withoutGuard(body: readonly DeltaOp[]): DeltaOp[] {
  const [first, ...rest] = body;
  const text = typeof first?.insert === 'string' ? first.insert.slice('x\n'.length) : '';
  return text === '' ? rest : [{ ...first, insert: text }, ...rest];
}

function withNote(op: DeltaOp, ids: ReadonlyMap<string, string>): DeltaOp {
  const { footnote } = typeof op.insert === 'object' ? (op.insert as { footnote?: string }) : {};
  const id = footnote === undefined ? undefined : ids.get(footnote);
  return id === undefined ? op : { ...op, insert: { footnote: id } };
}
