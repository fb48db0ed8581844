import { normalDelta } from '../document/delta/delta.ts';
import { maxIndent, type Attributes, type DeltaOp } from '../document/schema.ts';
import type { TextBlock } from './blocks.ts';
import { findHeadings } from './headings.ts';
import { sourceLines, type SourceWarning } from './lines.ts';
import { readTextBlocks } from './read-blocks.ts';
import { ListWriter } from './list-writer.ts';

export interface ImportedText {
  readonly body: DeltaOp[];
  readonly warnings: SourceWarning[];
  /** Lines were put together to a paragraph. */
  readonly joined: boolean;
}

/**
 * Plain text as a body. Blank lines divide, and so do single line ends, but where the text was wrapped:
 * there a paragraph is what its lines say together. Within a paragraph no character is changed.
 */
export function readText(content: string, { headings = true } = {}): ImportedText {
  const { lines, warnings } = sourceLines(content);
  const blocks = readTextBlocks(lines);
  const found = headings ? findHeadings(blocks) : new Set<TextBlock>();
  const writer = new BodyWriter(levelsOf(blocks), warnings);
  for (const block of blocks) writer.write(block, found.has(block));
  warnings.sort((a, b) => a.line - b.line);
  return { body: normalDelta(writer.ops), warnings, joined: blocks.some(isJoined) };
}

function isJoined(block: TextBlock): boolean {
  if (block.kind === 'quote') return block.blocks.some(isJoined);
  return 'lines' in block && block.lines > 1;
}

type Levels = Readonly<Record<'=' | '-', 2 | 3>>;

/** A single "=" is under the title of a text, and its sections have "-". */
function levelsOf(blocks: readonly TextBlock[]): Levels {
  const above = blocks.filter((block) => block.kind === 'underlined' && block.sign === '=');
  return { '=': 2, '-': above.length > 1 ? 3 : 2 };
}

class BodyWriter {
  readonly ops: DeltaOp[] = [];
  readonly #levels: Levels;
  readonly #warnings: SourceWarning[];
  readonly #list: ListWriter;

  constructor(levels: Levels, warnings: SourceWarning[]) {
    this.#levels = levels;
    this.#warnings = warnings;
    this.#list = new ListWriter(warnings);
  }

  write(block: TextBlock, heading: boolean): void {
    if (block.kind !== 'item') this.#list.end();
    switch (block.kind) {
      case 'text':
        return this.#line(block.text, heading ? { header: 2 } : {});
      case 'underlined':
        return this.#line(block.text, { header: this.#levels[block.sign] });
      case 'divider':
        this.ops.push({ insert: { divider: true } });
        return this.#line('', {});
      case 'item': {
        const { style, indent } = this.#list.place(block);
        const level = Math.min(indent, maxIndent);
        return this.#line(block.text, { ...(level > 0 && { indent: level }), list: style });
      }
      case 'quote':
        return this.#quote(block.blocks);
    }
  }

  /** A quote has paragraphs only: what else is quoted keeps its signs. */
  #quote(blocks: readonly TextBlock[]): void {
    for (const block of blocks) {
      if (block.kind === 'quote') {
        this.#warnings.push({
          line: block.line,
          what: 'nesting',
          message: 'A quote within a quote is one with it',
        });
        this.#quote(block.blocks);
      } else {
        const mark = block.kind === 'item' && !block.more ? `${block.sign.mark} ` : '';
        this.#line(mark + block.text, { blockquote: true });
      }
    }
  }

  #line(text: string, attributes: Attributes): void {
    if (text !== '') this.ops.push({ insert: text });
    this.ops.push(
      Object.keys(attributes).length > 0 ? { insert: '\n', attributes } : { insert: '\n' },
    );
  }
}
