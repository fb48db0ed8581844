import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTurns, nextTurn } from '../../../server/collab/state/in-turns.ts';

// Rests end when a test says so.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Longer than a turn may be. */
function work(): void {
  const end = performance.now() + 10;
  while (performance.now() < end);
}

/** Steps that say in `order` that they were done. */
const job = (order: string[], name: string, rests: boolean | (() => boolean)) =>
  inTurns(
    [1, 2, 3],
    (step) => {
      work();
      order.push(`${name}${step}`);
    },
    { rests },
  );

/** Lets all rests end until the work is done. */
async function done(jobs: Promise<unknown>): Promise<void> {
  let ended = false;
  const all = jobs.finally(() => (ended = true));
  while (!ended) {
    vi.runAllTimers();
    await nextTurn();
  }
  await all;
}

test('B1 who needs no rest does not wait until another has rested', async () => {
  const order: string[] = [];
  const resting = job(order, 'resting', true);
  await job(order, 'other', false);
  expect(order).toEqual(['resting1', 'other1', 'other2', 'other3']);
  await done(resting);
  expect(order.slice(4)).toEqual(['resting2', 'resting3']);
});

test('B1 of those who rest, one rests at a time, and who comes later stands behind', async () => {
  const order: string[] = [];
  const jobs = [job(order, 'a', true), job(order, 'b', true)];
  expect(vi.getTimerCount(), 'b does not rest beside a').toBe(1);
  expect(order).toEqual(['a1']);
  await done(Promise.all(jobs));
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'b3']);
});

test('B1 one has its turn in each round of the event loop, however many wait', async () => {
  let [round, ended] = [0, false];
  const count = () => {
    round++;
    if (!ended) setImmediate(count);
  };
  setImmediate(count);
  const rounds: number[] = [];
  await Promise.all(Array.from({ length: 20 }, () => nextTurn().then(() => rounds.push(round))));
  ended = true;
  expect(new Set(rounds).size).toBe(20);
});

test('B1 whether it rests is asked for each step', async () => {
  const order: string[] = [];
  const resting = job(order, 'step', () => order.length === 2);
  while (order.length < 2) await nextTurn();
  for (let turns = 0; turns < 10; turns++) await nextTurn();
  expect(order).toEqual(['step1', 'step2']);
  await done(resting);
  expect(order).toEqual(['step1', 'step2', 'step3']);
});
