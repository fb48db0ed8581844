/** One line of a plain text. */
export interface SourceLine {
  /** Without what cannot be seen; spaces around it are still there. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

export interface SourceWarning {
  line: number;
  what: string;
  message: string;
}

/**
 * All that ends a line. Word has U+000B for a break within a paragraph, old mainframes U+0085; a form
 * feed and U+2029 end a paragraph too.
 */
const lineEnd = /\r\n|[\n\r\v\u0085\u2028]|[\f\u2029]/;
const paragraphEnd = /[\f\u2029]/g;

/** What no text has: it comes by accident, and XML and Postgres cannot hold all of it. */
const unseen = /(?!\t)\p{Cc}/gu;

/** The lines of a text, and what is to be said of its characters. A byte order mark is none of it. */
export function sourceLines(content: string): { lines: SourceLine[]; warnings: SourceWarning[] } {
  const warnings: SourceWarning[] = [];
  const lost = new Count('lost character', warnings);
  const control = new Count('control character', warnings);
  const lines: SourceLine[] = [];
  const source = content.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  let number = 1;
  for (const part of source.replace(paragraphEnd, '$&\n').split(lineEnd)) {
    const text = part.replace(unseen, '');
    control.add(part.length - text.length, number);
    if (text.includes('\uFFFD')) lost.add(text.split('\uFFFD').length - 1, number);
    lines.push({ text, number });
    number += 1;
  }
  control.tell((n) => `${counted(n, 'control character')} left out, which nobody would see`);
  lost.tell((n) => `${counted(n, 'character')} lost before this text came here: � stands for it`);
  return { lines, warnings };
}

/** Counts what is told once, at the line where it was first. */
class Count {
  readonly #what: string;
  readonly #warnings: SourceWarning[];
  #count = 0;
  #line = 1;

  constructor(what: string, warnings: SourceWarning[]) {
    this.#what = what;
    this.#warnings = warnings;
  }

  add(count: number, line: number): void {
    if (count > 0 && this.#count === 0) this.#line = line;
    this.#count += count;
  }

  tell(message: (count: number) => string): void {
    if (this.#count === 0) return;
    this.#warnings.push({ line: this.#line, what: this.#what, message: message(this.#count) });
  }
}

function counted(count: number, what: string): string {
  return count === 1 ? `One ${what} was` : `${count} ${what}s were`;
}

export function isBlank({ text }: SourceLine): boolean {
  return text.trim() === '';
}

/** Columns that a line is set in; a tab goes on to the next multiple of four. */
export function indentOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += 4 - (columns % 4);
    else if (character === '\u3000') columns += 2;
    else break;
  }
  return columns;
}

/** A line without its first `columns` of indentation. */
export function outdent(text: string, columns: number): string {
  let at = 0;
  let seen = 0;
  while (seen < columns && at < text.length) {
    const character = text[at];
    if (character === ' ') seen += 1;
    else if (character === '\t') seen += 4 - (seen % 4);
    else if (character === '\u3000') seen += 2;
    else break;
    at += 1;
  }
  return text.slice(at);
}

/** Without spaces around it; others than these are characters of the text. */
export function stripped(text: string): string {
  return withoutEnd(text.replace(/^[ \t\u3000]+/, ''));
}

export function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\u3000'.includes(text[end - 1] ?? '-')) end -= 1;
  return text.slice(0, end);
}
