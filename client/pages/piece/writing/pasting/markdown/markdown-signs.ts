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
const frontMatter = /^---\n(?:[A-Za-z_][\w-]*:(?: .*)?\n(?:[ \t-].*\n)*)+---(?:\n|$)/;

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

/** A list item's sign at the start of a line, or behind another one: "- ", "2. ". */
const itemSign = /^(\s*)(?:[-*+]|(\d{1,9})[.)])(?=\s)/;
/** Items of one list may be indented a little differently. */
const oneColumn = 1;

/**
 * Markdown in which a number that begins no list stays what it is: "12. Mai 2024" would become the
 * first item of one. A number counts that is 1, or goes on from an item in the same column.
 */
export function keepNumbers(text: string): string {
  /** The last number of each list that is open, by its column. */
  const lasts = new Map<number, number>();
  let fenced = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
      if (fenced) return line;
      let sign = itemSign.exec(line);
      // Words that do not belong to an item end its list.
      if (!sign && /^\S/.test(line)) lasts.clear();
      for (let from = 0; sign; sign = itemSign.exec(line.slice(from))) {
        const [whole, indent = '', digits] = sign;
        const column = from + indent.length;
        from += whole.length;
        if (digits === undefined) {
          closeBehind(lasts, column);
          continue;
        }
        const number = Number(digits);
        const last = lastAt(lasts, column);
        const counts = number === 1 || (last !== undefined && [last, last + 1].includes(number));
        // What is indented this far may be code, where a backslash would be seen.
        if (!counts && column > 3) return line;
        if (!counts) return `${line.slice(0, from - 1)}\\${line.slice(from - 1)}`;
        closeBehind(lasts, column);
        lasts.set(column, number);
      }
      return line;
    })
    .join('\n');
}

/** Lists in this column and behind it have ended. */
function closeBehind(lasts: Map<number, number>, column: number): void {
  for (const other of lasts.keys()) if (other >= column - oneColumn) lasts.delete(other);
}

function lastAt(lasts: ReadonlyMap<number, number>, column: number): number | undefined {
  const [found] = [...lasts].filter(([other]) => Math.abs(other - column) <= oneColumn);
  return found?.[1];
}
