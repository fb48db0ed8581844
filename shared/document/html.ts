import { readBlocks, type Span } from './blocks.ts';
import { blocksHtml, escapeHtml, lineHtml, spansHtml, type HtmlLook } from './html-blocks.ts';
import type { DocumentModel } from './model.ts';
import { numberNotes } from './note-numbers.ts';
import type { DeltaOp } from './schema.ts';

export { escapeHtml } from './html-blocks.ts';

/** A document as HTML, without a page around it; every text in it is escaped. */
export function documentHtml({ title, standfirst, body, footnotes }: DocumentModel): string {
  const lines = readBlocks(body);
  const numbers = numberNotes(lines, footnotes);
  const look: HtmlLook = {
    argument: 'around',
    note: (id) => {
      const name = escapeHtml(id);
      return `<sup><a href="#fn-${name}">${numbers.get(id) ?? ''}</a></sup>`;
    },
    unknown: () => '⋯',
  };
  // Also those that no mark leads to: a version is shown with all that it holds.
  const ids = new Set([...numbers.keys(), ...Object.keys(footnotes)]);
  const notes = [...ids].map(
    (id) =>
      `<li id="fn-${escapeHtml(id)}">${noteHtml(Object.hasOwn(footnotes, id) ? (footnotes[id] ?? []) : [], look)}</li>`,
  );
  return [
    title === '' ? '' : `<h1>${escapeHtml(title)}</h1>`,
    standfirst === '' ? '' : `<p><em>${escapeHtml(standfirst)}</em></p>`,
    ...blocksHtml(lines, look),
    notes.length === 0 ? '' : `<section><ol>${notes.join('')}</ol></section>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
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
