import { linkAddress } from '../../../../../../shared/document/index.ts';
import type { Around, Handler, HtmlReader, ReaderParts } from '../html/html-reader.ts';
import {
  chosenOptions,
  isPictureFile,
  playedAddress,
  readFormula,
  readPicture,
  shownValue,
} from './replaced.ts';
import { seenTexts } from './drawings.ts';

/** Reads elements that show something else than the text within them; each that is seen at all. */
export class ReplacedReader {
  readonly #parts: ReaderParts;
  readonly #reader: HtmlReader;
  readonly handlers: Readonly<Record<string, Handler>>;

  constructor(parts: ReaderParts, reader: HtmlReader) {
    this.#parts = parts;
    this.#reader = reader;
    const player: Handler = (element, around) => this.#player(element, around);
    this.handlers = {
      img: (element, around) => this.#picture(element, around),
      canvas: (element) => this.#drawing(element),
      svg: (element, around) => this.#svg(element, around),
      iframe: player,
      video: player,
      audio: player,
      embed: player,
      object: player,
      input: (element, around) => this.#input(element, around),
      select: (element, around) => this.#select(element, around),
      progress: (element, around) => this.#gauge(element, around),
      meter: (element, around) => this.#gauge(element, around),
      math: (element, around) => this.formula(element, around),
    };
  }

  formula(math: Element, { look }: Around): void {
    const { text, isTex } = readFormula(math);
    if (isTex) this.#parts.notices.tell('formula');
    this.#parts.writer.text(text, look);
  }

  #picture(image: Element, { look }: Around): void {
    const { writer, notices } = this.#parts;
    const read = readPicture(image);
    if (!read) return;
    if (read.kind === 'picture') return notices.picture(read.name);
    if (read.kind === 'formula') notices.tell('formula');
    writer.text(read.text, look);
  }

  #drawing(element: Element): void {
    const sizes = ['width', 'height'].map((side) => element.getAttribute(side));
    if (sizes.some((size) => size !== null && Number.parseFloat(size) <= 3)) return;
    const title = element.querySelector(':scope > title')?.textContent;
    this.#parts.notices.picture((element.getAttribute('aria-label') ?? title ?? '').trim());
  }

  /** Its words, each where it stands a line, and a word about the drawing around them. */
  #svg(svg: Element, around: Around): void {
    const sizes = ['width', 'height'].map((side) => svg.getAttribute(side));
    if (sizes.includes('0')) return;
    const { writer, styles } = this.#parts;
    for (const text of seenTexts(svg, styles)) {
      writer.begin(around.kind);
      this.#reader.children(text, around);
      writer.begin(around.kind);
    }
    this.#drawing(svg);
  }

  #player(element: Element, around: Around): void {
    const { writer, notices } = this.#parts;
    const name = element.localName;
    if (name === 'audio' && !element.hasAttribute('controls')) return;
    const address = playedAddress(element);
    if (address === undefined) return;
    if (isPictureFile(element)) return notices.picture(element.getAttribute('aria-label') ?? '');
    const page = name === 'iframe' ? element.getAttribute('srcdoc') : null;
    if (page !== null) return this.#reader.page(page, around);
    if (address === '') {
      // What stands within an object is seen where that shows nothing.
      const shows = name !== 'object' || element.hasAttribute('data');
      if (!shows) return this.#reader.children(element, around);
      return notices.tell('playerOut');
    }
    notices.tell('player');
    const { href } = linkAddress(address);
    writer.begin(around.kind);
    writer.text(address, { ...around.look, link: href, space: 'kept' });
    writer.begin(around.kind);
  }

  #input(element: Element, around: Around): void {
    const { writer, notices } = this.#parts;
    const type = element.getAttribute('type')?.toLowerCase() ?? 'text';
    if (type === 'hidden') return;
    if (type === 'image') return notices.picture(element.getAttribute('alt') ?? '');
    const shown = shownValue(element);
    if (shown === undefined) return notices.tell('control');
    if (/^[☐☑]/.test(shown)) writer.sign(shown, around.look);
    else writer.text(shown, { ...around.look, space: 'kept' });
  }

  #select(element: Element, around: Around): void {
    const { writer } = this.#parts;
    const options = chosenOptions(element);
    options.forEach((option, i) => {
      if (i > 0) writer.begin(around.kind);
      writer.text(option, { ...around.look, space: 'kept' });
    });
    if (options.length > 1) writer.begin(around.kind);
  }

  /** A bar, of whose length only a number can tell. */
  #gauge(element: Element, { look }: Around): void {
    const [value, max, min] = ['value', 'max', 'min'].map((name) => element.getAttribute(name));
    const least = Number(min ?? 0);
    const share = (Number(value ?? Number.NaN) - least) / (Number(max ?? 1) - least);
    if (Number.isFinite(share)) this.#parts.writer.text(`${Math.round(share * 100)} %`, look);
    else this.#parts.notices.tell('control');
  }
}
