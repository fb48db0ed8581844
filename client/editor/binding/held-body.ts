import { insertLength, type BodyOp } from './body-ops.ts';
import type { DeltaChange } from './remote-changes.ts';
import type { Match } from './token-diff.ts';

/**
 * Bridges an editor that must not be touched for a while (an input method is composing in the line
 * that somebody else writes in) and the body, which goes on: local operations are carried over to the
 * indexes of the shared body and written at once, so no keystroke waits to be saved.
 *
 * Every index has a number of its own; the editor's list and the body's begin equal and drift apart.
 * Linear in the length of the body, for as long as a composition lasts.
 */
export class HeldBody {
  readonly #local: number[];
  readonly #shared: number[];
  #next: number;

  constructor(length: number) {
    this.#local = Array.from({ length }, (_, index) => index);
    this.#shared = [...this.#local];
    this.#next = length;
  }

  /** Body length as the editor knows it. */
  get localLength(): number {
    return this.#local.length;
  }

  /** Notes a change of the shared body that the editor does not get to see yet. */
  remote(delta: readonly DeltaChange[]): void {
    let index = 0;
    for (const change of delta) {
      if (change.insert !== undefined) {
        const fresh = this.#fresh(insertLength(change.insert));
        this.#shared.splice(index, 0, ...fresh);
        index += fresh.length;
      } else if (change.delete !== undefined) this.#shared.splice(index, change.delete);
      else index += change.retain ?? 0;
    }
  }

  /** The editor's operations as operations on the shared body. What is gone there is left out. */
  carryOver(ops: readonly BodyOp[]): BodyOp[] {
    return ops.flatMap((op) => {
      switch (op.kind) {
        case 'insert':
          return [this.#insert(op)];
        case 'delete':
          return this.#ranges(this.#local.splice(op.at, op.length))
            .reverse()
            .map(({ at, length }): BodyOp => {
              this.#shared.splice(at, length);
              return { kind: 'delete', at, length };
            });
        case 'format':
          return this.#ranges(this.#local.slice(op.at, op.at + op.length)).map((range): BodyOp => ({
            ...op,
            ...range,
          }));
      }
    });
  }

  /** What the editor's document and the body have in common, as indexes into both. */
  matches(): Match[] {
    const matches: Match[] = [];
    const shared = new Map(this.#shared.map((number, index) => [number, index]));
    this.#local.forEach((number, before) => {
      const after = shared.get(number);
      const last = matches.at(-1);
      if (after === undefined) return;
      if (last && last.before + last.length === before && last.after + last.length === after) {
        last.length += 1;
      } else matches.push({ before, after, length: 1 });
    });
    return matches;
  }

  #insert(op: BodyOp & { kind: 'insert' }): BodyOp {
    let at = 0;
    for (let left = op.at - 1; left >= 0 && at === 0; left--) {
      at = this.#shared.indexOf(this.#local[left] ?? -1) + 1;
    }
    const fresh = this.#fresh(insertLength(op.insert));
    this.#local.splice(op.at, 0, ...fresh);
    this.#shared.splice(at, 0, ...fresh);
    return { ...op, at };
  }

  /** Where these stand in the shared body, neighbours together, in order. */
  #ranges(numbers: readonly number[]): { at: number; length: number }[] {
    const ranges: { at: number; length: number }[] = [];
    for (const number of numbers) {
      const at = this.#shared.indexOf(number);
      const last = ranges.at(-1);
      if (at < 0) continue;
      if (last && last.at + last.length === at) last.length += 1;
      else ranges.push({ at, length: 1 });
    }
    return ranges;
  }

  #fresh(count: number): number[] {
    return Array.from({ length: count }, () => this.#next++);
  }
}
