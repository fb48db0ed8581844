import { headDelta, headSpans } from '../../shared/document/head.ts';
import type { DocumentModel } from '../../shared/document/model.ts';
import {
  blocksHtml,
  type HtmlLook,
  type RawHtml,
} from '../../shared/document/render/html-blocks.ts';
import {
  escapeHtml,
  noteHtml,
  standfirstHtml,
  titleHtml,
} from '../../shared/document/render/html.ts';
import type { DeltaOp } from '../../shared/document/schema.ts';
import { publishable } from '../../shared/markdown/export/publishable.ts';

/**
 * What readers see of a document as an HTML page of one `<article>`: plain elements with no classes,
 * theses and counterpoints as paragraphs, notes as a list with links back. A page of its own, so that
 * who opens the file sees its letters; what a CMS takes is the article in it.
 */
export function articleHtml(model: DocumentModel, raw: RawHtml): string {
  const { lines, footnotes } = publishable(model);
  const notes = new Notes(footnotes);
  const look: HtmlLook = {
    ...{ argument: 'none', raw, unknown: () => '' },
    note: (label) => notes.mark(label),
  };
  const head = [
    titleHtml(headSpans(headDelta(model, 'title'))),
    standfirstHtml(headSpans(headDelta(model, 'standfirst'))),
  ].filter((part) => part !== '');
  const body = blocksHtml(lines, look);
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    `<title>${escapeHtml(model.title)}</title>`,
    '<article>',
    ...(head.length > 0 ? ['<header>', ...head, '</header>'] : []),
    ...body,
    ...notes.list(look),
    '</article>',
    '',
  ].join('\n');
}

/** The notes of an article, by number, and the places that refer to them. */
class Notes {
  readonly #footnotes: readonly (readonly DeltaOp[])[];
  readonly #numbers: ReadonlyMap<string, number>;
  /** Ids, by number. */
  readonly #marks = new Map<number, string[]>();

  /** In the order in which they are referred to. */
  constructor(footnotes: Readonly<Record<string, readonly DeltaOp[]>>) {
    this.#footnotes = Object.values(footnotes);
    this.#numbers = new Map(Object.keys(footnotes).map((label, i) => [label, i + 1]));
  }

  mark(label: string): string {
    const number = this.#numbers.get(label);
    if (number === undefined) return '';
    const marks = this.#marks.get(number) ?? [];
    this.#marks.set(number, marks);
    const id = marks.length === 0 ? `fnref-${number}` : `fnref-${number}-${marks.length + 1}`;
    marks.push(id);
    return `<sup><a href="#fn-${number}" id="${id}" role="doc-noteref">${number}</a></sup>`;
  }

  list(look: HtmlLook): string[] {
    if (this.#footnotes.length === 0) return [];
    // All are written before their links back: a note may refer to another, or to itself.
    const written = this.#footnotes.map((delta) => noteHtml(delta, look));
    const items = written.map((note, i) => {
      const back = (this.#marks.get(i + 1) ?? []).map(
        (id) => ` <a href="#${id}" role="doc-backlink" aria-label="Back to the text">↩︎</a>`,
      );
      const html = (note || '<p></p>').replace(/<\/p>$/, `${back.join('')}</p>`);
      return `<li id="fn-${i + 1}">${html}</li>`;
    });
    return ['<section role="doc-endnotes">', '<ol>', ...items, '</ol>', '</section>'];
  }
}
