import {
  normalDelta,
  type Attributes,
  type DeltaOp,
} from '../../../../../../shared/document/index.ts';
import {
  countLine,
  noCounts,
  type ListCounts,
} from '../../../../../../shared/document/render/list-numbers.ts';
import { isSeen, plainLook, type Look } from '../styles/look.ts';
import { inScript } from './script-letters.ts';
import type { Notices } from '../told.ts';

/** Of a list's item that begins: the number that was drawn before it, NaN where that was no number. */
export interface ItemNumber {
  readonly number?: number | undefined;
}

interface Part {
  text?: string;
  embed?: object;
  attributes: Attributes;
  script: Look['script'];
  drawnBold?: boolean;
  /** Stands before words, and is nothing without them. */
  sign?: boolean;
}

/** Nothing of a line of these is seen. Zero-width letters fill the first line of newsletters. */
const blank = /^(?:[\s\u00AD\u115F\u1160\u200B-\u200F\u2060\u2800\u3164]|\u034F)*$/u;

/** Scripts without spaces, in which U+200B says where a line may break. */
const spaceless = String.raw`\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}\p{sc=Tibt}`;
const strayBreaks = new RegExp(`(?<![${spaceless}])\\u200B|\\u200B(?![${spaceless}])`, 'gu');

/** Lines as they are seen: white space is collapsed as browsers do it (CSS Text 3), blank lines go. */
export class LineWriter {
  readonly #notices: Notices;
  readonly #ops: DeltaOp[] = [];
  #kind: Attributes = {};
  #line: Part[] = [];
  /** The look of a space that is written if more follows in the line. */
  #space: Look | undefined;
  /** In a heading or a table's row: what would begin a line is a space. */
  #joining = 0;
  #blankCode = 0;
  #last: Attributes | undefined;
  /** Lines since the list item began. */
  #ofItem = 0;
  #number: number | undefined;
  #counts: ListCounts = noCounts;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  get delta(): DeltaOp[] {
    return normalDelta(this.#ops);
  }

  /** Whether nothing has been written into the line yet. */
  get isAtStart(): boolean {
    return this.#line.length === 0;
  }

  /** Ends the line. What follows is of this kind. */
  begin(kind: Attributes, item?: ItemNumber): void {
    this.#end();
    if (this.#joining > 0) return;
    // The sign of an item without words.
    if (item) this.#line = [];
    this.#kind = kind;
    this.#blankCode = 0;
    if (item) this.#ofItem = 0;
    // Its words may be in a paragraph of their own.
    if (item) this.#number = item.number;
  }

  /** What `write` writes is one line. */
  join(kind: Attributes, write: () => void): void {
    this.begin(kind);
    this.#joining += 1;
    write();
    this.#joining -= 1;
    this.#end();
  }

  /** A break within a line: two lines of its kind. */
  break(): void {
    if (this.#joining === 0 && this.#kind['code-block'] === true) this.#write(true);
    else this.#end();
  }

  text(text: string, look: Look): void {
    if (!isSeen(look)) return;
    const clean = inCapitals(withoutStrays(text), look);
    if (look.space === 'normal') this.#collapsed(clean, look);
    else {
      clean.split(/\r\n?|\n/).forEach((part, i) => {
        if (i > 0) this.break();
        if (look.space === 'lines' || this.#joining > 0) this.#collapsed(part, look);
        else this.#put(part, look);
      });
    }
  }

  /** A sign of ours before what was written. */
  sign(text: string, look: Look): void {
    if (!isSeen(look)) return;
    if (text.startsWith(' ')) this.#space = undefined;
    this.#putSpace();
    const attributes = attributesOf({ ...look, code: false, link: undefined });
    this.#line.push({ text, attributes, script: undefined, sign: true });
  }

  embed(embed: object): void {
    this.#putSpace();
    this.#line.push({ embed, attributes: {}, script: undefined });
  }

  /** A space, unless there is one. */
  space(look: Look): void {
    if (this.#line.length > 0 && !/\s$/.test(this.#line.at(-1)?.text ?? '')) this.#space ??= look;
  }

  #collapsed(text: string, look: Look): void {
    const words = text.replace(/[ \t\n\r\f]+/g, ' ');
    if (words.startsWith(' ')) this.space(look);
    this.#put(words.replace(/^ | $/g, ''), look);
    if (words.length > 1 && words.endsWith(' ')) this.space(look);
  }

  #put(text: string, look: Look): void {
    if (text === '') return;
    this.#putSpace();
    const { script, drawnBold } = look;
    this.#line.push({ text, attributes: attributesOf(look), script, drawnBold });
  }

  #putSpace(): void {
    const look = this.#space;
    this.#space = undefined;
    if (look) this.#line.push({ text: ' ', attributes: attributesOf(look), script: look.script });
  }

  #end(): void {
    if (this.#joining > 0) this.space(this.#space ?? plainLook);
    else this.#write(false);
  }

  #write(broken: boolean): void {
    const code = this.#kind['code-block'] === true;
    this.#space = undefined;
    // It waits for its words, which may be in an element of their own.
    if (this.#line.length > 0 && this.#line.every(({ sign }) => sign)) return;
    const parts = code ? this.#line : trimmed(this.#line);
    this.#line = [];
    if (isBlank(parts)) {
      if (code && broken) this.#blankCode += 1;
      return;
    }
    if (code && this.#last?.['code-block'] === true) {
      for (; this.#blankCode > 0; this.#blankCode -= 1) this.#ops.push(this.#lineEnd());
    }
    this.#blankCode = 0;
    const written = code
      ? this.#lettered(parts).map(asCode)
      : this.#lettered(unbolded(parts, this.#kind));
    for (const { text, embed, attributes } of written) {
      this.#ops.push({ insert: text ?? embed ?? '', attributes });
    }
    this.#ops.push(this.#lineEnd());
    this.#last = this.#kind;
    this.#ofItem += 1;
    this.#count();
    if ('list' in this.#kind && this.#ofItem > 1) this.#notices.tell('itemLines');
  }

  /** Lists count from 1 here, and each line of one counts. */
  #count(): void {
    const { list, indent = 0 } = this.#kind as { list?: 'ordered' | 'bullet'; indent?: number };
    this.#counts = countLine(
      this.#counts,
      list ? { kind: 'list', style: list, indent } : { kind: 'paragraph' },
    );
    if (list && this.#number !== undefined && this.#number !== this.#counts[indent]) {
      this.#notices.tell('listNumbers');
    }
    this.#number = undefined;
  }

  #lineEnd(): DeltaOp {
    return { insert: '\n', attributes: this.#kind };
  }

  /** Raised and lowered letters as signs of their own. */
  #lettered(parts: Part[]): Part[] {
    const runs: Part[][] = [];
    for (const part of parts) {
      const last = runs.at(-1);
      if (part.script && last?.[0]?.script === part.script) last.push(part);
      else runs.push([part]);
    }
    return runs.flatMap((run) => {
      const script = run[0]?.script;
      return script ? this.#inScript(run, script) : run;
    });
  }

  #inScript(run: Part[], script: 'super' | 'sub'): Part[] {
    const single = run.map((part) => ({ part, ...inScript(part.text ?? '', script) }));
    if (single.every(({ whole }) => whole)) {
      return single.map(({ part, text }) => ({ ...part, text }));
    }
    this.#notices.tell('letters');
    const around = (text: string, part: Part | undefined): Part => ({
      text,
      attributes: part?.attributes ?? {},
      script,
    });
    const open = around(script === 'super' ? '^(' : '_(', run[0]);
    return [open, ...run, around(')', run.at(-1))];
  }
}

function attributesOf({ bold, italic, strike, code, link }: Look): Attributes {
  return {
    ...(bold && { bold }),
    ...(italic && { italic }),
    ...(strike && { strike }),
    ...(code && { code }),
    ...(link !== undefined && { link }),
  };
}

function isBlank(parts: readonly Part[]): boolean {
  return parts.every(({ text }) => text !== undefined && blank.test(text));
}

/** As `text-transform` draws it. */
function inCapitals(text: string, { capitals }: Look): string {
  if (capitals === undefined) return text;
  return capitals === 'uppercase' ? text.toUpperCase() : text.toLowerCase();
}

function withoutStrays(text: string): string {
  const marked = text.includes('\uFEFF') ? text.replaceAll('\uFEFF', '') : text;
  return marked.includes('\u200B') ? marked.replace(strayBreaks, '') : marked;
}

/** Without what is not seen at the ends of a line. */
function trimmed(parts: readonly Part[]): Part[] {
  const line = parts.map((part) => ({ ...part }));
  for (let last = line.at(-1); last?.text !== undefined; last = line.at(-1)) {
    last.text = last.text.replace(/[\s\u00A0\u200B\u2060]+$/u, '');
    if (last.text !== '') break;
    line.pop();
  }
  for (let [first] = line; first?.text !== undefined; [first] = line) {
    first.text = first.text.replace(/^[\u00A0\u200B\u2060]+ */u, '');
    if (first.text !== '') break;
    line.shift();
  }
  return line;
}

/** Headings are drawn bold: where all of one is, that says nothing. */
function unbolded(parts: Part[], kind: Attributes): Part[] {
  const words = parts.filter(({ text }) => text !== undefined && text.trim() !== '');
  if (!('header' in kind) || !words.every(({ drawnBold }) => drawnBold)) return parts;
  return parts.map((part) => {
    const attributes = Object.entries(part.attributes).filter(([name]) => name !== 'bold');
    return { ...part, attributes: Object.fromEntries(attributes) };
  });
}

function asCode({ text = '' }: Part): Part {
  return { text, attributes: {}, script: undefined };
}
