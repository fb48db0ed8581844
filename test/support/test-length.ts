/** How much longer than in CI what goes by chance is tried: `TEST_LENGTH=10 npm test -- test/fuzz`. */
const length = Number(process.env.TEST_LENGTH ?? 1);

/** @returns the rounds of a test by chance, from those in CI; at least one */
export function rounds(inCi: number): number {
  if (!(length > 0)) throw new Error(`TEST_LENGTH is no number over 0: ${process.env.TEST_LENGTH}`);
  return Math.max(1, Math.round(inCi * length));
}

/** @returns how long such a test may take, in ms, from how long it may in CI */
export function deadline(inCi: number): number {
  return inCi * Math.max(1, length);
}
