import { maxIndent } from '../document/schema.ts';
import type { ItemBlock } from './blocks.ts';
import type { SourceWarning } from './lines.ts';
import type { ListSign } from './signs.ts';

/** Columns that an inner list is set in by, at least. */
const leastIndent = 2;

/** Gives the items of a text their levels, and says what of their signs is lost. */
export class ListWriter {
  readonly #warnings: SourceWarning[];
  /** Of the levels that are open, the sign that each began with. */
  #open: ListSign[] = [];

  constructor(warnings: SourceWarning[]) {
    this.#warnings = warnings;
  }

  /** What is no item ends all lists. */
  end(): void {
    this.#open = [];
  }

  place({ sign, line, more }: ItemBlock): { style: ListSign['style']; indent: number } {
    while (this.#open.length > 1 && sign.indent < (this.#open.at(-1)?.indent ?? 0) - 1) {
      this.#open.pop();
    }
    const last = this.#open.at(-1);
    if (!last || sign.indent >= last.indent + leastIndent) {
      this.#open.push(sign);
      this.#begins(sign, line);
    } else if (last.kind !== sign.kind) {
      this.#open[this.#open.length - 1] = { ...sign, indent: last.indent };
      this.#begins(sign, line);
    }
    if (more) this.#warn(line, 'list item', 'Another paragraph of an item becomes an item');
    return { style: sign.style, indent: this.#open.length - 1 };
  }

  #begins({ style, kind, number }: ListSign, line: number): void {
    if (style === 'ordered' && kind.includes('a')) {
      this.#warn(line, 'list start', 'The list is numbered, and not lettered');
    } else if (style === 'ordered' && number !== 1) {
      this.#warn(line, 'list start', `The list begins at 1, not at ${number}`);
    }
    if (this.#open.length - 1 > maxIndent) {
      this.#warn(line, 'list depth', 'Nested too deeply: levels are merged');
    }
  }

  #warn(line: number, what: string, message: string): void {
    this.#warnings.push({ line, what, message });
  }
}
