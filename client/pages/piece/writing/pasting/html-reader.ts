import { linkAddress, maxIndent, type Attributes } from '../../../../../shared/document/index.ts';
import type { FoundNotes } from './footnotes.ts';
import type { LineWriter } from './line-writer.ts';
import { hasNoRoom, isHidden, lookWithin, type Look } from './look.ts';
import { box, playedAddress, readFormula, readPicture, shownValue, taskState } from './replaced.ts';
import type { Declarations, Styles } from './style.ts';
import { dataRows } from './tables.ts';
import type { Notices } from './told.ts';

/** Where an element stands: what its words look like, and what its lines are. */
export interface Around {
  readonly look: Look;
  readonly kind: Attributes;
  /** All lines are of this kind, whatever they are in: in a quote, in a note. */
  readonly flat?: Attributes;
  readonly list?: { readonly ordered: boolean; readonly indent: number; next: number } | undefined;
  /** All of it is one line: what a line is says nothing there. */
  readonly line?: boolean;
  readonly quotes: number;
  /** Its children are boxes beside or below each other, whatever they are (flex, grid). */
  readonly apart?: boolean;
}

export interface ReaderParts {
  readonly styles: Styles;
  readonly writer: LineWriter;
  readonly notices: Notices;
  readonly notes: FoundNotes;
  /** Writes what stands for a note's mark. */
  readonly mark: (id: string, around: Around) => void;
}

type Handler = (element: Element, around: Around, style: Declarations) => void;

const blockTags = new Set(
  'p,div,h1,h2,h3,h4,h5,h6,ul,ol,li,dl,dt,dd,blockquote,pre,table,caption,tbody,thead,tfoot,tr,td,th,section,article,aside,header,footer,main,nav,figure,figcaption,details,summary,fieldset,legend,form,address,center,hgroup,search,menu,dir,listing,xmp,body,html,dialog'.split(
    ',',
  ),
);

/** Reads what is seen of elements into lines. The document is inert: it loads and runs nothing. */
export class HtmlReader {
  readonly #parts: ReaderParts;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    const player: Handler = (element, around) => this.#player(element, around);
    const control: Handler = (element, around) => {
      const { writer } = parts;
      const shown = shownValue(element) ?? '';
      if (/^[☐☑]/.test(shown)) writer.sign(shown, around.look);
      else writer.text(shown, { ...around.look, space: 'kept' });
    };
    this.#handlers = {
      br: () => parts.writer.break(),
      hr: (_element, around) => this.#divider(around),
      img: (element, around) => this.#picture(element, around),
      iframe: player,
      video: player,
      audio: player,
      embed: player,
      object: player,
      input: control,
      select: control,
      math: (element, around) => this.#formula(element, around),
      table: (element, around, style) => this.#table(element as HTMLTableElement, around, style),
      q: (element, around) => this.#quoted(element, around),
      rt: (element, around) => this.#enclosed(element, around, '(', ')'),
      ul: (element, around) => this.#list(element, around),
      ol: (element, around) => this.#list(element, around),
      menu: (element, around) => this.#list(element, around),
      li: (element, around) => this.#item(element, around),
    };
  }

  children(parent: Node, around: Around): void {
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === Node.TEXT_NODE) this.#text(node, around);
      else if (node.nodeType === Node.ELEMENT_NODE) this.#element(node as Element, around);
    }
  }

  #text(node: Node, { look }: Around): void {
    this.#parts.writer.text(node.nodeValue ?? '', look);
  }

  #element(element: Element, around: Around): void {
    const { styles, notes, mark, writer } = this.#parts;
    const note = notes.marks.get(element);
    if (note !== undefined) return mark(note, around);
    const style = styles.of(element);
    if (isHidden(element, style) || (hasNoRoom(style) && isBox(element, style))) return;
    const look = lookWithin(element, around.look, style);
    if (notes.lost.has(element)) {
      const label = element.textContent.trim().replace(/^\[|\]$/g, '');
      return writer.text(`[${label}]`, { ...look, script: undefined });
    }
    const apart = /flex|grid/.test(style.get('display') ?? '');
    const isSame = look === around.look && apart === (around.apart ?? false);
    const within = isSame ? around : { ...around, look, apart };
    const handle = this.#handlers[element.localName];
    if (handle) return handle(element, within, style);
    if (element.classList.contains('katex')) return this.#katex(element, within);
    if (element.localName === 'a') return this.#link(element, within, around.apart);
    if (isBlankSpan(element)) return writer.text(' ', within.look);
    if (isLineBreak(element)) writer.break();
    if (around.apart || isBlock(element, style)) this.#block(element, within, style);
    else this.children(element, within);
  }

  #block(element: Element, around: Around, style: Declarations): void {
    const { writer } = this.#parts;
    const level = headingLevel(element, style);
    const item = wordItem(element, style);
    const argued = around.flat ? undefined : argument(element);
    if (level !== undefined) {
      const plain = around.flat ?? (around.list && around.kind);
      const bold = { ...around, look: { ...around.look, bold: around.line !== true } };
      if (plain) this.#lines(plain, () => this.children(element, bold), around);
      else writer.join({ header: level }, () => this.children(element, around));
      writer.begin(around.kind);
    } else if (item && !around.flat) {
      this.#lines(item, () => this.children(element, { ...around, kind: item }), around, true);
    } else if (argued) {
      this.#lines(argued, () => this.children(element, { ...around, kind: argued }), around);
    } else if (isQuote(element)) {
      const flat = around.flat ?? { blockquote: true };
      this.#lines(
        flat,
        () => this.children(element, { ...around, list: undefined, flat, kind: flat }),
        around,
      );
    } else if (isCode(element)) {
      const kind = around.flat ?? { 'code-block': true };
      const look = around.flat ? { ...around.look, code: true } : around.look;
      this.#lines(kind, () => this.children(element, { ...around, kind, look }), around);
    } else this.#lines(around.kind, () => this.children(element, around), around);
  }

  /** Lines of their own, and then again of what is around. */
  #lines(kind: Attributes, write: () => void, around: Around, item = false): void {
    const { writer } = this.#parts;
    writer.begin(kind, item);
    write();
    writer.begin(around.kind);
  }

  #list(list: Element, around: Around): void {
    const ordered = list.localName === 'ol';
    const start = Number.parseInt(list.getAttribute('start') ?? '1', 10);
    const named = Number.parseInt(list.getAttribute('data-indent') ?? '', 10);
    const indent = around.list ? around.list.indent + 1 : named > 0 ? named : 0;
    const last = this.#parts.writer.lastKind?.['list'];
    if (ordered && start > 1 && last !== 'ordered') this.#parts.notices.tell('listStart');
    if (around.flat && !around.line) this.#parts.notices.tell('listInQuote');
    const within = { ...around, list: { ordered, indent, next: start } };
    this.#lines(around.kind, () => this.children(list, within), around);
  }

  #item(item: Element, around: Around): void {
    const { writer } = this.#parts;
    const list = around.list ?? { ordered: false, indent: 0, next: 1 };
    const ordered = item.getAttribute('data-list')?.startsWith('ordered') ?? list.ordered;
    const indent = Math.min(maxIndent, Math.max(list.indent, namedLevel(item)));
    const kind = around.flat ?? {
      ...(indent > 0 && { indent }),
      list: ordered ? 'ordered' : 'bullet',
    };
    const done = taskState(item);
    const number = list.next++;
    const write = () => {
      if (around.flat && !around.line) writer.sign(ordered ? `${number}. ` : '- ', around.look);
      if (done !== undefined) writer.sign(box(done), around.look);
      this.children(item, { ...around, kind, list: { ...list, indent } });
    };
    this.#lines(kind, write, around, true);
  }

  #table(table: HTMLTableElement, around: Around, style: Declarations): void {
    const { styles, writer, notices } = this.#parts;
    const rows = dataRows(table, styles);
    if (!rows) return this.#block(table, around, style);
    notices.tell('table');
    writer.begin(around.kind);
    if (table.caption) this.#element(table.caption, around);
    for (const cells of rows) {
      writer.join(around.kind, () => {
        for (const [number, cell] of cells.entries()) {
          if (number > 0) writer.sign(' | ', around.look);
          this.#element(cell, around);
        }
      });
    }
    writer.begin(around.kind);
  }

  #link(link: Element, around: Around, apart = false): void {
    const href = link.getAttribute('href');
    // A place within what it was copied from leads nowhere here.
    const leads =
      href !== null && !href.trim().startsWith('#') ? linkAddress(href).href : undefined;
    const within =
      leads === undefined ? around : { ...around, look: { ...around.look, link: leads } };
    const style = this.#parts.styles.of(link);
    if (apart || isBlock(link, style)) this.#block(link, within, style);
    else this.children(link, within);
  }

  #divider(around: Around): void {
    const { writer } = this.#parts;
    writer.begin(around.flat && !('blockquote' in around.flat) ? around.flat : {});
    writer.embed({ divider: true });
    writer.begin(around.kind);
  }

  #picture(image: Element, { look }: Around): void {
    const { writer, notices } = this.#parts;
    const read = readPicture(image);
    if (!read) return;
    if (read.kind === 'picture') return notices.picture(read.name);
    if (read.kind === 'formula') notices.tell('formula');
    writer.text(read.text, look);
  }

  #player(element: Element, around: Around): void {
    const { writer, notices } = this.#parts;
    const address = playedAddress(element);
    if (address === undefined) return;
    notices.tell('player');
    const { href } = linkAddress(address);
    const look = { ...around.look, link: href, space: 'kept' as const };
    this.#lines(around.kind, () => writer.text(address, look), around);
  }

  #formula(math: Element, { look }: Around): void {
    const { text, isTex } = readFormula(math);
    if (isTex) this.#parts.notices.tell('formula');
    this.#parts.writer.text(text, look);
  }

  /** Its formula stands twice in it: for machines, and drawn. */
  #katex(element: Element, around: Around): void {
    const math = element.querySelector('math');
    if (math) this.#formula(math, around);
    else this.children(element, around);
  }

  #quoted(element: Element, around: Around): void {
    const [open, close] = around.quotes % 2 === 0 ? ['“', '”'] : ['‘', '’'];
    this.#enclosed(element, { ...around, quotes: around.quotes + 1 }, open ?? '', close ?? '');
  }

  #enclosed(element: Element, around: Around, open: string, close: string): void {
    const { writer } = this.#parts;
    writer.text(open, around.look);
    this.children(element, around);
    writer.text(close, around.look);
  }
}

/** Of a page that was copied from one of our pieces, such as the view of its history. */
function argument(element: Element): Attributes | undefined {
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

function isBlock(element: Element, style: Declarations): boolean {
  const display = style.get('display');
  if (display === undefined || display === 'contents') return blockTags.has(element.localName);
  return !display.startsWith('inline') && display !== 'ruby';
}

/** Whether an element is a box with a size of its own. */
function isBox(element: Element, style: Declarations): boolean {
  return isBlock(element, style) || /^inline-./.test(style.get('display') ?? '');
}

function isQuote(element: Element): boolean {
  if (element.classList.contains('pullquote')) return true;
  if (element.matches('p.MsoQuote,p.MsoIntenseQuote')) return true;
  if (element.localName !== 'blockquote') return false;
  // What browsers write for text that is indented.
  const style = element.getAttribute('style') ?? '';
  return !(/border:\s*(?:none|medium)/.test(style) && /padding:\s*0/.test(style));
}

function isCode(element: Element): boolean {
  return /^(?:pre|listing|xmp)$/.test(element.localName) && !element.matches('.moz-quote-pre');
}

/** The title is the only heading of level 1; the body has three levels below it. */
function headingLevel(element: Element, style: Declarations): number | undefined {
  const tag = /^h([1-6])$/.exec(element.localName)?.[1];
  const outline = element.localName === 'p' ? style.get('mso-outline-level') : undefined;
  const named = element.getAttribute('role') === 'heading';
  const title = element.matches('p.MsoTitle') ? '1' : undefined;
  const level =
    tag ?? title ?? outline ?? (named ? (element.getAttribute('aria-level') ?? '2') : '');
  const number = Number.parseInt(level, 10);
  return Number.isNaN(number) ? undefined : Math.min(4, Math.max(2, number));
}

/** Word writes items as paragraphs that draw their own sign: "mso-list:l0 level2 lfo1". */
function wordItem(element: Element, style: Declarations): Attributes | undefined {
  const level = /level(\d)/.exec(style.get('mso-list') ?? '')?.[1];
  const sign = level === undefined ? null : element.querySelector('[style*="mso-list:Ignore" i]');
  if (level === undefined || !sign) return undefined;
  const ordered = /^\s*\(?(?:[\divxlc]+|[a-z])[.)]/i.test(sign.textContent);
  sign.remove();
  const indent = Number(level) - 1;
  return { ...(indent > 0 && { indent }), list: ordered ? 'ordered' : 'bullet' };
}

/** The level of an item that is not within its list: from 0. */
function namedLevel(item: Element): number {
  const from1 = item.getAttribute('aria-level') ?? item.getAttribute('data-aria-level');
  const from0 =
    item.getAttribute('data-stringify-indent') ??
    /ql-indent-(\d)/.exec(item.className)?.[1] ??
    /\blst-kix_\w+-(\d)/.exec(item.parentElement?.className ?? '')?.[1];
  return (from1 === null ? Number(from0 ?? 0) : Number(from1) - 1) || 0;
}

/** A space that a browser put there so that it would not collapse. */
function isBlankSpan(element: Element): boolean {
  if (element.localName !== 'span' || element.childElementCount > 0) return false;
  if (!/^[ \u00A0]$/.test(element.textContent)) return false;
  return element.attributes.length === 0 || element.className === 'Apple-converted-space';
}

function isLineBreak(element: Element): boolean {
  return element.getAttribute('data-stringify-type') === 'paragraph-break';
}
