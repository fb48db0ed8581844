import { groupBlocks, lineText, type Block, type Line, type Span } from '../blocks.ts';
import { linkAddress } from '../link-address.ts';
import { countLine, noCounts, type ListCounts } from './list-numbers.ts';
import type { LineKind, RawFormat } from '../schema.ts';

/** What differs between the HTML of a document and that of a copy. */
export interface HtmlLook {
  /** Whether theses and counterpoints are elements around their lines, attributes of each, or neither. */
  readonly argument: 'around' | 'each' | 'none';
  /** A note's mark. */
  readonly note: (id: string) => string;
  /** An embed that is not known here. */
  readonly unknown: (value: object) => string;
  /** What a raw block shows; without it, its source. */
  readonly raw?: RawHtml;
  /** The numbers that lists go on from; without them, they begin. */
  readonly counts?: ListCounts;
}

/** HTML that is safe in any page, of the source in a raw block. */
export type RawHtml = (source: string, format: RawFormat) => string;

/** The HTML of each block. */
export function blocksHtml(lines: readonly Line[], look: HtmlLook): string[] {
  // Only the first block can be the rest of a list.
  return groupBlocks(lines).map((block, i) =>
    blockHtml(block, look, (i === 0 && look.counts) || noCounts),
  );
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function blockHtml({ lines }: Block, look: HtmlLook, counts: ListCounts): string {
  const [first] = lines;
  switch (first.kind) {
    case 'list':
      return listHtml(lines, look, counts);
    case 'code':
      return codeHtml(lines, look);
    case 'raw':
      if (look.raw === undefined) return codeHtml(lines, look);
      return look.raw(lines.map(lineText).join('\n'), first.format);
    case 'paragraph':
    case 'heading':
      return dividedHtml(first, look);
    case 'quote':
    case 'thesis':
    case 'counterpoint':
      return wrapHtml(first, lines.map((line) => dividedHtml(line, look)).join(''), look);
  }
}

/** A line, cut where dividers stand in it: HTML has none within a paragraph. */
function dividedHtml(line: Line, look: HtmlLook): string {
  const each = look.argument === 'each';
  return divide(line.spans)
    .map((spans) => {
      if (spans === 'divider') return '<hr>';
      // Programs that paste a line show it only where it holds something.
      const inner = spansHtml(spans, look) || (each ? '<br>' : '');
      return lineHtml(line, inner, each ? argumentAttributes(line) : '', spaced(spans, look));
    })
    .join('');
}

/** What stands between the dividers of a line, with them; nothing where there is nothing. */
export function divide(spans: readonly Span[]): (Span[] | 'divider')[] {
  const parts: (Span[] | 'divider')[] = [];
  let part: Span[] = [];
  const flush = () => {
    if (part.length > 0) parts.push(part);
    part = [];
  };
  for (const span of spans) {
    if ('embed' in span && span.embed.kind === 'divider') {
      flush();
      parts.push('divider');
    } else part.push(span);
  }
  flush();
  return parts.length > 0 ? parts : [[]];
}

function codeHtml(lines: readonly Line[], look: HtmlLook): string {
  const end = look.argument === 'each' ? '' : '\n';
  let texts: string[] = [];
  let html = '';
  const flush = () => {
    if (texts.length > 0) html += `<pre><code>${texts.join('\n')}${end}</code></pre>`;
    texts = [];
  };
  for (const part of lines.flatMap(({ spans }) => divide(spans))) {
    if (part !== 'divider') texts.push(spansHtml(part, look));
    else {
      flush();
      html += '<hr>';
    }
  }
  flush();
  return html;
}

interface OpenList {
  tag: string;
  /** Whether an item is open in it. A level that was skipped has none, and shows no bullet. */
  item: boolean;
}

/** The items of a list, each in the list of its style and depth, with the numbers that were seen. */
function listHtml(lines: readonly Line[], look: HtmlLook, counts: ListCounts): string {
  const open: OpenList[] = [];
  let html = '';
  const close = () => {
    const list = open.pop();
    if (list) html += `${list.item ? '</li>' : ''}</${list.tag}>`;
  };
  for (const line of lines) {
    if (line.kind !== 'list') continue;
    counts = countLine(counts, line);
    const tag = line.style === 'ordered' ? 'ol' : 'ul';
    const depth = line.indent + 1;
    while (open.length > depth || (open.length === depth && open.at(-1)?.tag !== tag)) close();
    while (open.length < depth) {
      const number = open.length === depth - 1 && tag === 'ol' ? counts[line.indent] : 1;
      html += number === 1 ? `<${tag}>` : `<${tag} start="${number}">`;
      open.push({ tag, item: false });
    }
    const list = open.at(-1);
    if (list?.item) html += '</li>';
    if (list) list.item = true;
    html += `<li${spaceAttribute(spaced(line.spans, look))}>${spansHtml(line.spans, look)}`;
  }
  while (open.length > 0) close();
  return html;
}

/** A line, with what it says already as HTML, in the element that it is. */
export function lineHtml(
  kind: LineKind,
  inner: string,
  attributes = '',
  spans: readonly Span[] = [],
): string {
  const tag = kind.kind === 'heading' ? `h${kind.level}` : 'p';
  return `<${tag}${attributes}${spaceAttribute(spans)}>${inner}</${tag}>`;
}

function wrapHtml(kind: LineKind, inner: string, { argument }: HtmlLook): string {
  if (kind.kind === 'quote') return `<blockquote>${inner}</blockquote>`;
  return argument !== 'around' ? inner : `<section${argumentAttributes(kind)}>${inner}</section>`;
}

function argumentAttributes(kind: LineKind): string {
  if (kind.kind === 'thesis') return ` data-thesis="${escapeHtml(kind.id)}"`;
  if (kind.kind !== 'counterpoint') return '';
  const answers = kind.answers === undefined ? '' : ` data-answers="${escapeHtml(kind.answers)}"`;
  return ` data-counterpoint="${escapeHtml(kind.id)}"${answers}`;
}

/** What is published has no styles: readers see one space, as Markdown has it. */
function spaced(spans: readonly Span[], { argument }: HtmlLook): readonly Span[] {
  return argument === 'none' ? [] : spans;
}

/** Spaces that HTML would make one, and that were seen, are kept by a style. */
export function spaceAttribute(spans: readonly Span[]): string {
  const text = spans.map((span) => ('text' in span ? span.text : '\uFFFC')).join('');
  return /^[ \t]|[ \t]{2}|[\t\u2028]|[ \t]$/.test(text) ? ' style="white-space: pre-wrap"' : '';
}

/** The content of a line. Marks that go on from one stretch to the next are one element. */
export function spansHtml(spans: readonly Span[], look: HtmlLook): string {
  let html = '';
  let open: string[] = [];
  const closeTo = (depth: number) => {
    for (const tag of open.slice(depth).reverse()) html += `</${/^\w+/.exec(tag)?.[0] ?? ''}>`;
    open = open.slice(0, depth);
  };
  for (const span of spans) {
    const wanted = tagsOf(span);
    const kept = wanted.findIndex((tag, i) => open[i] !== tag);
    closeTo(kept < 0 ? wanted.length : kept);
    for (const tag of wanted.slice(open.length)) html += `<${tag}>`;
    open = wanted;
    html += 'text' in span ? escapeHtml(span.text) : embedHtml(span, look);
  }
  closeTo(0);
  return html;
}

/** The elements around a stretch, the outermost first. */
function tagsOf({ marks: { link, bold, italic, strike, code } }: Span): string[] {
  const href = link === undefined ? undefined : linkAddress(link).href;
  return [
    ...(href === undefined ? [] : [`a href="${escapeHtml(href)}"`]),
    ...(bold ? ['strong'] : []),
    ...(italic ? ['em'] : []),
    ...(strike ? ['s'] : []),
    ...(code ? ['code'] : []),
  ];
}

function embedHtml(span: Extract<Span, { embed: unknown }>, look: HtmlLook): string {
  switch (span.embed.kind) {
    case 'divider':
      return '<hr>';
    case 'footnote':
      return look.note(span.embed.id);
    case 'unknown':
      return look.unknown(span.embed.value);
  }
}
