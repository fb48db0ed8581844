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

/** Attempts of a size until one counts: a stall of the machine is not the end of a server. */
const tries = 2;

/**
 * Goes up until a size is missed, then halves the way between the last held and the first missed.
 * A size is missed when it was missed as often as it was tried.
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
  let outcome: Outcome = 'void';
  for (let i = 0; i < tries && outcome !== 'held'; i++) {
    const next = await attempt(size);
    // One attempt that said nothing does not undo one that did.
    if (next !== 'void') outcome = next;
  }
  return outcome;
}
