/*
 * Paragraphs that are no prose but source of what publishes a text: Hugo's and Jekyll's shortcodes,
 * mathematics, MDX, abbreviations. CommonMark has no name for them, so they are told by their words.
 */

/** What a paragraph is that is nothing but such source; undefined: prose. All linear in its length. */
export function rawParagraph(source: string): string | undefined {
  const text = source.trim();
  if (text.startsWith('$$')) return isMath(text) ? 'math' : undefined;
  if (text.startsWith('{')) return bracedKind(text);
  if (/^<[A-Z][\w.]*[\s/>]/.test(text)) return text.endsWith('>') ? 'mdx' : undefined;
  if (text.startsWith('*['))
    return text.split('\n').every(isAbbreviation) ? 'abbreviation' : undefined;
  return isModule(text) ? 'mdx' : undefined;
}

/** A tag alone in the first or last line of a block, by which blocks make one. */
export interface BlockTag {
  name: string;
  /** Whether it opens; otherwise it closes. */
  opens: boolean;
}

/** What the first line of a source opens, where it is nothing else. */
export function openingTag(source: string): string | undefined {
  const end = source.indexOf('\n');
  const line = (end < 0 ? source : source.slice(0, end)).trim();
  if (line === '$$') return line;
  const tag = readTag(line);
  return tag?.opens ? tag.name : undefined;
}

/** What the last line of a source closes, where it is nothing else. */
export function closingTag(source: string): string | undefined {
  const line = source.slice(source.lastIndexOf('\n') + 1).trim();
  if (line === '$$') return line;
  const tag = readTag(line);
  return tag && !tag.opens ? tag.name : undefined;
}

/** Tags whose inside is not Markdown, but program code or a formula. */
export function holdsCode(name: string): boolean {
  return /^(?:\$\$|.*:(?:highlight|raw|comment|code|verbatim|mermaid|math|katex|plantuml))$/.test(
    name,
  );
}

/** Of `{{< name … >}}`, `{{% name %}}` and `{% name %}` alone in a line. */
function readTag(line: string): BlockTag | undefined {
  const hugo = /^\{\{([<%])\s*(\/?)\s*([\w./-]+)/.exec(line);
  if (hugo && isTags(line) && countTags(line) === 1) {
    const [, sign = '', slash, name = ''] = hugo;
    return /\/\s*[>%]\}\}$/.test(line)
      ? undefined
      : { name: `${sign}:${name}`, opens: slash === '' };
  }
  const liquid = /^\{%-?\s*(end)?([\w-]+)/.exec(line);
  if (!liquid || !isTags(line) || countTags(line) !== 1) return undefined;
  return { name: `%:${liquid[2] ?? ''}`, opens: liquid[1] === undefined };
}

function bracedKind(text: string): string | undefined {
  if (/^\{:[^{}\n]*\}$/.test(text)) return 'attributes';
  if (text.startsWith('{/*')) return text.indexOf('*/}') === text.length - 3 ? 'mdx' : undefined;
  if (isTags(text)) return 'shortcode';
  const lines = text.split('\n');
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  return lines.length > 1 && isTags(first.trim()) && isTags(last.trim()) ? 'shortcode' : undefined;
}

/** Whether a text is `{{ … }}` and `{% … %}` only. */
function isTags(text: string): boolean {
  return countTags(text) > 0;
}

/** How many tags a text is; 0 where it holds anything else. */
function countTags(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    const sign = text.startsWith('{{', at) ? '}}' : text.startsWith('{%', at) ? '%}' : undefined;
    const end = sign === undefined ? -1 : text.indexOf(sign, at + 2);
    if (end < 0) return 0;
    at = end + 2;
    while (/\s/.test(text.charAt(at))) at += 1;
  }
  return count;
}

/** Between two `$$` with none inside; or one alone, which opens or closes a formula. */
function isMath(text: string): boolean {
  if (text === '$$') return true;
  return text.length > 4 && text.indexOf('$$', 2) === text.length - 2;
}

function isAbbreviation(line: string): boolean {
  return /^\*\[[^\]]+\]:/.test(line);
}

/** What MDX has of a program: imports, and exports of values. */
function isModule(text: string): boolean {
  if (text.startsWith('import ')) {
    return text
      .split(/\n(?=import )/)
      .every((one) => /^import (?:[\w*{}\s,]+ from )?(['"])[^'"\n]+\1;?\s*$/.test(one));
  }
  return /^export (?:(?:const|let|var) \w+ =|default [\w({[]|(?:async )?function\b)/.test(text);
}
