/** The largest load that a server carries, found by trying. */

/** `void`: the attempt says nothing of the server. */
export type Outcome = 'held' | 'missed' | 'void';

export interface Search {
  readonly start: number;
  /** Nothing larger is tried, and nothing smaller than 1. */
  readonly most: number;
  /** The way up, and down where the start is too much. */
  readonly step: number;
  /** Done when the least that was missed is less than this many times the most that was held. */
  readonly near: number;
}

export interface Found {
  /** The largest size that was held; 0: none was. */
  readonly size: number;
  /** What ended the search: the server, attempts that said nothing, or `most`. */
  readonly limit: 'server' | 'generator' | 'ceiling';
}

/** A size is missed when it was missed so often: a stall of the machine is not the end of a server. */
const misses = 2;
/** Attempts of a size in all, those that say nothing with them. */
const tries = 4;

/**
 * Goes up until a size is missed, then halves the way between the last held and the first missed.
 */
export async function findMost(
  attempt: (size: number) => Promise<Outcome>,
  { start, most, step, near }: Search,
): Promise<Found> {
  let held = 0;
  let missed: number | null = null;
  for (let size = start; ;) {
    const outcome = await tryOut(attempt, size);
    if (outcome === 'void') return { size: held, limit: 'generator' };
    if (outcome === 'held') held = size;
    else missed = size;
    if (held >= most) return { size: held, limit: 'ceiling' };
    const next = nextSize(held, missed, step, most);
    if (next === null || (missed !== null && held > 0 && missed < near * held)) {
      return { size: held, limit: 'server' };
    }
    size = next;
  }
}

/** Null where there is no size left between what was held and what was missed. */
function nextSize(held: number, missed: number | null, step: number, most: number): number | null {
  if (missed === null) return Math.min(most, Math.max(held + 1, Math.round(held * step)));
  if (held === 0) return missed <= 1 ? null : Math.max(1, Math.floor(missed / step));
  const middle = Math.round((held + missed) / 2);
  return middle > held && middle < missed ? middle : null;
}

async function tryOut(attempt: (size: number) => Promise<Outcome>, size: number): Promise<Outcome> {
  let missed = 0;
  for (let tried = 0; tried < tries && missed < misses; tried++) {
    const outcome = await attempt(size);
    if (outcome === 'held') return outcome;
    if (outcome === 'missed') missed++;
  }
  // Attempts that said nothing do not undo one that did.
  return missed > 0 ? 'missed' : 'void';
}
