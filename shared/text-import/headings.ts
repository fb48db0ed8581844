import type { TextBlock } from './blocks.ts';
import { isByline, isDateline, isGreeting, isQuotation, isSignOff } from './letters.ts';
import { endsSentence, isShouted } from './wrapping/measure.ts';
import { longestHeading } from './read-blocks.ts';
import { hasColumns, isLabelled, isNote, listSign } from './signs.ts';

type Text = Extract<TextBlock, { kind: 'text' }>;

/**
 * Which of these blocks are headings without a sign: short lines, no sentences, before a paragraph that
 * is longer. From the end, since what comes next has to be known as none.
 */
export function findHeadings(blocks: readonly TextBlock[]): ReadonlySet<TextBlock> {
  const headings = new Set<TextBlock>();
  const shouted = mostlyShouted(blocks);
  for (let i = blocks.length - 1; i >= 0; i -= 1) {
    const block = blocks[i];
    if (block?.kind !== 'text' || !couldBe(block)) continue;
    const next = nextOf(blocks, i);
    if (!next) continue;
    const loud = !shouted && isShouted(block.text);
    const stands = standsAlone(blocks, i, next)
      ? isBefore(block, next, headings, loud)
      : isOnTop(blocks[i - 1], block, next, loud);
    if (stands) headings.add(block);
  }
  return headings;
}

function couldBe({ text, lines, table }: Text): boolean {
  if (lines > 1 || table || lengthOf(text) > longestHeading || !/\p{L}/u.test(text)) return false;
  if (endsSentence(text) || /(?:[,;–—&]|(?<!\p{L})-)\s*$/u.test(text)) return false;
  if (/^\s*[([].*[)\]]\s*$/.test(text) || /^\s*\S*(?:@|:\/\/)\S*\s*$/.test(text)) return false;
  if (listSign(text) !== null || isLabelled(text) || isNote(text) || hasColumns(text)) return false;
  return ![isGreeting, isByline, isDateline, isSignOff, isQuotation].some((is) => is(text));
}

/** What a heading would be of: bylines and dates stand between. */
function nextOf(blocks: readonly TextBlock[], index: number): TextBlock | undefined {
  for (let i = index + 1; i < Math.min(blocks.length, index + 4); i += 1) {
    const block = blocks[i];
    if (block?.kind !== 'text' || !(isByline(block.text) || isDateline(block.text))) return block;
  }
  return undefined;
}

/** Whether there is nothing in the block's group but what belongs to a heading. */
function standsAlone(blocks: readonly TextBlock[], index: number, next: TextBlock): boolean {
  const { group } = blocks[index] ?? {};
  return blocks[index - 1]?.group !== group && next.group !== group;
}

/** Least length of a paragraph that does not end as a sentence, in characters. */
const leastParagraph = 40;

function isBefore(
  block: Text,
  next: TextBlock,
  headings: ReadonlySet<TextBlock>,
  loud: boolean,
): boolean {
  if (loud && (next.kind !== 'text' || headings.has(next))) return next.kind !== 'divider';
  if (next.kind !== 'text' || next.table || headings.has(next)) return false;
  if (loud) return !isShouted(next.text);
  const length = lengthOf(next.text.trim());
  if (length <= lengthOf(block.text.trim())) return false;
  return next.lines > 1 || length >= leastParagraph || endsSentence(next.text);
}

/** Lengths of a line, in characters, that no verse has, and that one has seldom. */
const noVerse = 120;
const seldomVerse = 80;

/** Whether a line is a heading right on top of its text. Verses and addresses are not. */
function isOnTop(
  before: TextBlock | undefined,
  block: Text,
  next: TextBlock,
  loud: boolean,
): boolean {
  if (next.kind !== 'text' || next.table) return false;
  const follows = before?.kind === 'text' && before.group === block.group;
  if (follows && !endsSentence(before.text) && lengthOf(before.text) <= noVerse) return false;
  const [length, own] = [lengthOf(next.text), lengthOf(block.text)];
  if (length <= own) return false;
  if (next.lines > 1 || length > noVerse) return true;
  if (!endsSentence(next.text)) return false;
  return loud
    ? !isShouted(next.text) && length > longestCaption
    : length >= Math.max(seldomVerse, own * 2);
}

/** Lines of an address or a signature are no longer. */
const longestCaption = 60;

/** Telegrams and old terminals have no small letters: there they say nothing. */
function mostlyShouted(blocks: readonly TextBlock[]): boolean {
  let [all, loud] = [0, 0];
  for (const block of blocks) {
    if (block.kind !== 'text') continue;
    all += block.text.length;
    if (isShouted(block.text)) loud += block.text.length;
  }
  return loud > all * 0.6;
}

function lengthOf(text: string): number {
  return [...text].length;
}
