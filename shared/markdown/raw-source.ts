import type { Line } from '../document/blocks.ts';
import type { RawFormat } from '../document/schema.ts';

/*
 * A raw block is source that is written as it came. In the working profile, what would be read as
 * something else (source that somebody has changed by hand) is in a fenced code block with one of
 * these info strings, so that it comes back as what it is.
 */
const infos: Readonly<Record<RawFormat, string>> = {
  markdown: 'counterpoint-markdown',
  html: 'counterpoint-html',
};

export function writeRawFence(source: string, format: RawFormat): string {
  const longest = Math.max(2, ...(source.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [fence + infos[format], source, fence].join('\n');
}

/** What the source in a fenced block of this language is; undefined: it is code. */
export function rawFenceFormat(language: string | null | undefined): RawFormat | undefined {
  return language === infos.markdown ? 'markdown' : language === infos.html ? 'html' : undefined;
}

/** The sources of the raw lines in a body. */
export function rawTexts(lines: readonly Line[]): string {
  const raw = lines.filter(({ kind }) => kind === 'raw');
  return raw
    .flatMap(({ spans }) => [...spans.map((span) => ('text' in span ? span.text : '')), '\n'])
    .join('');
}

/**
 * Labels that raw source may define, `^` before those of footnotes: what reads `[label]` elsewhere
 * would become a link by them. By what they are compared by. Rather one too many: it costs a backslash.
 */
export function definedLabels(source: string): Map<string, string> {
  const found = [...source.matchAll(/\[((?:\\.|[^[\]\\]){1,999})\]:/g)];
  const labels = found.map(([, label = '']) => label.trim()).filter((label) => label !== '');
  return new Map(labels.map((label) => [foldLabel(label), label]));
}

/** Those of some labels that a text has in brackets. */
export function labelsIn(text: string, labels: ReadonlyMap<string, string>): Set<string> {
  if (labels.size === 0) return new Set();
  const found = [...text.matchAll(/\[((?:\\.|[^[\]\\]){1,999})\]/g)];
  return new Set(found.flatMap(([, label = '']) => labels.get(foldLabel(label.trim())) ?? []));
}

/** What labels are compared by. */
function foldLabel(label: string): string {
  return label.replace(/\s+/g, ' ').toLowerCase().toUpperCase();
}

/** Labels of the footnotes that raw source refers to or defines, in small letters. */
export function noteLabels(source: string): Set<string> {
  const found = source.matchAll(/\[\^([^[\]\s]{1,999})\]/g);
  return new Set([...found].map(([, label = '']) => label.toLowerCase()));
}

/** Past so many, a text is not parsed again: the parser takes quadratic time on them (1,000: 0.1 s). */
const mostSigns = 1_000;
const delimiters = /^\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?$/;

/**
 * Whether source is so full of signs that reading it takes long. They count within a paragraph, and
 * within each line of a table.
 */
export function isDense(source: string): boolean {
  let [signs, inTable] = [0, false];
  for (const line of source.split('\n')) {
    if (line.trim() === '') [signs, inTable] = [0, false];
    else if (line.includes('|') && delimiters.test(line.trim())) inTable = true;
    if (inTable) signs = 0;
    signs += line.match(/[*_~`[\]<&\\!]/g)?.length ?? 0;
    if (signs > mostSigns) return true;
  }
  return false;
}
