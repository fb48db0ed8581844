import { readBlocks, type Span } from '../blocks.ts';
import {
  blocksHtml,
  escapeHtml,
  lineHtml,
  spansHtml,
  type HtmlLook,
  type RawHtml,
} from './html-blocks.ts';
import { headDelta, headSpans, inItalics } from '../head.ts';
import type { DocumentModel } from '../model.ts';
import { numberNotes } from './note-numbers.ts';
import type { DeltaOp } from '../schema.ts';

export { escapeHtml } from './html-blocks.ts';

/**
 * A document as HTML, without a page around it; every text in it is escaped. `raw` renders raw
 * blocks, whose source is shown without it.
 */
export function documentHtml(model: DocumentModel, raw?: RawHtml): string {
  const { body, footnotes } = model;
  const lines = readBlocks(body);
  const numbers = numberNotes(lines, footnotes);
  const look: HtmlLook = {
    argument: 'around',
    note: (id) => {
      const name = escapeHtml(id);
      return `<sup><a href="#fn-${name}" role="doc-noteref">${numbers.get(id) ?? ''}</a></sup>`;
    },
    unknown: () => '⋯',
    ...(raw && { raw }),
  };
  // Also those that no mark leads to: a version is shown with all that it holds.
  const ids = new Set([...numbers.keys(), ...Object.keys(footnotes)]);
  const notes = [...ids].map(
    (id) =>
      `<li id="fn-${escapeHtml(id)}">${noteHtml(Object.hasOwn(footnotes, id) ? (footnotes[id] ?? []) : [], look)}</li>`,
  );
  return [
    titleHtml(headSpans(headDelta(model, 'title'))),
    standfirstHtml(headSpans(headDelta(model, 'standfirst'))),
    ...blocksHtml(lines, look),
    notes.length === 0 ? '' : `<section role="doc-endnotes"><ol>${notes.join('')}</ol></section>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** A title has no notes of its own, and no dividers: what another program put there is a sign. */
const headLook: HtmlLook = { argument: 'around', note: () => '⋯', unknown: () => '⋯' };

export function titleHtml(spans: readonly Span[]): string {
  return spans.length === 0 ? '' : `<h1>${spansHtml(spans, headLook)}</h1>`;
}

/** In italics, in which words that were so by themselves are upright. */
export function standfirstHtml(spans: readonly Span[]): string {
  if (spans.length === 0) return '';
  const parts: { italic: boolean; spans: Span[] }[] = [];
  for (const span of inItalics(spans)) {
    const { italic = false, ...marks } = span.marks;
    const last = parts.at(-1);
    if (last?.italic === italic) last.spans.push({ ...span, marks });
    else parts.push({ italic, spans: [{ ...span, marks }] });
  }
  const html = parts.map((part) => {
    const inner = spansHtml(part.spans, headLook);
    return part.italic ? `<em>${inner}</em>` : inner;
  });
  return `<p>${html.join('')}</p>`;
}

/** The paragraphs of a note. */
export function noteHtml(delta: readonly DeltaOp[], look: HtmlLook): string {
  return readBlocks(delta)
    .map(({ spans }) => noteLine(spans, look))
    .join('');
}

function noteLine(spans: readonly Span[], look: HtmlLook): string {
  return lineHtml({ kind: 'paragraph' }, spansHtml(spans, look));
}

/** One stretch of a line by itself, its note named by its id. */
export function spanHtml(span: Span): string {
  return spansHtml([span], {
    argument: 'around',
    note: (id) => `<sup><a href="#fn-${escapeHtml(id)}">${escapeHtml(id)}</a></sup>`,
    unknown: () => '',
  });
}
