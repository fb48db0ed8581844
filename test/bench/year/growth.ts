/** How what was measured grows with the edits of a piece. */
import type { Figure, Subject } from '../figures.ts';

/**
 * A line for each figure: what it is at each size, and the exponent of its growth from each to the next: 1 where
 * it grows as the edits do, 0 where it does not grow.
 */
export function growthOf(
  figures: readonly Figure[],
  sizes: ReadonlyMap<number, Subject>,
): string[][] {
  const measured = [...sizes].filter(([, subject]) => figures.some((f) => f.scenario === subject));
  const steps = measured.slice(1).map(([size]) => `growth to ${size}`);
  const head = ['edits', ...measured.map(([size]) => String(size)), ...steps];
  const all = [...new Set(figures.map(({ name }) => name))];
  return [
    head,
    ...all.map((name) => {
      const values = measured.map(([size, subject]) => ({
        size,
        value: of(figures, name, subject),
      }));
      const exponents = values.slice(1).map(({ size, value }, i) => {
        const before = values[i];
        if (before === undefined) return '';
        return (Math.log(value / before.value) / Math.log(size / before.size)).toFixed(2);
      });
      return [name, ...values.map(({ value }) => value.toFixed(1)), ...exponents];
    }),
  ];
}

function of(figures: readonly Figure[], name: string, subject: Subject): number {
  return figures.find((f) => f.name === name && f.scenario === subject)?.value ?? NaN;
}
