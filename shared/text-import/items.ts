import type { TextBlock } from './blocks.ts';
import type { Flow, Group } from './wrapping/flow.ts';
import { indentOf, isBlank, type SourceLine } from './lines.ts';
import { endsSentenceBefore } from './wrapping/measure.ts';
import { goesOn } from './wrapping/paragraphs.ts';
import { isDay, listSign, type ListSign } from './signs.ts';

/** Signs under each other are seldom more than this apart: " 9." and "10." are not. */
const aside = 1;

function isAlike(one: ListSign, other: ListSign): boolean {
  return one.kind === other.kind && Math.abs(one.indent - other.indent) <= aside;
}

/** What stands before a line that may be an item. */
export interface Before {
  /** The line before, of the same group. */
  readonly line: string | undefined;
  /** The item that is open. */
  readonly item: ListSign | undefined;
  /** All that was read. */
  readonly blocks: readonly TextBlock[];
}

/**
 * Whether a line with the sign of an item is one. A wrapped line may begin with a dash or a number by
 * accident, and a paragraph with a day or an ordinal.
 */
export function isItem(
  sign: ListSign,
  place: { lines: readonly SourceLine[]; group: Group; index: number; flow: Flow },
  before: Before,
): boolean {
  const { lines, group, index, flow } = place;
  const line = group[index];
  if (!line) return false;
  if (before.item && isAlike(before.item, sign)) {
    return sign.style === 'bullet' || counts(sign, lines, line.number, before);
  }
  if (sign.style === 'ordered' && !counts(sign, lines, line.number, before)) return false;
  // "in two steps: (1) …, and (2) …" may be broken anywhere.
  const within = before.line !== undefined && goesOn(before.line, line.text, flow);
  if (sign.style === 'ordered' && within && !isFollowed(sign, lines, line.number)) return false;
  return !isWithin(before.line, line.text, flow) || hasLikeItem(sign, group, index, flow);
}

/** Whether a line goes on with the sentence before it. */
export function isWithin(before: string | undefined, line: string, flow: Flow): boolean {
  if (before === undefined || !goesOn(before, line, flow)) return false;
  return !endsSentenceBefore(before, line) && !/:\s*$/.test(before);
}

/** The longest item that is looked past for the next one, in lines. */
const longestItem = 60;

/** Whether another line of the group has the sign where no paragraph could go on. */
function hasLikeItem(sign: ListSign, group: Group, index: number, flow: Flow): boolean {
  let before = group[index]?.text;
  for (const { text } of group.slice(index + 1, index + longestItem)) {
    const other = listSign(text);
    if (other && isAlike(sign, other) && !isWithin(before, text, flow)) return true;
    before = text;
  }
  return false;
}

/** Whether a number is the first of its list, or one of a row. */
function counts(
  sign: ListSign,
  lines: readonly SourceLine[],
  number: number,
  { item, blocks }: Before,
): boolean {
  const goesBefore = (other: ListSign | undefined) =>
    other !== undefined && isAlike(other, sign) && other.number + 1 === sign.number;
  if (goesBefore(item)) return true;
  const last = blocks.slice(-longestItem);
  while (last.at(-1)?.kind === 'item') {
    const block = last.pop();
    if (block?.kind === 'item' && isAlike(block.sign, sign)) {
      if (goesBefore(block.sign)) return true;
      break;
    }
  }
  if (isFollowed(sign, lines, number)) return true;
  // Where the next number comes later, with text between, they count sections, and stay in their words.
  return sign.number === 1 && !isDay(sign) && !isFollowedLater(sign, lines, number);
}

/** How far the next section is looked for, in lines. */
const longestSection = 200;

function isFollowedLater(sign: ListSign, lines: readonly SourceLine[], number: number): boolean {
  const next = number - (lines[0]?.number ?? 1) + 1;
  return lines.slice(next, next + longestSection).some(({ text }) => {
    const other = listSign(text);
    return other !== null && isAlike(sign, other) && other.number === sign.number + 1;
  });
}

/** Whether the next number comes, with nothing between that is not the item's. */
function isFollowed(sign: ListSign, lines: readonly SourceLine[], number: number): boolean {
  let afterBlank = false;
  // Lines follow each other without a gap, in a quote too.
  const next = number - (lines[0]?.number ?? 1) + 1;
  for (const line of lines.slice(next, next + longestItem)) {
    if (isBlank(line)) {
      afterBlank = true;
      continue;
    }
    const other = listSign(line.text);
    if (other && isAlike(sign, other)) return other.number === sign.number + 1;
    if (afterBlank && !other && indentOf(line.text) <= sign.indent) return false;
    afterBlank = false;
  }
  return false;
}
