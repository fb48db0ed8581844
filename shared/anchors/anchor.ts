import type { FieldText } from './field-text.ts';
import { contextOf, isInsideCharacter, type Stretch } from './quotes.ts';

/**
 * How a thread holds on to its passage (S2): Yjs relative positions of its first and last letter, and
 * the quote with its surroundings beside them, for when those letters are gone. `start` is tied to
 * the first letter and `end` to the last, so that what is typed at either edge stays outside.
 *
 * A point, where something is to be inserted, has no letters: `start` is tied to the letter after
 * it, `end` to the one before it, and `sought` is blank.
 */
export interface Anchor {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** What the passage reads; where it is gone, what it read last. */
  readonly quote: string;
  /**
   * What is looked for when it is gone: the quote before letters were taken from it. Somebody who
   * deletes a passage letter by letter and takes that back must find it whole again.
   */
  readonly sought: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly orphaned: boolean;
}

/**
 * As long may a quote become, in UTF-16 units, or as long as it was: what somebody pastes into a passage
 * would be stored with each thread on it. No longer passage can be commented on.
 */
const longestGrown = 20_000;

/** What a passage reads, as a quote that goes on from `before` has it: of one that has grown long the beginning. */
export function quoteAt(
  { text }: FieldText,
  { from, to }: Stretch,
  before: Pick<Anchor, 'sought'> | null,
): string {
  const longest = before === null ? Infinity : Math.max(longestGrown, before.sought.length);
  const end = Math.min(to, from + longest);
  return text.slice(from, end < to && isInsideCharacter(text, end) ? end - 1 : end);
}

/**
 * An anchor at a stretch of text, or at a point, that goes on from another one, if any. `sought`: where it
 * is not what stands there.
 */
export function anchorAt(
  view: FieldText,
  at: Stretch,
  before: Anchor | null = null,
  sought?: string,
): Anchor {
  const { from, to } = at;
  const quote = quoteAt(view, at, before);
  const point = from === to;
  return {
    start: view.positionAt(view.startAt(from), 'next'),
    // The letter before a point has its embeds on its own side: a point is behind a footnote's mark.
    end: view.positionAt(point ? view.startAt(from) : view.endAt(to), 'last'),
    quote,
    sought: sought ?? quote,
    ...contextOf(view.text, at),
    orphaned: false,
  };
}

export function isPoint({ sought }: Pick<Anchor, 'sought'>): boolean {
  return sought === '';
}

/** Whether it has all that it is sought by: then the passage counts as seen at this moment. */
export function isWhole({ orphaned, quote, sought }: Anchor): boolean {
  return !orphaned && quote === sought;
}

/** The indexes of a stretch, embeds at its edges left out. A point is behind the embeds before it. */
export function indexesOf(view: FieldText, { from, to }: Stretch): Stretch {
  const start = view.startAt(from);
  return { from: start, to: from === to ? start : view.endAt(to) };
}

/** The offsets of indexes, without halves of characters. */
export function offsetsOf(view: FieldText, { from, to }: Stretch): Stretch {
  const start = view.offsetOf(from);
  const end = view.offsetOf(to);
  return {
    from: isInsideCharacter(view.text, start) ? start - 1 : start,
    to: isInsideCharacter(view.text, end) ? end + 1 : end,
  };
}
