/** Cursor colours that stay apart from each other, and carry white text (4.5:1). */
const palette = [
  '#b3261e',
  '#9a4600',
  '#7a5900',
  '#4c6700',
  '#006d3b',
  '#006a6a',
  '#00639b',
  '#3f51b5',
  '#6750a4',
  '#8e24aa',
  '#ad1457',
  '#5d4037',
] as const;

/** A person's colour: always the same one, taken from the last digits of their id. */
export function colorOf(userId: string): string {
  const digits = Number.parseInt(userId.slice(-6), 16);
  return palette[(Number.isNaN(digits) ? 0 : digits) % palette.length] ?? palette[0];
}
