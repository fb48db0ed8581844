import type { RootContent } from 'mdast';
import type { RawFormat } from '../../document/schema.ts';
import type { LineSink } from './line-sink.ts';
import type { FlowContext, Holder } from './read-held.ts';
import { sourceOf } from './read-inline.ts';

/** Why the source of each is kept, said in a warning. */
const reasons: Readonly<Record<string, string>> = {
  table: 'A table',
  html: 'HTML',
  directive: 'A container that is not known here',
  shortcode: 'A shortcode',
  math: 'A formula',
  mdx: 'MDX',
  abbreviation: 'An abbreviation',
  attributes: 'A list of attributes',
  alert: 'A note of GitHub’s',
  definition: 'A definition that no words use',
  footnote: 'A footnote that source refers to',
};

/**
 * Lines of source, as it came. Raw blocks that follow each other are one in a document: what stands
 * between them, which is blank lines, is of its source too.
 */
export function readRaw(
  node: RootContent,
  { format, what }: { format: RawFormat; what: string },
  context: FlowContext,
  sink: LineSink,
  holder: Holder,
): void {
  const reason = reasons[what] ?? 'This';
  const place = holder.own ? '' : ` out of ${holder.name}, as a block of its own`;
  context.warn(node, what, `${reason} has no form here: its source is kept${place}`);
  const attributes = { raw: format };
  const { start, end } = node.position ?? {};
  const text = sourceOf(node, context);
  const last = sink.lastRaw;
  if (last?.format === format && last.length === sink.ops.length) {
    const between = context.source.slice(last.end, start?.offset);
    const isBlank = holder.own === true && between.trim() === '';
    const blank = isBlank ? between.split('\n').slice(1, -1) : [''];
    for (const line of blank) sink.text(line, attributes);
  }
  const source = holder.own ? text : withoutSigns(text, (start?.column ?? 1) - 1);
  for (const line of source.split('\n')) sink.text(line, attributes);
  sink.lastRaw = { format, end: end?.offset ?? 0, length: sink.ops.length };
}

/** Source out of a quote or a list: the signs and spaces before all but its first line go. */
function withoutSigns(text: string, columns: number): string {
  const [first = '', ...more] = text.split('\n');
  return [first, ...more.map((line) => behindColumn(line, columns))].join('\n');
}

function behindColumn(line: string, columns: number): string {
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    if (column >= columns) return ' '.repeat(column - columns) + line.slice(i);
    const sign = line.charAt(i);
    if (!/[ \t>]/.test(sign)) return line.slice(i);
    column += sign === '\t' ? 4 - (column % 4) : 1;
  }
  return '';
}
