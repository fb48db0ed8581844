/** When a server is warm: its code is compiled, its heap has grown to size. */

/** Windows whose figures have to agree with the one before, and by how much. */
const agreeing = 2;
const tolerance = 0.05;

/** The last windows each differ from the one before by less than the tolerance. */
export function isSteady(windows: readonly number[]): boolean {
  const last = windows.slice(-agreeing - 1);
  if (last.length <= agreeing) return false;
  return last.every((value, i) => {
    const before = last[i - 1];
    return before === undefined || Math.abs(value - before) < tolerance * before;
  });
}

export interface Patience {
  readonly windowSeconds: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** As long as it takes; a server that optimizes for a minute is measured as it is then. */
export const patient: Patience = { windowSeconds: 3, leastSeconds: 9, mostSeconds: 60 };
/** For who waits for it: long enough to be steady at all, and said where it is not. */
export const quick: Patience = { windowSeconds: 1.5, leastSeconds: 4.5, mostSeconds: 7.5 };

export interface Warmth {
  readonly seconds: number;
  readonly steady: boolean;
  /** The figure of each window. */
  readonly windows: readonly number[];
}

/** @param look - lets a window pass and returns its figure */
export async function untilSteady(
  look: (seconds: number) => Promise<number>,
  { windowSeconds, leastSeconds, mostSeconds }: Patience,
): Promise<Warmth> {
  const windows: number[] = [];
  for (;;) {
    windows.push(await look(windowSeconds));
    const seconds = windows.length * windowSeconds;
    const steady = isSteady(windows);
    const longEnough = seconds >= leastSeconds;
    if ((steady && longEnough) || seconds + windowSeconds > mostSeconds) {
      return { seconds, steady, windows };
    }
  }
}
