import type * as Y from 'yjs';
import type { Moment } from '../moments.ts';
import type { Range } from '../parts.ts';
import { Gone, hashesOf, longMatch, type Cut } from './gone.ts';
import { before, Letters, never } from './letters.ts';
import { coreOf, isSame, isSpace, wholeWords } from './matching.ts';
import { PutBacks } from './put-backs.ts';
import { Standing } from './standing.ts';
import { undoneBy } from './undone.ts';

/** Where each letter of a document comes from. All arrays are by position. */
export interface Provenance {
  readonly letters: Letters;
  /** Of a letter: that of the same letter as it was first written, which may be its own. */
  readonly first: Int32Array;
  /** Of a letter as it was first written: how many times it stands (once, but for odd merges). */
  readonly standing: Int32Array;
  /** Of the same: where it was last taken away; -1: nowhere. */
  readonly lastGone: Int32Array;
}

/**
 * Tells letters that come back from new ones (A1). Whatever had gone and comes back is the letter that
 * it was: where an undo or a restore puts it in its old place (undone.ts), and where text is written
 * that had been taken away:
 *
 * - all that is written at one place in one row is just what was taken away in that row, or by the
 *   same person shortly before: a drag, a move, a cut and its paste, of any length;
 * - or a part of it, of `longMatch` letters or more, stood so in what was ever taken away by anybody.
 *
 * New are a copy of letters that stand, what somebody types letter by letter, and what is put
 * together of less than that (A2).
 *
 * `doc` holds the rows of `moments` and has kept what they took away; nothing comes back of what had
 * gone before the first of them. Only what the rows of a journal hold counts, and that stays when they
 * are packed.
 */
export function provenanceOf(doc: Y.Doc, moments: readonly Moment[]): Provenance {
  const letters = new Letters(doc, moments);
  const tracer = new Tracer(letters, undoneBy(doc, letters));
  const gone = byDeath(letters, moments.length);
  moments.forEach((moment, row) => tracer.take(moment, row, gone(row)));
  return tracer;
}

/** A single letter that is cut, and the space around it. */
const mostAroundLetter = 3;

/** What is written at one place in one row. */
interface Run {
  readonly positions: readonly number[];
  readonly code: Uint16Array;
}

interface Row {
  readonly author: string | null;
  readonly at: number;
  readonly row: number;
  readonly cuts: readonly Cut[];
}

class Tracer implements Provenance {
  readonly letters: Letters;
  readonly first: Int32Array;
  readonly standing: Int32Array;
  readonly lastGone: Int32Array;
  readonly #undone: Int32Array;
  readonly #stands: Standing;
  readonly #putBacks: PutBacks;
  readonly #gone: Gone;

  constructor(letters: Letters, undone: Int32Array) {
    const { count, birth, death } = letters;
    this.letters = letters;
    this.#undone = undone;
    this.first = new Int32Array(count);
    this.standing = new Int32Array(count);
    this.lastGone = new Int32Array(count).fill(-1);
    this.#stands = new Standing(count);
    this.#putBacks = new PutBacks(letters, this.#stands);
    this.#gone = new Gone(letters);
    for (let i = 0; i < count; i++) {
      this.first[i] = i;
      if (birth[i] !== before || death[i] === before) continue;
      this.standing[i] = 1;
      this.#stands.set(i, true);
    }
    // What is at the end of one text is no neighbour of what begins another.
    for (const { to } of letters.fields) this.#stands.set(to, true);
  }

  /** `gone`: what the row took away, in the order of the text. */
  take({ author, at, edits }: Moment, row: number, gone: Int32Array): void {
    const cuts = gone.length === 0 ? [] : this.#cut(gone, row, at);
    if (cuts.length > 0) {
      this.#gone.add(author, cuts, (left, right) => !this.#stands.between(left, right));
    }
    const written = this.#writtenBy(edits, row);
    if (written.length === 0) return;
    if (written.length > 1 || cuts.length > 0 || !this.#isTyped(written[0] ?? -1, author, row)) {
      this.#write(written, { author, at, row, cuts });
    } else {
      this.#gone.wrote(author);
      this.#count(written[0] ?? -1);
    }
    for (const position of written) {
      if (!this.#isGone(position, row)) this.#stands.set(position, true);
      else this.lastGone[this.#firstOf(position)] = position;
    }
  }

  /** A letter that is surely new, as nearly all are: looked at before anything else. */
  #isTyped(position: number, author: string | null, row: number): boolean {
    if (this.#undone[position] !== -1 || this.#isGone(position, row)) return false;
    const open = this.#gone.open(author);
    return open === null || open.positions.length > mostAroundLetter;
  }

  #write(written: readonly number[], row: Row): void {
    const putBack = new Set(
      written.filter((position) => {
        const source = this.#undone[position] ?? -1;
        return source >= 0 && this.#putBacks.take(position, source, row.row);
      }),
    );
    const isPutBack = (position: number) => putBack.has(position);
    // What is moved to right before itself looks put back where it begins, and is one run all the same.
    const mixed = written.some(isPutBack) && !written.every(isPutBack);
    const moved = mixed
      ? this.#runs(written).filter((run) =>
          this.#matchWhole(run, row, (position) => this.#isFree(position)),
        )
      : [];
    const done = new Set(moved.flatMap(({ positions }) => positions));
    const isBack = (position: number) => isPutBack(position) && !done.has(position);
    const runs = this.#runs(written.filter((one) => !isPutBack(one) && !done.has(one)));
    const isGone = (position: number) => this.#isGone(position, row.row);
    // What went again in the same row first: it may be what others of them are put back for.
    const passing = runs.filter(({ positions }) => positions.every(isGone));
    for (const run of passing) this.#match(run, row);
    for (const position of written.filter(isBack)) this.#putBack(position, row.row);
    for (const run of runs) if (!passing.includes(run)) this.#match(run, row);
    if (runs.length + moved.length > 0) this.#gone.wrote(row.author);
    for (const position of written) if (!isGone(position)) this.#count(position);
  }

  /** Takes letters out of the text, and gives the stretches that they were. */
  #cut(gone: Int32Array, row: number, at: number): Cut[] {
    const cuts: Cut[] = [];
    for (const position of gone) {
      if (this.letters.birth[position] === row) continue;
      const positions = cuts.at(-1)?.positions;
      const last = positions?.at(-1);
      const goesOn = last !== undefined && !this.#stands.between(last, position);
      if (goesOn) positions?.push(position);
      else cuts.push({ positions: [position], at, core: null });
    }
    for (const { positions } of cuts) {
      for (const position of positions) {
        const first = this.#firstOf(position);
        this.standing[first] = (this.standing[first] ?? 0) - 1;
        this.lastGone[first] = position;
        this.#stands.set(position, false);
      }
    }
    return cuts;
  }

  /** What a row brought, in the order in which it was written. */
  #writtenBy(edits: readonly Range[], row: number): number[] {
    const written: number[] = [];
    for (const range of edits) {
      for (const { from, to } of this.letters.within(range)) {
        for (let i = from; i < to; i++) if (this.letters.birth[i] === row) written.push(i);
      }
    }
    return written;
  }

  #runs(written: readonly number[]): Run[] {
    const runs: number[][] = [];
    for (const position of written) {
      const run = runs.at(-1);
      const last = run?.at(-1);
      const goesOn = last !== undefined && last < position && !this.#stands.between(last, position);
      if (goesOn) run?.push(position);
      else runs.push([position]);
    }
    return runs.map((positions) => ({
      positions,
      code: Uint16Array.from(positions, (position) => this.letters.code[position] ?? 0),
    }));
  }

  #match(run: Run, row: Row): void {
    const free = (position: number) => this.#isFree(position);
    const passing = run.positions.every((position) => this.#isGone(position, row.row));
    const isFree = passing ? () => true : free;
    if (this.#matchWhole(run, row, isFree)) return;
    const parts = this.#divided(run, row.row);
    if (parts.length === 1) this.#matchParts(run, row, isFree);
    // What was typed there and went again in the same row is no part of what was put in beside it.
    else for (const part of parts) this.#match(part, row);
  }

  /** A run as what went again in its row, and what stayed, by turns. */
  #divided({ positions, code }: Run, row: number): Run[] {
    const starts = positions.flatMap((position, i) => {
      const before = positions[i - 1];
      const goesOn =
        before !== undefined && this.#isGone(position, row) === this.#isGone(before, row);
      return goesOn ? [] : [i];
    });
    return starts.map((from, i) => ({
      positions: positions.slice(from, starts[i + 1]),
      code: code.slice(from, starts[i + 1]),
    }));
  }

  /** Whether all of a run is what was cut for it. */
  #matchWhole(run: Run, { author, at, cuts, row }: Row, isFree: Free): boolean {
    const candidates = [...cuts, ...this.#cutBefore(run, author, at)];
    if (candidates.length === 0) return false;
    const core = coreOf(run.code);
    for (const cut of candidates) {
      const other = this.#gone.core(cut);
      if (!isSame(core, other)) continue;
      const from = core.from === core.to ? 0 : other.from - core.from;
      let found = false;
      run.positions.forEach((position, i) => {
        const source = cut.positions[i + from];
        if (source === undefined || !isFree(source)) return;
        if (this.letters.code[source] !== run.code[i]) return;
        this.#take(position, source, row);
        found = true;
      });
      if (!found) continue;
      this.#matchSpaces(run, cut, row, isFree);
      return true;
    }
    return false;
  }

  /** A single letter is told from a typed one only where nothing was done between. */
  #cutBefore(run: Run, author: string | null, at: number): readonly Cut[] {
    if (isSpace(run.code[0]) && coreOf(run.code).from === run.code.length) return [];
    if (run.code.length > 1) return this.#gone.cutBy(author, at);
    const open = this.#gone.open(author);
    return open === null ? [] : [open];
  }

  /** White space around a run that stood at the other end of what was cut. */
  #matchSpaces(run: Run, cut: Cut, row: number, isFree: Free): void {
    const isBack = (position: number) => this.first[position] !== position;
    const left = cut.positions.filter(
      (source) => isSpace(this.letters.code[source]) && isFree(source),
    );
    run.positions.forEach((position, i) => {
      if (isBack(position) || !isSpace(run.code[i])) return;
      const source = left.find((one) => this.letters.code[one] === run.code[i] && isFree(one));
      if (source !== undefined) this.#take(position, source, row);
    });
  }

  #matchParts({ positions, code }: Run, { row }: Row, isFree: Free): void {
    if (code.length < longMatch) return;
    this.#gone.read();
    const hashes = hashesOf(code, 0, code.length);
    let next = 0;
    for (let i = 0; i < hashes.length; i++) {
      const found = this.#gone.find(code, i, hashes[i] ?? 0, isFree);
      if (found === null) continue;
      const more = this.#gone.findBefore(code, i, found.place, next, isFree);
      const part = wholeWords(code, i - more, i + found.length);
      if (part.to - part.from < longMatch) continue;
      for (let at = part.from; at < part.to; at++) {
        this.#take(positions[at] ?? -1, this.#gone.positionAt(found.place + at - i), row);
      }
      next = part.to;
      i = next - 1;
    }
  }

  /** False where the letter stands elsewhere by now: this is a copy of it. */
  #putBack(position: number, row: number): void {
    const source = this.#undone[position] ?? -1;
    if (this.#isGone(position, row) || this.#isFree(source)) this.#take(position, source, row);
  }

  #take(position: number, source: number, row: number): void {
    if (!this.#isGone(position, row)) {
      this.standing[this.#firstOf(source)] = 1;
    }
    this.first[position] = this.#firstOf(source);
  }

  #count(position: number): void {
    if (this.first[position] === position) this.standing[position] = 1;
  }

  #isFree(source: number): boolean {
    return this.standing[this.#firstOf(source)] === 0;
  }

  #firstOf(position: number): number {
    return this.first[position] ?? position;
  }

  #isGone(position: number, row: number): boolean {
    return this.letters.death[position] === row;
  }
}

type Free = (position: number) => boolean;

/** What each row took away, in the order of the text. */
function byDeath({ death }: Letters, rows: number): (row: number) => Int32Array {
  const ends = new Int32Array(rows + 1);
  const isDated = (row: number | undefined): row is number =>
    row !== undefined && row >= 0 && row !== never;
  // By index: there are as many as there ever were letters, and iterators are five times as slow.
  for (let position = 0; position < death.length; position++) {
    const row = death[position];
    if (isDated(row)) ends[row + 1] = (ends[row + 1] ?? 0) + 1;
  }
  for (let row = 0; row < rows; row++) ends[row + 1] = (ends[row + 1] ?? 0) + (ends[row] ?? 0);
  const next = ends.slice();
  const sorted = new Int32Array(ends[rows] ?? 0);
  for (let position = 0; position < death.length; position++) {
    const row = death[position];
    if (!isDated(row)) continue;
    const index = next[row] ?? 0;
    sorted[index] = position;
    next[row] = index + 1;
  }
  return (row) => sorted.subarray(ends[row], ends[row + 1]);
}
