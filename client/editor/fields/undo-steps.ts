import { insertLength, type BodyOp } from '../binding/body-ops.ts';
import type { DeltaChange } from '../binding/remote-changes.ts';

/** What one edit is to the step of undo before it. */
export type StepOf =
  /** Begins a step. */
  | 'new'
  /** Joins the step before, if that was just now. */
  | 'typing'
  /** Joins the step before, however long ago that was. */
  | 'composition';

export interface Edit {
  readonly ops: readonly BodyOp[];
  /** An input method wrote it. */
  readonly composing: boolean;
  /** It is typed over a selection. */
  readonly replaces: boolean;
}

/** From here on a step ends behind the next word, and at twice as much within one, in UTF-16 units. */
const longStep = 120;
/**
 * So much deleted in a row, letter by letter or at once, corrects a typo. More begins a step: undone
 * together with what was typed just before, that would be gone.
 */
const longTypo = { byLetter: 8, atOnce: 2 };
/** The end of a sentence, and the space behind it. */
const sentenceEnd = /(?:[.!?…]["'”’»)\]]*\s|[。！？][」』）]*)$/u;

/**
 * Where one step of undo ends and the next begins: a composition is one; typing is one up to the end of
 * a sentence, or a bounded stretch of it, as long as it goes on in one place; anything else (a split, a
 * mark, what a typing rule does) is one by itself. A pause is the undo manager's to see.
 */
export class UndoSteps {
  /** Where typing would go on, as an index of the text. */
  #place: number | undefined;
  #length = 0;
  #typed = '';
  #deleted = 0;
  #composing = false;

  next({ ops, composing, replaces }: Edit): StepOf {
    const continues = composing && this.#composing;
    const begins = composing !== this.#composing || !this.#goesOn(ops);
    this.#composing = composing;
    this.#follow(ops, composing || isTyping(ops) || replaces, begins);
    if (continues) return 'composition';
    return begins ? 'new' : 'typing';
  }

  /** The next edit begins a step, whatever it is: also the next composition. */
  end(): void {
    this.#place = undefined;
    this.#composing = false;
  }

  /** Others changed the text. */
  moved(delta: readonly DeltaChange[]): void {
    let index = 0;
    for (const { insert, delete: gone = 0, retain = 0 } of delta) {
      if (this.#place === undefined) return;
      if (insert !== undefined) {
        const length = insertLength(insert);
        if (index < this.#place) this.#place += length;
        index += length;
      } else if (index < this.#place) this.#place -= Math.min(gone, this.#place - index);
      index += retain;
    }
  }

  #goesOn(ops: readonly BodyOp[]): boolean {
    const [op] = ops;
    if (!op || !isTyping(ops) || this.#place === undefined) return false;
    if (op.kind === 'insert') {
      const full = this.#length >= 2 * longStep;
      const wordEnds = this.#length >= longStep && /\s$/.test(this.#typed);
      return op.at === this.#place && !full && !wordEnds && !sentenceEnd.test(this.#typed);
    }
    if (op.kind !== 'delete') return false;
    const { byLetter, atOnce } = longTypo;
    const corrects = op.length <= atOnce && this.#deleted + op.length <= byLetter;
    return (
      (this.#length === 0 || corrects) &&
      (op.at === this.#place || op.at + op.length === this.#place)
    );
  }

  #follow(ops: readonly BodyOp[], open: boolean, begins: boolean): void {
    if (begins) {
      this.#length = 0;
      this.#typed = '';
      this.#deleted = 0;
    }
    const last = ops.at(-1);
    this.#place = undefined;
    if (!open || !last || last.kind === 'format') return;
    if (last.kind === 'insert') {
      const text = typeof last.insert === 'string' ? last.insert : '';
      this.#length += text.length;
      this.#typed = (this.#typed + text).slice(-8);
      this.#deleted = 0;
      this.#place = last.at + insertLength(last.insert);
    } else {
      this.#typed = '';
      this.#deleted += last.length;
      this.#place = last.at;
    }
  }
}

/** One stretch of text in or out. */
function isTyping([op, ...more]: readonly BodyOp[]): boolean {
  if (!op || more.length > 0) return false;
  if (op.kind === 'insert') return typeof op.insert === 'string' && !op.insert.includes('\n');
  return op.kind === 'delete';
}
