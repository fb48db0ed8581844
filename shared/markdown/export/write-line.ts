import { normalDelta, sameValue } from '../../document/delta/delta.ts';
import { linkAddress } from '../../document/link-address.ts';
import type { DeltaOp, Marks } from '../../document/schema.ts';
import { importMarkdown } from '../import/import-markdown.ts';
import { everyNode, parseMarkdown } from '../import/parse.ts';
import { labelsIn } from '../raw-source.ts';
import {
  activeCharacters,
  deepIndent,
  isCertainlyPlain,
  writeInline,
  type InlinePart,
  type InlineStyle,
} from './write-inline.ts';

/** How an export writes. `lossless` is the working profile. */
export interface WriteContext {
  lossless: boolean;
  /** Notes are put in as CriticMarkup, so that what looks like it is to be escaped. */
  critic: boolean;
  /** Definitions of all footnotes that the export will define, to try references with. */
  footnotes: ReadonlySet<string>;
  /** Labels that raw source in it may define: see `definedLabels`. */
  labels?: ReadonlyMap<string, string>;
  /** Tags that raw blocks close: see `write-raw.ts`. */
  closed?: ReadonlySet<string>;
}

/**
 * The parser takes quadratic time on lines that are full of signs, and each try is one reading: past
 * this many signs or stretches in a line, all signs are escaped at once, or the line is not tried.
 */
const maxSigns = 300;

interface LineOptions {
  /** What goes before the line: a heading's signs, or nothing. */
  lead?: string;
  /** Escapes all at once. */
  wild?: boolean;
}

/**
 * The least escaped Markdown of a line that reads back as the line, so that prose stays as it was
 * typed. Where no form reads back: undefined in the working profile; otherwise the line without its
 * emphasis, and if need be without its links, but never without its words.
 */
export function writeLine(
  parts: readonly InlinePart[],
  context: WriteContext,
  { lead = '', wild = false }: LineOptions = {},
): string | undefined {
  if (parts.length === 0) return context.lossless && lead === '' ? '[]()' : lead;
  // Reading back would refuse or complete it.
  if (context.lossless && parts.some(({ marks }) => !isRead(marks.link))) return undefined;
  const { critic } = context;
  const least: InlineStyle = { ...leastStyle, critic, edges: context.lossless };
  if (!wild && isPlain(parts)) return lead + writeInline(parts, least);
  const tame = !wild && countSigns(parts) <= maxSigns;
  const full = parts.length > maxSigns ? undefined : tryLine(parts, context, lead, tame);
  if (full !== undefined || context.lossless) return full;
  const linked = keepMarks(parts, ['link', 'code']);
  if (parts.length <= maxSigns) {
    const found = tryLine(linked, context, lead, false);
    if (found !== undefined) return found;
  }
  // As one text: spaces of two stretches together are an indent of code, which neither is alone.
  const bare = joinTexts(keepMarks(parts, []));
  return lead + writeInline(bare, { ...least, escape: 'all' });
}

function tryLine(
  parts: readonly InlinePart[],
  context: WriteContext,
  lead: string,
  tame: boolean,
): string | undefined {
  const attributes = lead === '' ? {} : { header: lead.trim().length };
  const wanted = [...seenOps(partOps(parts), context), { insert: '\n', attributes }];
  const attempt: Attempt = (style) => {
    const { lossless, critic } = context;
    const look = { ...leastStyle, critic, edges: lossless, ...style };
    const markdown = lead + writeInline(parts, look);
    return reads(markdown, wanted, context) ? markdown : undefined;
  };
  return (
    (tame ? leastEscaped(textOf(parts), attempt) : undefined) ??
    attempt({ escape: 'all' }) ??
    attempt({ escape: 'all', italic: '_' }) ??
    attempt({ escape: 'all', flanks: 'outside' }) ??
    attempt({ escape: 'all', flanks: 'both' })
  );
}

function isRead(link: string | undefined): boolean {
  return link === undefined || linkAddress(link).href === link;
}

function isPlain(parts: readonly InlinePart[]): boolean {
  return (
    parts.every((part) => 'text' in part && Object.keys(part.marks).length === 0) &&
    isCertainlyPlain(textOf(parts))
  );
}

function countSigns(parts: readonly InlinePart[]): number {
  const signs: readonly string[] = activeCharacters;
  let count = 0;
  for (const character of textOf(parts)) if (signs.includes(character)) count += 1;
  return count;
}

function textOf(parts: readonly InlinePart[]): string {
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
}

function keepMarks(parts: readonly InlinePart[], names: readonly (keyof Marks)[]): InlinePart[] {
  return parts.map((part) => {
    const kept = Object.entries(part.marks).filter(([name]) => names.some((n) => n === name));
    return { ...part, marks: Object.fromEntries(kept) };
  });
}

/** Makes texts without marks that follow each other one. */
function joinTexts(parts: readonly InlinePart[]): InlinePart[] {
  const joined: InlinePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && 'text' in last && 'text' in part) last.text += part.text;
    else joined.push({ ...part });
  }
  return joined;
}

const leastStyle: InlineStyle = {
  ...{ escape: new Set<string>(), italic: '*', flanks: 'none', edges: true },
  critic: false,
};

type Attempt = (style: Partial<InlineStyle>) => string | undefined;

/** Escapes every character that may need it, then takes back what is not needed. */
function leastEscaped(text: string, attempt: Attempt): string | undefined {
  const start = new Set(['start']);
  const easy = attempt({}) ?? attempt({ escape: start }) ?? attempt({ italic: '_' });
  if (easy !== undefined) return easy;
  let escape = new Set(['start', ...activeCharacters.filter((c) => text.includes(c))]);
  for (const look of [{}, { italic: '_' }, { flanks: 'outside' }, { flanks: 'both' }] as const) {
    let best = attempt({ ...look, escape });
    if (best === undefined) continue;
    for (const name of [...escape]) {
      const fewer = new Set([...escape].filter((other) => other !== name));
      const found = attempt({ ...look, escape: fewer });
      if (found === undefined) continue;
      best = found;
      escape = fewer;
    }
    return best;
  }
  return undefined;
}

/** Whether Markdown reads as exactly these ops, with nothing to warn of. */
export function reads(
  markdown: string,
  wanted: readonly DeltaOp[],
  context: WriteContext,
  footnote?: string,
): boolean {
  // Labels do not tell capitals from small letters.
  const folded = markdown.includes('[^') ? markdown.toUpperCase() : '';
  const notes = [...context.footnotes]
    .filter((id) => id !== footnote && folded.includes(`[^${id.toUpperCase()}]`))
    .map((id) => `^${id}`);
  if (context.labels && refers(markdown, labelsIn(markdown, context.labels))) return false;
  const found = importMarkdown(markdown + definitionsOf(notes), { newId: () => '' });
  if (found.title !== '' || found.standfirst !== '') return false;
  // Whether the thesis that is answered exists can only be said of a whole document.
  if (found.warnings.some(({ what }) => what !== 'answers')) return false;
  const read = footnote === undefined ? found.body : found.footnotes[footnote];
  return sameValue(read, normalDelta(wanted));
}

/**
 * Whether words become a link by what source elsewhere defines. Not told by reading it all: a definition
 * that no words use is kept as source.
 */
function refers(markdown: string, labels: ReadonlySet<string>): boolean {
  if (labels.size === 0) return false;
  const nodes = everyNode(parseMarkdown(markdown + definitionsOf([...labels])));
  for (const { type } of nodes) {
    if (type === 'linkReference' || type === 'imageReference') return true;
  }
  return false;
}

const definitionsOf = (labels: readonly string[]) =>
  labels.map((label) => `\n\n[${label}]: x`).join('');

function partOps(parts: readonly InlinePart[]): DeltaOp[] {
  return parts.map((part) => ({
    insert: 'text' in part ? part.text : { footnote: part.footnote },
    attributes: { ...part.marks },
  }));
}

/**
 * What a reader sees of a line's ops: where it need not be lossless, spaces at its ends are written
 * as they are, and CommonMark passes over them, but for those in code.
 */
export function seenOps(ops: readonly DeltaOp[], context: WriteContext): DeltaOp[] {
  if (context.lossless) return [...ops];
  const last = ops.length - 1;
  return ops.map((op, i) => {
    if (typeof op.insert !== 'string' || op.attributes?.code === true) return op;
    let text = op.insert;
    if (i === 0 && !deepIndent.test(text)) text = text.replace(/^[ \t]+/, '');
    if (i === last) text = text.replace(/[ \t]+$/, '');
    return { ...op, insert: text };
  });
}
