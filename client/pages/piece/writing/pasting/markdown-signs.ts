/*
 * Whether plain text is Markdown. It says so only where no person would write it otherwise: "12. Mai
 * 2024", "f**k", a price with an asterisk, a path with underscores and program code stay as they are.
 */

/** Two of one, or one of another: see `looksLikeMarkdown`. */
const enough = 2;

const heading = /^#{2,6} \S/m;
const title = /^# \S.*(?:\n\s*\n|$(?![^]))/;
const link =
  /(?<![\\!\w])\[[^\][\n]+\]\((?:https?:\/\/|mailto:|\/|#)[^\s()]*(?:\([^\s()]*\))?[^\s()]*(?: "[^"\n]*")?\)/;
const image = /!\[[^\][\n]*\]\([^\s()]+\)/;
const definition = /^\[(?:\^[^\]\n]+\]: \S|[^\]\n]+\]: <?(?:https?:\/\/|mailto:|\/|#))/m;
const directive = /^:::+ ?(?:thesis|counterpoint)\b/m;
const table = /^\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$/m;
const frontMatter = /^---\n(?:[\w-]+: .*\n)+---(?:\n|$)/;

const before = String.raw`(?<=^|[\s(\[“"'‘—–])`;
const behind = String.raw`(?=$|[\s.,;:!?)\]”"'’—–])`;
const around = (sign: string, inner: string) =>
  new RegExp(`${before}${sign}(?=\\S)${inner}(?<=\\S)${sign}${behind}`, 'm');
/** Names in programs stand between two underscores each, and have no space. */
const words = String.raw`[^_\n]+ [^_\n]+`;
const strong = [around(String.raw`\*\*`, String.raw`[^*\n]+`), around('__', words)];
const weak = [
  around(String.raw`\*`, String.raw`[^*\n]+`),
  around('_', String.raw`[^_\n]+`),
  around('~~', String.raw`[^~\n]+`),
  around('`', '[^`\\n]+'),
];

export function looksLikeMarkdown(text: string): boolean {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const fences = source.match(/^(?:```|~~~)[\w-]*[^]*?^(?:```|~~~)\s*$/gm) ?? [];
  const prose = fences.reduce((rest, fence) => rest.replace(fence, ''), source);
  if (looksLikeCode(prose)) return false;
  const certain = [heading, title, link, image, definition, directive, table, frontMatter];
  if (fences.length > 0 || [...certain, ...strong].some((sign) => sign.test(prose))) return true;
  const hints = weak.filter((sign) => sign.test(prose)).length;
  return hints + listSigns(prose) + quoteSigns(prose) >= enough;
}

/** A list has more than one item, and its numbers count from 1. */
function listSigns(text: string): number {
  const bullets = /^([-*+]) \S.*\n(?:\n|[ \t]+\S.*\n)*\1 \S/m.test(text);
  const numbers = /^1([.)]) \S.*\n(?:\n|[ \t]+\S.*\n)*2\1 \S/m.test(text);
  return bullets || numbers ? enough : 0;
}

function quoteSigns(text: string): number {
  return /^> \S.*\n(?:>\s*\n)*> \S/m.test(text) ? enough : /^> \S/m.test(text) ? 1 : 0;
}

/** Programs, commands and what they print. */
function looksLikeCode(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const code = lines.filter((line) =>
    /[;{}]\s*$|^\s*(?:\$|%|>>>|#!|#include|import\b.*from|const |let |var |def |class |function |return\b|if \(|for \(|<\/?[a-z][^>]*>\s*$|\/\/|--\w)/.test(
      line,
    ),
  );
  return code.length * 4 > lines.length;
}

/**
 * Markdown in which a number that begins no list stays what it is: "12. Mai 2024" would become the
 * first item of one.
 */
export function keepNumbers(text: string): string {
  let last = 0;
  let fenced = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
      const [, indent = '', digits, rest = ''] = /^(\s*)(\d{1,9})([.)]\s.*)$/.exec(line) ?? [];
      if (digits === undefined || fenced) {
        // Words that do not belong to an item end its list.
        if (/^\S/.test(line)) last = 0;
        return line;
      }
      const number = Number(digits);
      const counts = number === 1 || number === last + 1 || (last > 0 && number === last);
      if (counts || indent.length > 3) {
        if (indent === '') last = number;
        return line;
      }
      return `${indent}${digits}\\${rest}`;
    })
    .join('\n');
}
