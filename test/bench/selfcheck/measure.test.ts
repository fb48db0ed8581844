import { describe, expect, test } from 'vitest';
import { coresOf } from '../load/cores.ts';
import { typedOf } from '../load/crew.ts';
import type { Recorded } from '../load/messages.ts';
import { findMost, type Outcome } from '../measure/search.ts';
import { isSteady, untilSteady } from '../measure/steady.ts';
import { processesFor } from '../measure/stretch.ts';
import { stretchLengths } from '../measure/turns.ts';
import { outcomeOf } from '../scenarios/capacity.ts';
import { runSeed, seeded } from '../../support/random.ts';

const seed = runSeed();
const source = seeded(seed);
const random = () => source.next();

describe('warm-up', () => {
  const patience = { windowSeconds: 3, leastSeconds: 9, mostSeconds: 30 };
  const lookingAt = (figures: readonly number[]) => {
    const left = [...figures];
    return async () => left.shift() ?? 100;
  };

  test('is over when two windows in a row differ from the one before by less than 5 %', () => {
    expect(isSteady([100, 98])).toBe(false);
    expect(isSteady([200, 100, 98])).toBe(false);
    expect(isSteady([200, 100, 98, 101])).toBe(true);
    expect(isSteady([100, 98, 101, 120])).toBe(false);
  });

  test('a slow drift of less than that counts as steady, a figure that is none does not', () => {
    expect(isSteady([100, 96, 93])).toBe(true);
    expect(isSteady([100, NaN, 100])).toBe(false);
    expect(isSteady([Infinity, 100, 100])).toBe(false);
  });

  test('takes the least time though it is steady at once', async () => {
    const warmth = await untilSteady(lookingAt([100, 100, 100]), patience);
    expect(warmth).toMatchObject({ seconds: 9, steady: true });
    const longer = await untilSteady(lookingAt([]), { ...patience, leastSeconds: 15 });
    expect(longer.seconds).toBe(15);
  });

  test('goes on while figures move, and says what each window was', async () => {
    const figures = [300, 200, 150, 120, 118, 119];
    const warmth = await untilSteady(lookingAt(figures), patience);
    expect(warmth).toEqual({ seconds: 18, steady: true, windows: figures });
  });

  test('ends after the most time, and says that it was not steady', async () => {
    const restless = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 100 : 150));
    const warmth = await untilSteady(lookingAt(restless), patience);
    expect(warmth).toMatchObject({ seconds: 30, steady: false });
  });
});

describe(`the search for a capacity (seed ${String(seed)})`, () => {
  const search = { start: 40, most: 2_000, step: 1.25, near: 1.06 };
  /** A server that carries so many, and what was tried. */
  const carrying = (most: number) => {
    const tried: number[] = [];
    const attempt = async (size: number): Promise<Outcome> => {
      tried.push(size);
      return size <= most ? 'held' : 'missed';
    };
    return { tried, attempt };
  };

  test('finds what any server carries, nearly, and never more', async () => {
    for (const capacity of [1, 2, 3, 39, 40, 41, ...Array.from({ length: 50 }, chance)]) {
      const { attempt, tried } = carrying(capacity);
      const { size, limit } = await findMost(attempt, search);
      expect(limit).toBe('server');
      expect(size).toBeLessThanOrEqual(capacity);
      expect(size).toBeGreaterThan(capacity / search.near - 1);
      expect(tried.length).toBeLessThan(60);
    }
  });

  test('a server that carries nothing carries 0, one that carries everything the most', async () => {
    expect(await findMost(carrying(0).attempt, search)).toEqual({ size: 0, limit: 'server' });
    const { attempt, tried } = carrying(Infinity);
    expect(await findMost(attempt, search)).toEqual({ size: 2_000, limit: 'ceiling' });
    expect(Math.max(...tried)).toBe(2_000);
  });

  test('one attempt that is missed is tried again: a stall of the machine is no end', async () => {
    let attempts = 0;
    const { size } = await findMost(async (tried) => {
      attempts++;
      return tried > 100 || attempts % 2 === 1 ? 'missed' : 'held';
    }, search);
    expect(size).toBeGreaterThan(93);
  });

  test('attempts that say nothing end it with what was held, as the generator’s limit', async () => {
    const found = await findMost(async (size) => (size <= 50 ? 'held' : 'void'), search);
    expect(found).toEqual({ size: 50, limit: 'generator' });
  });

  test('one that says nothing is tried again', async () => {
    let attempts = 0;
    const { size, limit } = await findMost(async (tried) => {
      if (attempts++ % 3 < 2) return 'void';
      return tried <= 100 ? 'held' : 'missed';
    }, search);
    expect(limit).toBe('server');
    expect(size).toBeGreaterThan(93);
  });

  test('one that says nothing does not undo one that was missed', async () => {
    let attempts = 0;
    const found = await findMost(async (size) => {
      if (size <= 50) return 'held';
      return attempts++ % 2 === 0 ? 'missed' : 'void';
    }, search);
    expect(found).toMatchObject({ size: 50, limit: 'server' });
  });

  function chance(): number {
    return 1 + Math.floor(random() * 1_900);
  }
});

test('a stretch counts for a server or against it only where the generator was in time', () => {
  const fine = {
    ...{ missing: 0, deliveryP99: 50, generatorLoad: 0.5, lateP99: 2 },
    ...{ skipped: 0, pressed: 1_000 },
  };
  expect(outcomeOf(fine)).toBe('held');
  expect(outcomeOf({ ...fine, deliveryP99: 51 })).toBe('missed');
  expect(outcomeOf({ ...fine, deliveryP99: NaN })).toBe('missed');
  expect(outcomeOf({ ...fine, missing: 1 })).toBe('missed');
  for (const late of [{ lateP99: 20 }, { generatorLoad: 0.9 }, { skipped: 100 }]) {
    expect(outcomeOf({ ...fine, ...late })).toBe('void');
    expect(outcomeOf({ ...fine, ...late, deliveryP99: 500 })).toBe('void');
  }
});

test('stretches are of 4 to 6 s, not alike, and as long together as was asked for', () => {
  for (const seconds of [5, 8, 15, 20, 60]) {
    const lengths = stretchLengths(seconds, random);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeCloseTo(seconds);
    expect(lengths).toHaveLength(Math.max(1, Math.round(seconds / 5)));
  }
  expect(new Set(stretchLengths(60, random)).size).toBe(12);
});

test('what several processes recorded is one figure, and the worst of them is told of', () => {
  const record = (delivered: number[], load: number): Recorded => ({
    delivered: Float64Array.from(delivered),
    saved: new Float64Array(0),
    late: Float64Array.from(delivered.slice(0, 1)),
    ...{ pressed: 2, skipped: 1, load, loopP99: load, loopMax: load, missing: 0, frames: {} },
  });
  const typed = typedOf([record([9, 1, 5], 0.2), record([100, 3], 0.7)]);
  expect(typed).toMatchObject({ delivered: 5, deliveryP50: 5, deliveryP99: 100, saved: 0 });
  expect(typed).toMatchObject({ pressed: 4, skipped: 2, generatorLoad: 0.7, lateMax: 100 });
});

test('a crowded piece is one process’s, and a fast desk several', () => {
  expect(processesFor({ rooms: 1, people: 100, typists: 20 }, 500)).toBe(1);
  expect(processesFor({ rooms: 100, people: 4, typists: 2 }, 5)).toBe(1);
  expect(processesFor({ rooms: 100, people: 4, typists: 2 }, 20)).toBeGreaterThan(1);
});

test('servers and generators are apart where there are cores for both', () => {
  expect([coresOf('server', 0, 2), coresOf('generator', 0, 2)]).toEqual([null, null]);
  expect(coresOf('server', 0, 4)).toBe('0-1');
  expect([0, 1, 2].map((index) => coresOf('generator', index, 4))).toEqual(['2', '3', '2']);
  expect(coresOf('generator', 3, 3)).toBe('2');
});
