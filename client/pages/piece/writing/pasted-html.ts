import { Plugin } from 'prosemirror-state';
import { safeHref } from '../../../editor/index.ts';
import { isOwnCopy } from './clipboard/load-clipboard.ts';

/** Elements that become a line of their own. */
const lines = 'p,h1,h2,h3,h4,h5,h6,li,blockquote,div,dt,dd,figcaption';
const blocks = `${lines},ul,ol,table,section,article,pre,hr`;
/** What of an element without words is to stay. */
const wordless = 'hr,[data-footnote],[data-embed]';

/** Makes clean blocks of what comes from Word, Google Docs and web pages. */
export function cleanPasting(): Plugin {
  return new Plugin({ props: { transformPastedHTML: (html) => cleanHtml(html) } });
}

/**
 * HTML of another program, as what our schema reads: a line for each line that was seen, lists where
 * Word has paragraphs with a drawn bullet, no empty lines, which are the others' way to keep
 * paragraphs apart. What is inside a line stays for the schema to read.
 */
export function cleanHtml(html: string): string {
  if (isOwnCopy(html)) return html;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const each of body.querySelectorAll('style,script,title,o\\:p')) each.remove();
  listWordItems(body);
  nameWordStyles(body);
  for (const link of body.querySelectorAll('a')) if (!leadsOn(link)) unwrap(link);
  for (const code of body.querySelectorAll('pre code')) unwrap(code);
  for (const row of body.querySelectorAll('tr')) rowToLine(row);
  for (const br of body.querySelectorAll('br')) breakLine(br);
  trimLooseText(body);
  for (const line of body.querySelectorAll(lines)) {
    const words = line.textContent.replace(/[\s\u00A0]+/g, '');
    if (words === '' && !line.querySelector(wordless)) line.remove();
  }
  return body.innerHTML;
}

/** Neither to a place within what it was copied from, nor to a script. */
function leadsOn(link: HTMLAnchorElement): boolean {
  const href = link.getAttribute('href') ?? '#';
  return !href.startsWith('#') && safeHref(href).href !== undefined;
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

/** Word writes "mso-list:l0 level2 lfo1" on a paragraph, and the bullet or number into it. */
function listWordItems(body: HTMLElement): void {
  for (const item of body.querySelectorAll('p[style*="mso-list:"]')) {
    const level = /mso-list:[^;]*level(\d)/i.exec(item.getAttribute('style') ?? '')?.[1];
    const marker = item.querySelector('[style*="mso-list:Ignore"]');
    if (level === undefined || !marker) continue;
    const ordered = /^\s*\(?([\divx]+|[a-z])[.)]/i.test(marker.textContent);
    marker.remove();
    item.setAttribute('data-list', ordered ? 'ordered' : 'bullet');
    item.setAttribute('data-indent', String(Number(level) - 1));
  }
}

function nameWordStyles(body: HTMLElement): void {
  const named = [
    ['p.MsoTitle', 'h2'],
    ['p.MsoQuote,p.MsoIntenseQuote', 'blockquote'],
  ] as const;
  for (const [selector, name] of named) {
    for (const line of body.querySelectorAll(selector)) {
      const element = body.ownerDocument.createElement(name);
      element.append(...line.childNodes);
      line.replaceWith(element);
    }
  }
}

/** A body has no tables: a row is a line, its cells apart. */
function rowToLine(row: HTMLTableRowElement): void {
  const line = row.ownerDocument.createElement('p');
  for (const [number, cell] of [...row.cells].entries()) {
    if (number > 0) line.append(' | ');
    line.append(cell.textContent.trim());
  }
  row.closest('table')?.before(line);
  row.remove();
}

/** Text beside lines becomes a line; the spaces that indent it in the source are not of it. */
function trimLooseText(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const { previousSibling: before, nextSibling: after, textContent } = text;
    if (textContent === null || text.parentElement?.closest('pre')) continue;
    const isBlock = (node: Node | null) => node instanceof Element && node.matches(blocks);
    if (isBlock(before)) text.textContent = textContent.trimStart();
    if (isBlock(after)) text.textContent = (text.textContent ?? '').trimEnd();
  }
}

/** A line that is broken in the middle is two lines of its kind. */
function breakLine(br: HTMLBRElement): void {
  const page = br.ownerDocument;
  if (br.closest('pre')) {
    br.replaceWith('\n');
    return;
  }
  const line = br.closest<HTMLElement>(lines);
  if (!line || line.querySelector(blocks)) {
    // Between lines, or in text that is in no line: the schema begins another line here.
    br.replaceWith(page.createElement('section'));
    return;
  }
  const before = page.createRange();
  before.setStart(line, 0);
  before.setEndBefore(br);
  const first = line.cloneNode() as HTMLElement;
  first.append(before.extractContents());
  line.before(first);
  br.remove();
}
