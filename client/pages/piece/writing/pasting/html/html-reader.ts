import {
  linkAddress,
  maxIndent,
  type Attributes,
} from '../../../../../../shared/document/index.ts';
import { isBlock } from '../styles/boxes.ts';
import {
  argument,
  headingLevel,
  isBlankSpan,
  isCode,
  isLineBreak,
  isQuote,
  namedLevel,
  wordItem,
} from './element-kinds.ts';
import type { FoundNotes } from './footnotes.ts';
import type { ItemNumber, LineWriter } from './line-writer.ts';
import { numberingOf, numberType, shownNumber, takeNumber, type Numbering } from './list-signs.ts';
import { isSeen, lookWithin, type Look } from '../styles/look.ts';
import { cutWithin, isHidden } from '../styles/out-of-sight.ts';
import { box, taskState } from '../replaced/replaced.ts';
import { ReplacedReader } from '../replaced/replaced-reader.ts';
import { Styles, type Declarations } from '../styles/style.ts';
import { dataRows } from './tables.ts';
import type { Notices } from '../told.ts';

/** Where an element stands: what its words look like, and what its lines are. */
export interface Around {
  readonly look: Look;
  readonly kind: Attributes;
  /** All lines are of this kind, whatever they are in: in a quote, in a note. */
  readonly flat?: Attributes;
  readonly list?:
    { readonly ordered: boolean; readonly indent: number; readonly numbers: Numbering } | undefined;
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

export type Handler = (element: Element, around: Around, style: Declarations) => void;

/** Reads what is seen of elements into lines. The document is inert: it loads and runs nothing. */
export class HtmlReader {
  readonly #parts: ReaderParts;
  readonly #replaced: ReplacedReader;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#replaced = new ReplacedReader(parts, this);
    const list: Handler = (element, around, style) => this.#list(element, around, style);
    this.#handlers = {
      br: () => parts.writer.break(),
      table: (element, around, style) => this.#table(element as HTMLTableElement, around, style),
      q: (element, around) => this.#quoted(element, around),
      rt: (element, around) => this.#enclosed(element, around, '(', ')'),
      ul: list,
      ol: list,
      menu: list,
      li: (element, around, style) => this.#item(element, around, style),
      details: (element, around, style) => this.#details(element, around, style),
    };
  }

  /** Of a page within the page, with style sheets of its own. */
  page(html: string, around: Around): void {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const { writer } = this.#parts;
    writer.begin(around.kind);
    new HtmlReader({ ...this.#parts, styles: new Styles(page) }).children(page.body, around);
    writer.begin(around.kind);
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
    const style = styles.of(element);
    const boxed = around.apart ?? false;
    if (isHidden(element, style, boxed)) return;
    const look = this.#lookWithin(element, around, style);
    const note = notes.marks.get(element);
    if (note !== undefined) return isSeen(look) ? mark(note, around) : undefined;
    if (notes.lost.has(element)) {
      const label = element.textContent.trim().replace(/^\[|\]$/g, '');
      return writer.text(`[${label}]`, { ...look, script: undefined });
    }
    const apart = /flex|grid/.test(style.get('display') ?? '');
    const isSame = look === around.look && apart === boxed;
    const within = isSame ? around : { ...around, look, apart };
    const shows = this.#replaced.handlers[element.localName];
    if (shows) return isSeen({ ...look, tiny: false }) ? shows(element, within, style) : undefined;
    if (element.localName === 'hr') return isSeen(look) ? this.#divider(around) : undefined;
    const handle = this.#handlers[element.localName];
    if (handle) return handle(element, within, style);
    if (element.matches('.katex,mjx-container')) return this.#typesetFormula(element, within);
    if (element.localName === 'a') return this.#link(element, within, around.apart);
    if (isBlankSpan(element)) return writer.text(' ', within.look);
    if (isLineBreak(element)) writer.break();
    if (around.apart || isBlock(element, style)) this.#block(element, within, style);
    else this.children(element, within);
  }

  #lookWithin(element: Element, around: Around, style: Declarations): Look {
    const look = lookWithin(element, around.look, style);
    const { cut } = around.look;
    const next = cutWithin(element, style, { cut, apart: around.apart ?? false });
    return next === look.cut ? look : { ...look, cut: next };
  }

  #block(element: Element, around: Around, style: Declarations): void {
    const { writer } = this.#parts;
    const level = headingLevel(element, style);
    const item = wordItem(element, style, level !== undefined || around.flat !== undefined);
    const argued = around.flat ? undefined : argument(element);
    if (level !== undefined) {
      const plain = around.flat ?? (around.list && around.kind);
      const bold = { ...around, look: { ...around.look, bold: around.line !== true } };
      if (plain) this.#lines(plain, () => this.children(element, bold), around);
      else writer.join({ header: level }, () => this.children(element, around));
      writer.begin(around.kind);
    } else if (item) {
      const { kind, number } = item;
      this.#lines(kind, () => this.children(element, { ...around, kind }), around, { number });
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
  #lines(kind: Attributes, write: () => void, around: Around, item?: ItemNumber): void {
    const { writer } = this.#parts;
    writer.begin(kind, item);
    write();
    writer.begin(around.kind);
  }

  #list(list: Element, around: Around, style: Declarations): void {
    const ordered = list.localName === 'ol';
    const named = Number.parseInt(list.getAttribute('data-indent') ?? '', 10);
    const indent = around.list ? around.list.indent + 1 : named > 0 ? named : 0;
    if (around.flat && !around.line) this.#parts.notices.tell('listInQuote');
    const numbers = numberingOf(list, style);
    const within = { ...around, list: { ordered, indent, numbers } };
    this.#lines(around.kind, () => this.children(list, within), around);
  }

  #item(item: Element, around: Around, style: Declarations): void {
    const { writer } = this.#parts;
    const unlisted = { ordered: false, indent: 0, numbers: numberingOf(item, style) };
    const list = around.list ?? unlisted;
    const said = item.getAttribute('data-list');
    const ordered = said?.startsWith('ordered') ?? list.ordered;
    const indent = Math.min(maxIndent, Math.max(list.indent, namedLevel(item)));
    const kind = around.flat ?? {
      ...(indent > 0 && { indent }),
      list: ordered ? 'ordered' : 'bullet',
    };
    const done = taskState(item);
    const number = takeNumber(list.numbers, item);
    const shown = shownNumber(number, numberType(item, style) ?? list.numbers.type);
    // Where levels are only named, their numbers are drawn by a style that did not come along.
    const isCounted = ordered && indent === list.indent && said === null;
    const write = () => {
      if (around.flat && !around.line) {
        writer.sign(ordered ? `${shown ?? number}. ` : '- ', around.look);
      }
      if (done !== undefined) writer.sign(box(done), around.look);
      this.children(item, { ...around, kind, list: { ...list, indent } });
    };
    this.#lines(kind, write, around, { number: isCounted ? Number(shown) : undefined });
  }

  /** What is folded away is not seen. */
  #details(details: Element, around: Around, style: Declarations): void {
    if (details.hasAttribute('open')) return this.#block(details, around, style);
    const summary = details.querySelector(':scope > summary');
    const seen = summary?.textContent.trim() ?? '';
    if (details.textContent.trim() !== seen && isSeen(around.look)) {
      this.#parts.notices.tell('folded');
    }
    this.#lines(around.kind, () => summary && this.#element(summary, around), around);
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
    const href = link.getAttribute('href')?.trim() ?? '';
    // A place within what it was copied from leads nowhere here.
    const leads = href.startsWith('#') ? undefined : linkAddress(href);
    if (leads?.reason !== undefined && leads.reason !== 'empty' && isSeen(around.look)) {
      if (link.textContent.trim() !== '') this.#parts.notices.tell('link');
    }
    const within =
      leads?.href === undefined
        ? around
        : { ...around, look: { ...around.look, link: leads.href } };
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

  /** Its formula stands twice in it: for machines, and drawn. */
  #typesetFormula(element: Element, around: Around): void {
    const math = element.querySelector('math');
    if (math) this.#replaced.formula(math, around);
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
