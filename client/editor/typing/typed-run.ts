import type { Transaction } from 'prosemirror-state';
import type { StepMap } from 'prosemirror-transform';

/**
 * A stretch of the document that was typed here, in one piece and with nobody else's words in it.
 * Typing rules act on it alone: a sign that stood there before, or that a colleague has written, is
 * a sign.
 */
export interface TypedRun {
  readonly from: number;
  readonly to: number;
}

/** The run after a transaction; `remote`: it shows what others, or an undo, did. */
export function followRun(
  run: TypedRun | undefined,
  tr: Transaction,
  remote: boolean,
): TypedRun | undefined {
  // What is pasted is as it is meant.
  const typed = !remote && tr.getMeta('paste') !== true && tr.getMeta('uiEvent') !== 'drop';
  for (const map of tr.mapping.maps) run = followStep(run, map, typed);
  return run;
}

function followStep(run: TypedRun | undefined, map: StepMap, typed: boolean): TypedRun | undefined {
  // What others put in at its edges is none of it.
  let next = run && { from: map.map(run.from, 1), to: map.map(run.to, -1) };
  map.forEach((start, end, newStart, newEnd) => {
    const inside = run !== undefined && start < run.to && end > run.from;
    const touches = run !== undefined && start <= run.to && end >= run.from;
    if (!typed) next = inside ? undefined : next;
    else if (touches && next) {
      next = { from: Math.min(next.from, newStart), to: Math.max(next.to, newEnd) };
    } else if (newEnd > newStart) next = { from: newStart, to: newEnd };
  });
  return next;
}
