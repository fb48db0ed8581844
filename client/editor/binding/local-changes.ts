import type { Node } from 'prosemirror-model';
import {
  AddMarkStep,
  AddNodeMarkStep,
  AttrStep,
  RemoveMarkStep,
  RemoveNodeMarkStep,
  type Step,
} from 'prosemirror-transform';
import { lastBreak, settleLastBreak, type BodyOp } from './body-ops.ts';
import { lineAttributes } from '../schema/line-kinds.ts';
import { flatLength, positionToIndex } from '../mapping/positions.ts';
import { attributeChange, diffTokens } from './token-diff.ts';
import { breakAfter, tokensBetween } from './tokens.ts';

/** A step of the editor with the documents around it. */
export interface LocalStep {
  step: Step;
  before: Node;
  after: Node;
}

/** Positions that a step changed: `from` in both documents, `to` in each. */
interface ChangedRange {
  from: number;
  toBefore: number;
  toAfter: number;
}

/**
 * The smallest operations that do to the body what `steps` did to the document, step by step: a
 * split is one inserted line break, a join one deleted one, a heading one attribute. Applied to the
 * body of `steps[0].before` they give exactly that of the last `after`. `ended` says whether that
 * body's last line has its break (see `positions.ts`).
 *
 * A diff of the first and the last document would be fewer lines of code, but could not tell which
 * of three equal letters was typed, and concurrent writers would see it land elsewhere.
 */
export function localChanges(steps: readonly LocalStep[], ended: boolean): BodyOp[] {
  const all: BodyOp[] = [];
  for (const { step, before, after } of steps) {
    const settled = settleLastBreak(stepOps(step, before, after), flatLength(before), ended);
    all.push(...settled.ops);
    ended = settled.ended;
  }
  const doc = steps.at(-1)?.after;
  // Without its break an empty last line would not be a line.
  if (doc && !ended && doc.childCount > 1 && doc.lastChild?.content.size === 0) {
    all.push(lastBreak(flatLength(doc) - 1));
  }
  return all;
}

function stepOps(step: Step, before: Node, after: Node): BodyOp[] {
  const range = changedRange(step, before, after);
  if (!range) return [];
  const from = positionToIndex(before, range.from);
  const toBefore = positionToIndex(before, range.toBefore);
  const toAfter = positionToIndex(after, range.toAfter);
  const lastBefore = breakAfter(before, toBefore);
  const lastAfter = breakAfter(after, toAfter);
  // A break right behind the range is looked at with it: see `diffTokens`.
  const near = lastBefore?.index === toBefore && lastAfter?.index === toAfter ? 1 : 0;
  const ops = diffTokens(
    tokensBetween(before, from, toBefore + near),
    tokensBetween(after, from, toAfter + near),
    from,
  );
  if (near === 0 && lastBefore && lastAfter) {
    // The text behind the range is untouched, but it may now stand in another kind of line.
    const change = attributeChange(lineAttributes(lastBefore.line), lineAttributes(lastAfter.line));
    if (change) ops.push({ kind: 'format', at: lastAfter.index, length: 1, attributes: change });
  }
  return ops;
}

function changedRange(step: Step, before: Node, after: Node): ChangedRange | undefined {
  if (step instanceof AddMarkStep || step instanceof RemoveMarkStep) {
    return { from: step.from, toBefore: step.to, toAfter: step.to };
  }
  if (
    step instanceof AttrStep ||
    step instanceof AddNodeMarkStep ||
    step instanceof RemoveNodeMarkStep
  ) {
    const to = step.pos + (before.nodeAt(step.pos)?.nodeSize ?? 0);
    return { from: step.pos, toBefore: to, toAfter: to };
  }
  let range: ChangedRange | undefined;
  step.getMap().forEach((oldFrom, toBefore, newFrom, toAfter) => {
    // Where the first change begins, both documents have the same positions.
    range = { from: range?.from ?? Math.min(oldFrom, newFrom), toBefore, toAfter };
  });
  return range ?? wholeChange(before, after);
}

/** For a kind of step that is not known here. */
function wholeChange(before: Node, after: Node): ChangedRange | undefined {
  if (before.eq(after)) return undefined;
  return { from: 0, toBefore: before.content.size, toAfter: after.content.size };
}
