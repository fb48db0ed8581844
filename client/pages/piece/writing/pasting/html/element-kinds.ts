import type { Attributes } from '../../../../../../shared/document/index.ts';
import { readSign } from './list-signs.ts';
import type { Declarations } from '../styles/style.ts';

/* What lines an element makes, by its tag, its names, and what programs write of their own. */

/** Of a page that was copied from one of our pieces, such as the view of its history. */
export function argument(element: Element): Attributes | undefined {
  if (element.localName !== 'p') return undefined;
  const names = 'section[data-thesis],section[data-counterpoint]';
  const says = element.closest(`p[data-thesis],p[data-counterpoint],${names}`);
  const thesis = says?.getAttribute('data-thesis') ?? '';
  if (thesis !== '') return { thesis };
  const counterpoint = says?.getAttribute('data-counterpoint') ?? '';
  const answers = says?.getAttribute('data-answers') ?? '';
  if (counterpoint === '') return undefined;
  return { counterpoint, ...(answers !== '' && { answers }) };
}

/** What mail programs put around the message that is answered, where that is no `blockquote`. */
const answered = '.yahoo_quoted,#mail-editor-reference-message-container';

export function isQuote(element: Element): boolean {
  if (element.matches(answered)) return true;
  if (element.classList.contains('pullquote')) return true;
  if (element.matches('p.MsoQuote,p.MsoIntenseQuote')) return true;
  if (element.localName !== 'blockquote') return false;
  // What browsers write for text that is indented.
  const style = element.getAttribute('style') ?? '';
  return !(/border:\s*(?:none|medium)/.test(style) && /padding:\s*0/.test(style));
}

export function isCode(element: Element): boolean {
  if (element.matches('.ql-code-block')) return true;
  // A mail, and a poem.
  const isProse = element.matches('.moz-quote-pre,.wp-block-verse');
  return /^(?:pre|listing|xmp)$/.test(element.localName) && !isProse;
}

/** The title is the only heading of level 1; the body has three levels below it. */
export function headingLevel(element: Element, style: Declarations): number | undefined {
  const tag = /^h([1-6])$/.exec(element.localName)?.[1];
  const outline = element.localName === 'p' ? style.get('mso-outline-level') : undefined;
  const named = element.getAttribute('role') === 'heading';
  const title = element.matches('p.MsoTitle') ? '1' : undefined;
  const level =
    tag ?? title ?? outline ?? (named ? (element.getAttribute('aria-level') ?? '2') : '');
  const number = Number.parseInt(level, 10);
  return Number.isNaN(number) ? undefined : Math.min(4, Math.max(2, number));
}

/**
 * Word writes items as paragraphs that draw their own sign: "mso-list:l0 level2 lfo1". Where there is no
 * item (`plain`: in a heading, a note, a quote), or the sign says something, it is words of the line.
 */
export function wordItem(
  element: Element,
  style: Declarations,
  plain: boolean,
): { kind: Attributes; number?: number } | undefined {
  const level = /level(\d)/.exec(style.get('mso-list') ?? '')?.[1];
  const drawn = level === undefined ? null : element.querySelector('[style*="mso-list:Ignore" i]');
  const sign = drawn && readSign(drawn.textContent);
  if (level === undefined || !drawn) return undefined;
  if (!sign) return undefined;
  if (plain) {
    drawn.textContent = sign.ordered ? `${drawn.textContent.trim()} ` : '- ';
    return undefined;
  }
  drawn.remove();
  const indent = Number(level) - 1;
  const kind = { ...(indent > 0 && { indent }), list: sign.ordered ? 'ordered' : 'bullet' };
  return { kind, ...(sign.number !== undefined && { number: sign.number }) };
}

/** The level of an item that is not within its list: from 0. */
export function namedLevel(item: Element): number {
  const from1 = item.getAttribute('aria-level') ?? item.getAttribute('data-aria-level');
  const from0 =
    item.getAttribute('data-stringify-indent') ??
    /ql-indent-(\d)/.exec(item.className)?.[1] ??
    /\blst-kix_\w+-(\d)/.exec(item.parentElement?.className ?? '')?.[1];
  return (from1 === null ? Number(from0 ?? 0) : Number(from1) - 1) || 0;
}

/** A space that a browser put there so that it would not collapse. */
export function isBlankSpan(element: Element): boolean {
  if (element.localName !== 'span' || element.childElementCount > 0) return false;
  if (!/^[ \u00A0]$/.test(element.textContent)) return false;
  return element.attributes.length === 0 || element.className === 'Apple-converted-space';
}

export function isLineBreak(element: Element): boolean {
  return element.getAttribute('data-stringify-type') === 'paragraph-break';
}
