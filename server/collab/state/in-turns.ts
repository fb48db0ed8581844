/** So long may one turn of the event loop work on a large update or an opening, in ms, and one step more. */
const turnMs = 8;
/** The same of work that rests as long as it has worked, so that others have half of the event loop. */
const restingTurnMs = 4;

/** Those who wait for their turn: however many there are, one of them has one in each round of the event loop. */
const waiting: (() => void)[] = [];
let scheduled = false;

interface Resting {
  readonly go: () => void;
  /** For how long others come first, in ms. */
  readonly ms: number;
}

/**
 * Those who rest before they wait, one after the other, so that together they leave half of the event
 * loop to others. Who needs no rest does not wait for theirs.
 */
const resting: Resting[] = [];
/** Whether one of them rests, or has its turn. */
let someRest = false;
const leastRestMs = 1;

/**
 * Does step after step, and lets the event loop turn between, so that nobody waits for all of them (B1).
 * `rests`: others have half of the event loop meanwhile; it may be asked for each step.
 */
export async function inTurns<T>(
  steps: Iterable<T>,
  step: (one: T) => void,
  how: { readonly rests?: boolean | (() => boolean) } = {},
): Promise<void> {
  const restsNow = () => (typeof how.rests === 'function' ? how.rests() : how.rests === true);
  // Whoever has not worked yet stands behind those who wait, too.
  if (restsNow() && someRest) await nextTurn(leastRestMs);
  else if (waiting.length > 0) await nextTurn();
  let from = performance.now();
  for (const one of steps) {
    const worked = performance.now() - from;
    const isDear = restsNow();
    if (worked >= (isDear ? restingTurnMs : turnMs)) {
      await nextTurn(isDear ? worked : 0);
      from = performance.now();
    }
    step(one);
  }
}

/** Resolves in a later turn of the event loop, in which nobody else here works, and after `restMs`. */
export function nextTurn(restMs = 0): Promise<void> {
  return new Promise((go) => {
    if (restMs > 0) {
      resting.push({ go, ms: restMs });
      rest();
    } else {
      waiting.push(go);
      schedule();
    }
  });
}

function schedule(): void {
  if (scheduled || waiting.length === 0) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    waiting.shift()?.();
    schedule();
  });
}

function rest(): void {
  if (someRest) return;
  const first = resting.shift();
  if (first === undefined) return;
  someRest = true;
  const turn = () => {
    first.go();
    // The next rest begins when this one has worked.
    setImmediate(() => {
      someRest = false;
      rest();
    });
  };
  setTimeout(() => {
    waiting.push(turn);
    schedule();
  }, first.ms);
}
