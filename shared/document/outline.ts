import { groupBlocks, lineText, readBlocks, type Block, type Line } from './blocks.ts';
import type { HeadingLevel } from './schema.ts';
import { countWords } from './text/words.ts';

/** A counterpoint. `answers` is absent where it names no thesis. */
export interface OutlineCounterpoint {
  id: string;
  answers?: string;
  text: string;
  words: number;
  from: number;
  to: number;
}

/** A thesis with the counterpoints that answer it, wherever in the piece they stand. */
export interface OutlineThesis {
  id: string;
  text: string;
  words: number;
  from: number;
  to: number;
  counterpoints: OutlineCounterpoint[];
}

/**
 * What a stretch of the piece argues. Indexes are into the body; `to` is the index of the last line
 * break in it (or the end of the body). `counterpoints` are those that stand here.
 */
export interface OutlinePart {
  from: number;
  to: number;
  words: number;
  theses: OutlineThesis[];
  counterpoints: OutlineCounterpoint[];
}

/**
 * A heading and what follows to the next of its level or above. `words` counts all of that, heading
 * and subsections included; `theses` and `counterpoints` are those outside of the subsections.
 */
export interface OutlineSection extends OutlinePart {
  heading: string;
  level: HeadingLevel;
  sections: OutlineSection[];
}

export type MissingCode =
  | 'heading_empty'
  | 'section_without_thesis'
  | 'thesis_unanswered'
  | 'thesis_empty'
  | 'counterpoint_empty'
  | 'counterpoint_without_thesis'
  | 'counterpoint_answers_unknown'
  | 'id_duplicate';

/** Something an editor would ask for. `at` is an index into the body, `id` a thesis's or counterpoint's. */
export interface Missing {
  code: MissingCode;
  at: number;
  id?: string;
  message: string;
}

export interface Outline {
  words: number;
  lede: OutlinePart;
  sections: OutlineSection[];
  missing: Missing[];
}

/**
 * The argument of a body, from its delta (S1). When several blocks apart from each other carry the
 * same id (a copy, pasted), the first is the one that counterpoints answer; the others are listed in
 * their place, with no answers, and as `id_duplicate`. Never throws.
 */
export function readOutline(delta: readonly unknown[]): Outline {
  const builder = new OutlineBuilder();
  for (const block of groupBlocks(readBlocks(delta))) builder.add(block);
  return builder.finish();
}

class OutlineBuilder {
  readonly #lede: OutlinePart = emptyPart(0);
  readonly #sections: OutlineSection[] = [];
  /** The sections that are open, outermost first. */
  readonly #open: OutlineSection[] = [];
  readonly #all: OutlineSection[] = [];
  readonly #theses = new Map<string, OutlineThesis>();
  readonly #counterpoints: OutlineCounterpoint[] = [];
  readonly #ids = new Set<string>();
  readonly #missing: Missing[] = [];
  #words = 0;

  add(block: Block): void {
    const [first] = block.lines;
    if (first.kind === 'heading') this.#openSection(first, first.level);
    const here = this.#open.at(-1) ?? this.#lede;
    const words = countBlock(block);
    this.#words += words;
    for (const part of this.#open.length > 0 ? this.#open : [this.#lede]) {
      part.words += words;
      part.to = block.to;
    }
    if (first.kind === 'thesis') this.#addThesis(here, block, first.id, words);
    else if (first.kind === 'counterpoint') this.#addCounterpoint(here, block, first.id, words);
  }

  finish(): Outline {
    for (const counterpoint of this.#counterpoints) this.#answer(counterpoint);
    for (const thesis of this.#theses.values()) {
      if (thesis.counterpoints.length > 0) continue;
      this.#miss(
        'thesis_unanswered',
        thesis.from,
        'No counterpoint answers this thesis',
        thesis.id,
      );
    }
    for (const section of this.#all) {
      if (argues(section)) continue;
      this.#miss('section_without_thesis', section.from, 'This section argues no thesis');
    }
    this.#missing.sort((a, b) => a.at - b.at);
    return {
      words: this.#words,
      lede: this.#lede,
      sections: this.#sections,
      missing: this.#missing,
    };
  }

  #openSection(line: Line, level: HeadingLevel): void {
    while ((this.#open.at(-1)?.level ?? 0) >= level) this.#open.pop();
    const heading = lineText(line).trim();
    const section = { heading, level, ...emptyPart(line.from), sections: [] };
    (this.#open.at(-1)?.sections ?? this.#sections).push(section);
    this.#open.push(section);
    this.#all.push(section);
    if (heading === '') this.#miss('heading_empty', line.from, 'This heading is empty');
  }

  #addThesis(here: OutlinePart, block: Block, id: string, words: number): void {
    const thesis = { id, ...describe(block, words), counterpoints: [] };
    here.theses.push(thesis);
    if (words === 0) this.#miss('thesis_empty', block.from, 'This thesis is empty', id);
    if (this.#isNew(id, block.from)) this.#theses.set(id, thesis);
  }

  #addCounterpoint(here: OutlinePart, block: Block, id: string, words: number): void {
    const answers = block.lines.flatMap((line) =>
      line.kind === 'counterpoint' && line.answers !== undefined ? [line.answers] : [],
    )[0];
    const counterpoint = {
      id,
      ...(answers !== undefined && { answers }),
      ...describe(block, words),
    };
    here.counterpoints.push(counterpoint);
    this.#counterpoints.push(counterpoint);
    if (words === 0) this.#miss('counterpoint_empty', block.from, 'This counterpoint is empty', id);
    this.#isNew(id, block.from);
  }

  #answer(counterpoint: OutlineCounterpoint): void {
    const { answers, from, id } = counterpoint;
    if (answers === undefined) {
      this.#miss('counterpoint_without_thesis', from, 'This counterpoint answers no thesis', id);
      return;
    }
    const thesis = this.#theses.get(answers);
    if (thesis) thesis.counterpoints.push(counterpoint);
    else {
      const message = `This counterpoint answers "${answers}", which is no thesis here`;
      this.#miss('counterpoint_answers_unknown', from, message, id);
    }
  }

  #isNew(id: string, at: number): boolean {
    if (!this.#ids.has(id)) return this.#ids.add(id).has(id);
    this.#miss('id_duplicate', at, `Another block above already has the id "${id}"`, id);
    return false;
  }

  #miss(code: MissingCode, at: number, message: string, id?: string): void {
    this.#missing.push({ code, at, ...(id !== undefined && { id }), message });
  }
}

function emptyPart(from: number): OutlinePart {
  return { from, to: from, words: 0, theses: [], counterpoints: [] };
}

function describe(block: Block, words: number) {
  return { text: block.lines.map(lineText).join('\n'), words, from: block.from, to: block.to };
}

function countBlock(block: Block): number {
  return block.lines.reduce((sum, line) => sum + countWords(lineText(line)), 0);
}

function argues(section: OutlineSection): boolean {
  return section.theses.length > 0 || section.sections.some(argues);
}
