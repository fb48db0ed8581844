/** One stretch of a text that was replaced by another; in UTF-16 units. */
export interface TextChange {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * The smallest change that makes `after` of `before`, or null where they are equal. `caret` is where
 * the caret stands in `after`: of three equal letters it tells which was typed. A surrogate pair is
 * replaced as a whole.
 */
export function textChange(before: string, after: string, caret = after.length): TextChange | null {
  if (before === after) return null;
  const behind = after.length - caret;
  const most = Math.min(before.length, after.length);
  let end = 0;
  // What stands behind the caret was not typed just now.
  while (end < Math.min(most, behind) && same(before.length - 1 - end, after.length - 1 - end))
    end++;
  let start = 0;
  while (start < most - end && same(start, start)) start++;
  while (end < most - start && same(before.length - 1 - end, after.length - 1 - end)) end++;
  if (start > 0 && isHigh(before, start - 1)) start--;
  if (end > 0 && isLow(before, before.length - end)) end--;
  return {
    at: start,
    remove: before.length - end - start,
    insert: after.slice(start, after.length - end),
  };

  function same(one: number, other: number): boolean {
    return before.charCodeAt(one) === after.charCodeAt(other);
  }
}

/** Where a position in a text is after `change`; one within what was replaced, at its end. */
export function mapThrough({ at, remove, insert }: TextChange, position: number): number {
  if (position <= at) return position;
  return Math.max(position - remove, at) + insert.length;
}

function isHigh(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00;
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code < 0xe000;
}
