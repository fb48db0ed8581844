import type { TextBlock } from './blocks.ts';
import { groupsOf, isLeading, lookAt, type Flow, type Group } from './wrapping/flow.ts';
import { isItem, isWithin } from './items.ts';
import { indentOf, stripped, type SourceLine } from './lines.ts';
import { goesOn, oneParagraph, readParagraphs } from './wrapping/paragraphs.ts';
import {
  isDivider,
  isLabelled,
  isNote,
  listSign,
  quoted,
  underline,
  type ListSign,
} from './signs.ts';

/** Quotes within quotes are read to this depth; signs beyond stay in the text. */
const deepestQuote = 8;
/** Longest line that can be a heading, in characters. */
export const longestHeading = 120;

/** A plain text as blocks; `outer` is how the text is wrapped that this is quoted in. */
export function readTextBlocks(lines: readonly SourceLine[], outer?: Flow, depth = 0): TextBlock[] {
  const groups = groupsOf(lines);
  const reader = new BlockReader(lines, lookAt(groups, outer), depth);
  groups.forEach((group, index) => reader.read(group, index));
  return reader.blocks;
}

interface OpenItem {
  readonly sign: ListSign;
  readonly lines: SourceLine[];
}

/** Reads group by group; what is open ends with its group. */
class BlockReader {
  readonly blocks: TextBlock[] = [];
  readonly #lines: readonly SourceLine[];
  readonly #flow: Flow;
  readonly #depth: number;
  #group = 0;
  #run: SourceLine[] = [];
  #item: OpenItem | undefined;

  constructor(lines: readonly SourceLine[], flow: Flow, depth: number) {
    this.#lines = lines;
    this.#flow = flow;
    this.#depth = depth;
  }

  read(group: Group, index: number): void {
    this.#group = index;
    if (this.#readMore(group)) return;
    for (let i = 0; i < group.length;) {
      i += this.#readQuote(group, i) || this.#readRule(group, i) || this.#readLine(group, i);
    }
    this.#end();
  }

  /** A group that is set in under an item is more of it. */
  #readMore(group: Group): boolean {
    const last = this.blocks.at(-1);
    if (last?.kind !== 'item' || listSign(group[0].text) !== null) return false;
    const margin = Math.min(...group.map(({ text }) => indentOf(text)));
    if (margin < last.sign.indent + 2) return false;
    for (const paragraph of readParagraphs(group, this.#flow)) {
      const text = stripped(paragraph.text);
      this.#add({ ...paragraph, text, kind: 'item', sign: last.sign, more: true });
    }
    return true;
  }

  /** @returns how many lines were read. */
  #readQuote(group: Group, from: number): number {
    if (this.#depth >= deepestQuote) return 0;
    const inner: SourceLine[] = [];
    for (let i = from; i < group.length; i += 1) {
      const { text = '', number = 1 } = group[i] ?? {};
      const line = quoted(text);
      if (line === null) break;
      inner.push({ text: line, number });
    }
    const [first] = inner;
    if (!first) return 0;
    // A comparison that a wrapped line happens to begin with.
    const alone = inner.length === 1;
    if (alone && isWithin(this.#before(), group[from]?.text ?? '', this.#flow)) return 0;
    this.#end();
    const blocks = readTextBlocks(inner, this.#flow, this.#depth + 1);
    if (blocks.length > 0) this.#add({ kind: 'quote', blocks, line: first.number });
    return inner.length;
  }

  /** A divider, or a line under a heading. */
  #readRule(group: Group, at: number): number {
    const line = group[at];
    if (!line || !isDivider(line.text)) return 0;
    const sign = underline(stripped(line.text));
    const [above] = this.#run;
    if (sign && above && this.#run.length === 1 && isUnder(line.text, above.text)) {
      this.#run = [];
      const text = stripped(above.text);
      this.#add({ kind: 'underlined', sign, text, line: above.number });
      return 1;
    }
    this.#end();
    // A heading that has a line above it, too.
    const below = group[at + 2]?.text;
    const overlined = sign !== null && below !== undefined && underline(stripped(below)) === sign;
    if (!overlined) this.#add({ kind: 'divider', text: stripped(line.text), line: line.number });
    return 1;
  }

  #readLine(group: Group, index: number): number {
    const line = group[index];
    if (!line) return 1;
    const before = this.#before();
    const sign = listSign(line.text);
    const known = { line: before, item: this.#item?.sign, blocks: this.blocks };
    const place = { lines: this.#lines, group, index, flow: this.#flow };
    if (sign && isItem(sign, place, known)) {
      this.#end();
      this.#item = { sign, lines: [line] };
      return 1;
    }
    if (this.#item && this.#isOfItem(line, this.#item)) {
      this.#item.lines.push(line);
      return 1;
    }
    const begins = isLabelled(line.text) || isNote(line.text);
    if (this.#item || (begins && !isWithin(before, line.text, this.#flow))) this.#end();
    this.#run.push(line);
    if (this.#run.length === 1 && isLeading(line.text, group[index + 1]?.text)) this.#end();
    return 1;
  }

  #isOfItem({ text }: SourceLine, { sign, lines }: OpenItem): boolean {
    if (indentOf(text) > sign.indent) return true;
    return goesOn(lines.at(-1)?.text ?? '', text, this.#flow);
  }

  #before(): string | undefined {
    return (this.#item?.lines ?? this.#run).at(-1)?.text;
  }

  #end(): void {
    if (this.#item) {
      const { sign, lines } = this.#item;
      const words = lines.map((line, i) => (i === 0 ? { ...line, text: sign.text } : line));
      const paragraph = oneParagraph(words, this.#flow.habits);
      this.#add({ ...paragraph, kind: 'item', sign, more: false });
    }
    for (const paragraph of readParagraphs(this.#run, this.#flow)) {
      this.#add({ ...paragraph, kind: 'text' });
    }
    this.#item = undefined;
    this.#run = [];
  }

  #add(block: Ungrouped): void {
    this.blocks.push({ ...block, group: this.#group });
  }
}

type Ungrouped = TextBlock extends infer Block
  ? Block extends TextBlock
    ? Omit<Block, 'group'>
    : never
  : never;

/** Whether a line of signs is one under a heading, and not one between two texts. */
function isUnder(line: string, above: string): boolean {
  const length = stripped(above).length;
  if (length > longestHeading) return false;
  return line.trim().startsWith('=') || line.trim().length * 2 >= length;
}
