import { indentOf } from './lines.ts';

/** What the beginning of a line says. */
export interface ListSign {
  readonly style: 'bullet' | 'ordered';
  /** Of one list all are alike: the bullet, or what stands around the number. */
  readonly kind: string;
  /** From 1; letters count too. */
  readonly number: number;
  readonly indent: number;
  /** The sign as it was written. */
  readonly mark: string;
  readonly text: string;
}

/** "+ 5 %" is a number. */
const bullet = /^([ \t]*)([-*•·‣⁃◦▪▫■□●○–]|\+(?!\s*\d))([ \t]+)(?=\S)/u;
const numbered = /^([ \t]*)(\(?)(\d{1,3}|[a-z])([.)])([ \t]+)(?=\S)/u;
/** "1. Mai", "3. Oktober": a day, where nothing else says that it is an item. */
const month =
  /^(?:jan|jän|feb|mär|mar|apr|mai|maj|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)\p{L}*/iu;

export function listSign(line: string): ListSign | null {
  const dot = bullet.exec(line);
  if (dot) {
    const [all, , sign = ''] = dot;
    return { style: 'bullet', kind: sign, number: 1, ...placed(line, all) };
  }
  const count = numbered.exec(line);
  if (!count) return null;
  const [all, , open = '', value = '', close = ''] = count;
  const letter = /[a-z]/.test(value);
  // "e. g." and "i. e." are no items; nor is a bracket that opens only.
  if ((letter && close === '.') || (open !== '' && close === '.')) return null;
  const number = letter ? value.charCodeAt(0) - 96 : Number(value);
  const kind = `${open}${letter ? 'a' : '1'}${close}`;
  return { style: 'ordered', kind, number, ...placed(line, all) };
}

function placed(line: string, all: string): Pick<ListSign, 'indent' | 'mark' | 'text'> {
  return { indent: indentOf(line), mark: all.trim(), text: line.slice(all.length) };
}

/** A day of a month, as German and others write it. */
export function isDay({ kind, text }: ListSign): boolean {
  return kind === '1.' && month.test(text);
}

/** A line of nothing but signs: "* * *", "---", "___", "⁂". */
export function isDivider(line: string): boolean {
  const signs = line.replace(/\s+/g, '');
  return /^(?:([*\-_=~•·–—―─━═+])\1{2,}|⁂|[❦❧☙])$/u.test(signs);
}

/** "=" or "-" under a line, as long as that is. */
export function underline(line: string): '=' | '-' | null {
  const found = /^([=-])\1{2,}\s*$/.exec(line)?.[1];
  return found === '=' || found === '-' ? found : null;
}

/** ">:(" and ">_<" are faces. */
const quote = /^ {0,3}>(?=$|[\s>\p{L}\p{N}\p{Pi}"'„([*])[ \t]?/u;

/** What is quoted in a line that begins with ">", or null. */
export function quoted(line: string): string | null {
  return quote.test(line) ? line.replace(quote, '') : null;
}

/** A speaker in capitals, a question, a field of a letter's head, a note at the end. */
const label =
  /^\s*(?:\p{Lu}[\p{Lu}\p{M}\d .'’-]{1,30}:(?=\s)|[QAFR][.:]\s+(?=\S)|(?:From|To|Cc|Bcc|Subject|Date|Sent|Reply-To|Von|An|Betreff|Datum|Gesendet|De|À|Objet|Envoyé|Re|Tel|Phone|Fax|E-?mail|Web)\s?:\s+(?=\S))/u;
const note = /^\s*\[(?:\d{1,3}|\*)\]:?\s+(?=\S)/;

export function isLabelled(line: string): boolean {
  return label.test(line);
}

export function isNote(line: string): boolean {
  return note.test(line);
}

/**
 * Columns that are set by spaces, tabs or strokes; two spaces behind a sentence are no column. Such lines
 * stay as they are.
 */
export function hasColumns(line: string): boolean {
  const text = line.trim();
  return (
    /\S\t+\S|[^\s.!?:…"”’')\]] {2,}\S|\S {3,}\S/u.test(text) ||
    /^\|.*\|$|\S \| \S.* \| /u.test(text)
  );
}

export function isTable(lines: readonly string[]): boolean {
  return lines.length > 1 && lines.filter(hasColumns).length >= lines.length * 0.6;
}
