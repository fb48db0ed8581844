import { lineText, type Line } from '../../document/blocks.ts';
import { normalDelta, sameValue } from '../../document/delta/delta.ts';
import type { DeltaOp, RawFormat } from '../../document/schema.ts';
import { importMarkdown } from '../import/import-markdown.ts';
import { parseMarkdown } from '../import/parse.ts';
import { closingTag } from '../import/raw-paragraphs.ts';
import { openTags } from '../import/raw-nodes.ts';
import { isDense, writeRawFence } from '../raw-source.ts';
import type { WriteContext } from './write-line.ts';

/**
 * The source of a raw block as it came. In the working profile only where it is read as this block
 * wherever it stands, else in a fence; undefined where neither is read so.
 */
export function writeRaw(
  lines: readonly Line[],
  format: RawFormat,
  wanted: readonly DeltaOp[],
  { lossless, closed }: WriteContext,
): string | undefined {
  const source = lines.map(lineText).join('\n');
  if (!lossless) return source.trim() === '' ? '' : source;
  const fence = writeRawFence(source, format);
  const forms = isDense(source) ? [fence] : [source, fence];
  return forms.find((markdown) => standsAlone(markdown, wanted, closed));
}

/**
 * Whether Markdown reads as these lines, and leaves what is before and behind it alone: it is not
 * indented (a list before it would take it in), ends where it ends (a comment, a `<pre>`), and opens no
 * tag that another block closes (`closed`).
 */
function standsAlone(
  markdown: string,
  wanted: readonly DeltaOp[],
  closed: ReadonlySet<string> = new Set(),
): boolean {
  if (/^\s/.test(markdown)) return false;
  const behind = 'x';
  const found = importMarkdown(`${markdown}\n\n${behind}`, { newId: () => '' });
  if (found.title !== '' || found.standfirst !== '') return false;
  if (Object.keys(found.footnotes).length > 0) return false;
  if (!sameValue(found.body, normalDelta([...wanted, { insert: `${behind}\n` }]))) return false;
  return !openTags(parseMarkdown(markdown), markdown).some((tag) => closed.has(tag));
}

/** The tags that the raw lines of a document close. */
export function closedTags(lines: readonly Line[]): Set<string> {
  const raw = lines.filter(({ kind }) => kind === 'raw');
  return new Set(raw.flatMap((line) => closingTag(lineText(line)) ?? []));
}
