import * as Y from 'yjs';
import { isStray, sameValue } from '../../../shared/document/delta/delta.ts';
import type { Owners } from '../owners.ts';
import { AttributeValues, type Difference } from './attribute-values.ts';
import type { Credit } from './credit.ts';
import type { AnyText } from './texts.ts';

interface Counting {
  readonly added: Owners;
  readonly removed: Owners;
  /** How many there are in the block. */
  readonly stretches: number;
  readonly credit: Credit;
}

/**
 * Counts changes of format, and embeds that were put in or taken out. A change of format is one of
 * letters that are still there and had been written before: how one's own new words look is part of
 * writing them. What neighbouring letters of a line have in common counts once, and so does what a
 * line has become.
 */
export function countFormats(text: AnyText, counting: Counting): void {
  const { added, removed, credit } = counting;
  const formats = new Formats(counting);
  for (let item = text._start; item !== null; item = item.right) {
    const { content, deleted } = item;
    const { client, clock } = item.id;
    if (content instanceof Y.ContentString) {
      if (deleted || !formats.differ()) continue;
      for (const { from, to, owner } of added.parts(client, clock, item.length)) {
        formats.letters(content.str.slice(from - clock, to - clock), owner);
      }
      continue;
    }
    const adder = added.parts(client, clock, 1)[0]?.owner ?? null;
    const remover = deleted ? (removed.parts(client, clock, 1)[0]?.owner ?? null) : null;
    // It was gone before, or came and went within one stretch.
    if (deleted && (remover === null || remover === adder)) continue;
    if (content instanceof Y.ContentFormat) {
      formats.pass(content, adder, remover);
    } else if (item.countable) {
      credit(adder, 'embeds', 1);
      credit(remover, 'embeds', 1);
      if (!deleted && formats.differ()) formats.letters(embed, adder);
    }
  }
}

/** Stands for an embed: inline attributes count on it. */
const embed = '\ufffc';

/** An attribute, and the stretches that changed it. */
type Differences = [name: string, by: ReadonlyMap<number, Difference>];

const none: ReadonlyMap<number, Difference> = new Map();

class Formats {
  readonly #counting: Counting;
  readonly #values = new Map<string, AttributeValues>();
  /** Attributes that were changed somewhere before in the text. */
  readonly #touched = new Set<string>();
  /** What the letter before has, which counts once with what follows. */
  #running = new Map<string, ReadonlyMap<number, Difference>>();

  constructor(counting: Counting) {
    this.#counting = counting;
  }

  /** Whether any letter could look otherwise here: most of a piece does not. */
  differ(): boolean {
    for (const name of this.#touched) if (this.#values.get(name)?.all.size !== 0) return true;
    this.#running = new Map();
    return false;
  }

  pass({ key, value }: Y.ContentFormat, adder: number | null, remover: number | null): void {
    let values = this.#values.get(key);
    if (values === undefined) {
      values = new AttributeValues(this.#counting.stretches);
      this.#values.set(key, values);
    }
    values.pass(value, { adder, remover });
    if (adder !== null || remover !== null) this.#touched.add(key);
  }

  letters(letters: string, adder: number | null): void {
    for (const part of letters.split(/(\n)/)) {
      if (part === '\n') this.#lineBreak(adder);
      else if (part !== '') this.#text(adder);
    }
  }

  #text(adder: number | null): void {
    const running = this.#running;
    this.#running = new Map();
    for (const [name, differences] of this.#differences('text', adder)) {
      const before = running.get(name) ?? none;
      for (const [by, difference] of differences) {
        if (!sameValue(before.get(by), difference)) this.#counting.credit(by, 'formats', 1);
      }
      // What stretches did before these letters came goes on behind them.
      const passed = adder === null ? [] : [...before].filter(([by]) => by <= adder);
      this.#running.set(name, new Map([...passed, ...differences]));
    }
  }

  /** However many attributes make a line what it is, that is one change. */
  #lineBreak(adder: number | null): void {
    const by = this.#differences('break', adder).flatMap(([, differences]) => [
      ...differences.keys(),
    ]);
    for (const one of new Set(by)) this.#counting.credit(one, 'formats', 1);
    this.#running = new Map();
  }

  #differences(on: 'text' | 'break', adder: number | null): Differences[] {
    return [...this.#touched].flatMap((name): Differences[] => {
      const values = isStray(name, on) ? undefined : this.#values.get(name);
      return values === undefined ? [] : [[name, values.differences(adder)]];
    });
  }
}
