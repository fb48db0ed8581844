import { readBlocks, type Line } from '../../document/blocks.ts';
import { noteField, noteOf, type Field } from '../../document/fields.ts';
import type { DocumentModel } from '../../document/model.ts';
import { blockAttributes, type Attributes, type DeltaOp } from '../../document/schema.ts';
import { rawDeltaInfo, rawFootnotesInfo } from '../raw-delta.ts';

/** An open thread, as an export shows it. */
export interface ExportNote {
  readonly field: Field;
  /** Indexes into the field; null: its passage is gone. */
  readonly position: { readonly from: number; readonly to: number } | null;
  /** What the passage reads, or read last. */
  readonly quote: string;
  /** What is to stand there instead; null: nothing is suggested. */
  readonly replacement: string | null;
  readonly comments: readonly { readonly author: string; readonly body: string }[];
}

/** A document with signs in it for CriticMarkup, and what they stand for. */
export interface NotedDocument {
  readonly model: DocumentModel;
  /** Puts the notes into the document's Markdown, in place of their signs. */
  finish(markdown: string): string;
}

/**
 * Puts notes into a document's Markdown as CriticMarkup: `{==passage==}{>>comment<<}`, and for what is
 * suggested `{~~old~>new~~}`, `{--old--}` and `{++new++}`. Last come notes on title and standfirst, which
 * are YAML in the front matter, and those whose passage is gone.
 *
 * What the text itself has of such markup is escaped, so that it is read as text: `{\++`, `++\}`. In
 * code it stays as it is: a backslash would be one of its letters.
 *
 * Each mark goes through the export as one character that no text has, since the writer takes only
 * what reads back as the document, and escapes what could be taken for markup.
 */
export function withNotes(model: DocumentModel, notes: readonly ExportNote[]): NotedDocument {
  const signs = new Signs(JSON.stringify(model).match(privateCharacters) ?? []);
  const noted = (field: Field, delta: DeltaOp[]) => {
    const here = notes.filter((note) => note.field === field && note.position !== null);
    return here.length === 0 ? delta : withMarks(delta, here, signs, noteOf(field) !== null);
  };
  const footnotes = Object.entries(model.footnotes).map(
    ([id, delta]) => [id, noted(noteField(id), delta)] as const,
  );
  const last = lastNotes(notes);
  return {
    model: {
      ...model,
      body: noted('body', model.body),
      footnotes: Object.fromEntries(footnotes),
    },
    finish(markdown) {
      const written = signs.resolve(markdown);
      if (last.length === 0) return written;
      const end = `${last.join('\n\n')}\n`;
      return written === '' ? end : `${written}\n${end}`;
    },
  };
}

/** A text with signs for notes in it. `indented`: what goes on in a second paragraph stands under the first. */
function withMarks(
  delta: readonly DeltaOp[],
  notes: readonly ExportNote[],
  signs: Signs,
  indented: boolean,
): DeltaOp[] {
  const lines = readBlocks([...delta]);
  const marks = notes.flatMap((note) => marksOf(note, lines));
  // What ends at an index ends before anything begins there; what began last ends first.
  marks.sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens) || a.order - b.order);
  const inserts = marks.map(({ at, opens, text }) => {
    const shown = indented ? text.replaceAll('\n\n', '\n\n    ') : text;
    return { at, opens, sign: signs.of(shown) };
  });
  return insertSigns(delta, inserts);
}

/** Where two letters are to be kept apart that are CriticMarkup together. */
const markup = /\{(?=\+\+|--|~~|==|>>)|(?:\+\+|--|~~|==|<<)(?=\})|~(?=>)/g;

/**
 * Indexes of the letters that take a backslash. Of tildes behind a brace all: what is left of a run
 * that lost its first could strike words out.
 */
function escapedIn(text: string): number[] {
  const indexes = [...text.matchAll(markup)].flatMap((found) => {
    const at = found.index + found[0].length;
    const all = [at];
    if (found[0] === '{')
      for (let i = at + 1; text[at] === '~' && text[i] === '~'; i++) all.push(i);
    return all;
  });
  return [...new Set(indexes)];
}

/** A letter as JSON has it too; what is markup in JSON stands in a string. */
/** JSON strings, or lines of them, in which nothing looks like a note and everything reads the same. */
export function withoutMarkup(json: string): string {
  return json.replace(markup, (found) => found.slice(0, -1) + inData(found.slice(-1)));
}

function inData(letter: string): string {
  return `\\u00${letter.charCodeAt(0).toString(16)}`;
}

/** The notes that cannot stand at their passages. */
function lastNotes(notes: readonly ExportNote[]): string[] {
  const there = notes.filter(({ position }) => position !== null);
  const groups: [string, readonly ExportNote[]][] = [
    ['These notes are on the title.', there.filter(({ field }) => field === 'title')],
    ['These notes are on the standfirst.', there.filter(({ field }) => field === 'standfirst')],
    ['These notes have lost their passage.', notes.filter(({ position }) => position === null)],
  ];
  return groups.flatMap(([said, group]) =>
    group.length === 0 ? [] : [`{>>${said}<<}`, ...group.map(writeQuoted)],
  );
}

/** A piece of CriticMarkup at an index. */
interface Mark {
  readonly at: number;
  readonly opens: boolean;
  readonly order: number;
  readonly text: string;
}

function marksOf(note: ExportNote, lines: readonly Line[]): Mark[] {
  const { position, replacement } = note;
  if (position === null) return [];
  const { from, to } = position;
  const said = note.comments.map(writeComment).join('');
  const added = replacement === null ? '' : escape(replacement);
  const pointAt = (at: number, text: string) => [{ at, opens: true, order: -Infinity, text }];
  if (from === to) return pointAt(from, `{++${added}++}${said}`);
  const stretches = stretchesOf(lines, from, to);
  const [only, ...more] = stretches;
  const substitutes = added !== '' && more.length === 0 && !added.includes('\n');
  const [open, close] =
    replacement === null ? ['{==', '==}'] : substitutes ? ['{~~', `~>${added}~~}`] : ['{--', '--}'];
  const insertion = added === '' || substitutes ? '' : `{++${added}++}`;
  // A passage of line breaks only has nothing to be marked.
  if (only === undefined) return pointAt(to, insertion + said);
  return stretches.flatMap((stretch, i): Mark[] => {
    const rest = i === stretches.length - 1 ? insertion + said : '';
    const order = stretch.from - stretch.to;
    return [
      { at: stretch.from, opens: true, order, text: open },
      { at: stretch.to, opens: false, order: -order, text: close + rest },
    ];
  });
}

/** The parts of a stretch that are in one line each: markup does not go over the end of a block. */
function stretchesOf(lines: readonly Line[], from: number, to: number) {
  return lines
    .map((line) => ({ from: Math.max(from, line.from), to: Math.min(to, line.to) }))
    .filter((stretch) => stretch.from < stretch.to);
}

function writeComment({ author, body }: ExportNote['comments'][number]): string {
  const text = `${author}: ${body}`.replace(/\s*\n\s*/gu, ' ');
  return `{>>${escapeMarkup(text)}<<}`;
}

function writeQuoted({ quote, replacement, comments }: ExportNote): string {
  const old = escape(quote.replace(/\s*\n\s*/gu, ' ').trim());
  const said = comments.map(writeComment).join('');
  if (replacement === null) return `{==${old}==}${said}`;
  const added = escape(replacement);
  if (old === '') return `{++${added}++}${said}`;
  return added === '' ? `{--${old}--}${said}` : `{~~${old}~>${added}~~}${said}`;
}

/** Plain text as Markdown that reads so; a line break is a new paragraph. */
function escape(text: string): string {
  return escapeMarkup(text.replace(/[\\`*_[\]<]/g, '\\$&')).replace(/\n+/g, '\n\n');
}

function escapeMarkup(text: string): string {
  let written = '';
  let from = 0;
  for (const at of escapedIn(text)) {
    written += `${text.slice(from, at)}\\`;
    from = at;
  }
  return written + text.slice(from);
}

interface Insert {
  readonly at: number;
  readonly opens: boolean;
  readonly sign: string;
}

/** Puts signs into a delta. Each looks like the letter on its inside, so that no look is cut. */
function insertSigns(delta: readonly DeltaOp[], inserts: readonly Insert[]): DeltaOp[] {
  const result: DeltaOp[] = [];
  let index = 0;
  let waits = 0;
  for (const { insert, attributes } of delta) {
    const length = typeof insert === 'string' ? insert.length : 1;
    const put = (text: string | object) =>
      result.push({ insert: text, ...(attributes && { attributes }) });
    let from = 0;
    // What opens at the end of this op belongs to the next one.
    const isHere = ({ at, opens }: Insert) => (opens ? at < index + length : at <= index + length);
    for (let next = inserts[waits]; next !== undefined && isHere(next); next = inserts[++waits]) {
      const cut = next.at - index;
      if (typeof insert === 'string' && cut > from) put(insert.slice(from, cut));
      else if (typeof insert !== 'string' && cut === 1 && from === 0) put(insert);
      result.push({ insert: next.sign, attributes: lookOf(attributes) });
      from = Math.max(from, cut);
    }
    if (typeof insert === 'string' && from < length) put(insert.slice(from));
    else if (typeof insert !== 'string' && from === 0) put(insert);
    index += length;
  }
  return [...result, ...inserts.slice(waits).map(({ sign }) => ({ insert: sign }))];
}

/** In code, markup would be text. */
function lookOf(attributes: Attributes = {}): Attributes {
  const without: readonly string[] = ['code', ...blockAttributes];
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !without.includes(name)));
}

/** Characters from the planes for private use that the document does not have. */
class Signs {
  readonly #texts = new Map<string, string>();
  readonly #taken: ReadonlySet<string>;
  #next = 0xf0000;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  of(text: string): string {
    let sign: string;
    do {
      // The last two of each plane are no characters.
      if ((this.#next & 0xffff) === 0xfffe) this.#next += 2;
      sign = String.fromCodePoint(this.#next++);
    } while (this.#taken.has(sign));
    this.#texts.set(sign, text);
    return sign;
  }

  /** A block that is written as its delta is data: its notes stand behind it. */
  resolve(markdown: string): string {
    const noted = markdown.replace(rawBlocks, (block) => {
      const notes: string[] = [];
      const plain = block.replace(privateCharacters, (one) => {
        const text = this.#texts.get(one);
        if (text !== undefined) notes.push(text);
        return text === undefined ? one : '';
      });
      const data = withoutMarkup(plain);
      const said = notes.join('').match(/\{>>[^]*?<<\}|\{\+\+[^]*?\+\+\}/gu);
      return said === null ? data : `${data}\n\n${said.join('')}`;
    });
    return noted.replace(privateCharacters, (one) => this.#texts.get(one) ?? one);
  }
}

const privateCharacters = /[\u{F0000}-\u{10FFFD}]/gu;
const rawBlocks = new RegExp(
  `^\`\`\`(?:${rawDeltaInfo}|${rawFootnotesInfo})\\n[^]*?\\n\`\`\`$`,
  'gmu',
);
