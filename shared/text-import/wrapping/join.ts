import { stripped } from '../lines.ts';
import { endsUnspaced, lengthOf, startsUnspaced, type Measure } from './measure.ts';

/** What the whole of a text says about how its lines were broken. */
export interface Habits {
  readonly measure: Measure;
  /** Compounds were broken behind their hyphens: such a line goes on without a space. */
  readonly breaksCompounds: boolean;
  /** Words of other scripts stand without spaces among those of one that has none. */
  readonly mixesUnspaced: boolean;
}

/** A word that goes on behind its hyphen or dash. */
const hyphenated = /[\p{L}\p{M}\p{N}][-\u2010\u2013\u2014]+$/u;
/** "pre- and post-war": the hyphen stands for what comes later. */
const conjunction =
  /^(?:and|or|nor|to|und|oder|bzw|bis|sowie|et|ou|y|e|o|u|en|of|och|eller|og|ed)(?![\p{L}\p{M}\p{N}'’-])/iu;
/** An address between pointed brackets that is not at its end. */
const openAddress = /<(?:https?:\/\/|mailto:|www\.)[^\s<>]*$/i;

/** What stood between two lines before they were wrapped. */
export function gapBetween(from: string, to: string, habits: Habits): '' | ' ' {
  if (openAddress.test(from)) return '';
  const [ends, starts] = [endsUnspaced(from), startsUnspaced(to)];
  if (ends && starts) return '';
  if (ends || starts) return habits.mixesUnspaced ? '' : ' ';
  if (!hyphenated.test(from) || !/^[\p{L}\p{N}]/u.test(to) || conjunction.test(to)) return ' ';
  // "--" and "—" between words have no spaces around them where they have none before them.
  if (/(?:--|\u2014)$/.test(from)) return '';
  return habits.breaksCompounds ? '' : ' ';
}

/** Enough of what stands before a line to see what it ends with. */
const tailLength = 300;

export function joinLines(lines: readonly string[], habits: Habits): string {
  const parts: string[] = [];
  let tail = '';
  for (const line of lines) {
    const next = stripped(line);
    const gap = tail === '' ? '' : gapBetween(tail, next, habits);
    parts.push(gap, next);
    tail = (tail + gap + next).slice(-tailLength);
  }
  return parts.join('');
}

/**
 * Whether whoever wrapped this broke compounds. Where the first part of one would have fitted into the
 * line before, they did not.
 */
export function breaksCompounds(
  pairs: readonly (readonly [from: string, to: string])[],
  width: number,
  measure: Measure,
): boolean {
  let broken = 0;
  let kept = 0;
  for (const [from, to] of pairs) {
    if (/[\p{L}\p{M}][-\u2010]$/u.test(from.trimEnd())) {
      if (/^\p{L}/u.test(to)) broken += 1;
      continue;
    }
    const [word = '', part] = /^(\p{L}{2,}[-\u2010])\p{L}{2}\S*/u.exec(to) ?? [];
    if (part === undefined) continue;
    const room = width - lengthOf(from.trimEnd(), measure) - 1;
    if (lengthOf(part, measure) <= room && lengthOf(word, measure) > room) kept += 1;
  }
  return broken > 0 && kept < broken;
}

/** In an unspaced script, whether words of others mostly touch it. */
export function mixesUnspaced(text: string): boolean {
  const touching = text.match(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/gu)?.length ?? 0;
  const apart = text.match(/\p{Script=Han} [A-Za-z0-9]|[A-Za-z0-9] \p{Script=Han}/gu)?.length ?? 0;
  return touching >= apart;
}
