import { expect, test } from 'vitest';
import { Meter } from '../../server/collab/meter.ts';

test('B2 who takes more than their share waits for it to come back, and nobody else does', () => {
  let now = 0;
  const meter = new Meter({ burst: 100, perSecond: 10, now: () => now });
  expect(meter.take('ann', 60)).toBe(0);
  expect(meter.take('ann', 60), 'what goes over is taken in advance').toBe(0);
  expect(meter.take('ann', 10)).toBe(2_000);
  expect(meter.take('ben', 100)).toBe(0);
  now = 3_000;
  expect(meter.take('ann', 10)).toBe(0);
  now = 60_000;
  expect(
    [1, 2].map(() => meter.take('ann', 100)),
    'nothing is saved up beyond the burst',
  ).toEqual([0, 0]);
  expect(meter.take('ann', 1)).toBe(10_000);
});
