import { groupBlocks, readBlocks, type Block, type Line, type Span } from './blocks.ts';
import { linkAddress } from './link-address.ts';
import type { DocumentModel } from './model.ts';
import type { DeltaOp, LineKind } from './schema.ts';

/** A document as HTML, without a page around it; every text in it is escaped. */
export function documentHtml({ title, standfirst, body, footnotes }: DocumentModel): string {
  const notes = Object.entries(footnotes).map(
    ([id, text]) => `<li id="fn-${escapeHtml(id)}">${linesHtml(text)}</li>`,
  );
  return [
    title === '' ? '' : `<h1>${escapeHtml(title)}</h1>`,
    standfirst === '' ? '' : `<p><em>${escapeHtml(standfirst)}</em></p>`,
    ...groupBlocks(readBlocks(body)).map(blockHtml),
    notes.length === 0 ? '' : `<section><ol>${notes.join('')}</ol></section>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function linesHtml(delta: readonly DeltaOp[]): string {
  return readBlocks(delta)
    .map(({ spans }) => `<p>${spansHtml(spans)}</p>`)
    .join('');
}

function blockHtml({ lines }: Block): string {
  const [first] = lines;
  switch (first.kind) {
    case 'list':
      return listHtml(lines);
    case 'code': {
      const text = lines.map(({ spans }) => spansHtml(spans)).join('\n');
      return `<pre><code>${text}\n</code></pre>`;
    }
    case 'paragraph':
    case 'heading':
    case 'quote':
    case 'thesis':
    case 'counterpoint':
      return wrapHtml(first, lines.map((line) => lineHtml(line, spansHtml(line.spans))).join('\n'));
  }
}

/** The items of a list, each in the list of its style and depth. */
function listHtml(lines: readonly Line[]): string {
  const open: string[] = [];
  let html = '';
  for (const line of lines) {
    if (line.kind !== 'list') continue;
    const tag = line.style === 'ordered' ? 'ol' : 'ul';
    const depth = line.indent + 1;
    while (open.length > depth || (open.length === depth && open.at(-1) !== tag)) {
      html += `</li></${open.pop()}>`;
    }
    if (open.length === depth) html += '</li><li>';
    for (; open.length < depth; open.push(tag)) html += `<${tag}><li>`;
    html += spansHtml(line.spans);
  }
  for (let tag = open.pop(); tag !== undefined; tag = open.pop()) html += `</li></${tag}>`;
  return html;
}

/** A line, with what it says already as HTML, in the element that it is. */
export function lineHtml(kind: LineKind, inner: string): string {
  return kind.kind === 'heading' ? `<h${kind.level}>${inner}</h${kind.level}>` : `<p>${inner}</p>`;
}

function wrapHtml(kind: LineKind, inner: string): string {
  switch (kind.kind) {
    case 'quote':
      return `<blockquote>${inner}</blockquote>`;
    case 'thesis':
      return `<section data-thesis="${escapeHtml(kind.id)}">${inner}</section>`;
    case 'counterpoint': {
      const answers =
        kind.answers === undefined ? '' : ` data-answers="${escapeHtml(kind.answers)}"`;
      return `<section data-counterpoint="${escapeHtml(kind.id)}"${answers}>${inner}</section>`;
    }
    case 'paragraph':
    case 'heading':
    case 'list':
    case 'code':
      return inner;
  }
}

function spansHtml(spans: readonly Span[]): string {
  return spans.map(spanHtml).join('');
}

export function spanHtml(span: Span): string {
  if ('embed' in span) {
    const { embed } = span;
    if (embed.kind === 'divider') return '<hr>';
    if (embed.kind === 'footnote') {
      return `<sup><a href="#fn-${escapeHtml(embed.id)}">${escapeHtml(embed.id)}</a></sup>`;
    }
    return '';
  }
  const { bold, italic, strike, code, link } = span.marks;
  let html = escapeHtml(span.text);
  if (code) html = `<code>${html}</code>`;
  if (strike) html = `<s>${html}</s>`;
  if (italic) html = `<em>${html}</em>`;
  if (bold) html = `<strong>${html}</strong>`;
  const { href } = linkAddress(link ?? '');
  if (href !== undefined) html = `<a href="${escapeHtml(href)}">${html}</a>`;
  return html;
}
