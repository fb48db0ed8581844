import type { Change } from '../document/text/diff.ts';
import type { Stretch } from './quotes.ts';

/**
 * Where a stretch of a text is after an edit that is known: words that replace some of its own are in
 * it, also at its edges. In indexes. 'untouched': its own words were not edited; null: it is not to be
 * told what became of it, since more than it was replaced.
 */
export function carry(
  changes: readonly Change[],
  { from, to }: Stretch,
): Stretch | 'untouched' | null {
  let start = from;
  let end = to;
  let touched = false;
  for (const change of changes) {
    const until = change.at + change.remove;
    const grown = change.to - change.from - change.remove;
    const inserted = change.remove === 0;
    if (change.at >= to) break;
    if (until <= from && (change.at < from || inserted)) {
      start += grown;
      end += grown;
      continue;
    }
    const [overStart, overEnd] = [change.at < from, until > to];
    if ((overStart && until >= to) || (overEnd && change.at <= from)) return null;
    touched = true;
    if (overStart) start = change.to;
    end = overEnd ? change.from : end + grown;
  }
  if (!touched) return 'untouched';
  return start < end ? { from: start, to: end } : null;
}
