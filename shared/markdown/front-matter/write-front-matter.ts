import type { HeadField } from '../../document/head.ts';
import type { Meta } from '../../document/meta.ts';
import type { MarkedText } from './read-front-matter.ts';
import { writeFields } from './write-yaml.ts';

/** A title or standfirst as it is written. */
export interface HeadEntry extends MarkedText {
  field: HeadField;
  text: string;
}

/** Front matter with its fences, or '' when there is nothing in it. */
export function writeFrontMatter(
  head: readonly HeadEntry[],
  meta: Meta | undefined,
  unterminated: boolean,
): string {
  const lines = head.flatMap(({ field, text, markdown, delta }) => [
    ...(text === '' && delta === undefined ? [] : [`${field}: ${writeScalar(text)}`]),
    ...(markdown === undefined ? [] : [`${field}Markdown: ${writeScalar(markdown)}`]),
    ...(delta === undefined ? [] : [`${field}Delta: ${writeScalar(delta)}`]),
  ]);
  if (meta !== undefined) lines.push(...writeFields(meta));
  if (unterminated) lines.push('unterminated: true');
  return lines.length === 0 ? '' : ['---', ...lines, '---'].join('\n');
}

/** Front matter that says nothing, before a text that would be read as some. */
export const emptyFrontMatter = '---\n---';

/**
 * A string as YAML: plain where it is words and nothing a YAML reader could take for a number, a
 * date or a sign, and otherwise as JSON, the only quoting that holds any string on one line.
 */
function writeScalar(text: string): string {
  const plain = /^\p{L}[\p{L}\p{N},.;!?()’‘“”–—-]*(?: [\p{L}\p{N},.;!?()’‘“”–—-]+)+$/u;
  return plain.test(text) ? text : JSON.stringify(text);
}
