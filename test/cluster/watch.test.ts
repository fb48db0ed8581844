import { expect, test } from 'vitest';
import { Watch } from '../../server/cluster/watch.ts';

const other = (id: string, seenAt: string) => ({
  ...{ id, seenAt, host: 'a', pid: 1, hears: true, knows: [] },
});

test('C3 a server that says nothing new for five seconds of looks is taken for dead, and no other', () => {
  const watch = new Watch();
  for (let now = 0; now < 5_000; now += 400) {
    expect(watch.silent([other('still', 'x'), other('lives', String(now))], now)).toEqual([]);
  }
  const found = watch.silent([other('still', 'x'), other('lives', 'y')], 5_200);
  expect(found.map(({ id }) => id)).toEqual(['still']);
  // Since it was seen to live again, it counts anew.
  expect(watch.silent([other('still', 'z')], 5_600)).toEqual([]);
  expect(watch.silent([other('still', 'z')], 6_000)).toEqual([]);
});

test('C3 D4 a time in which nobody could look, a database that was away, makes nobody dead', () => {
  const watch = new Watch();
  expect(watch.silent([other('a', 'x')], 0)).toEqual([]);
  expect(watch.silent([other('a', 'x')], 60_000)).toEqual([]);
  for (let now = 60_400; now < 65_000; now += 400) {
    expect(watch.silent([other('a', 'x')], now)).toEqual([]);
  }
  expect(watch.silent([other('a', 'x')], 65_200)).toHaveLength(1);
});

test('C3 what was taken away and comes back is watched from then on', () => {
  const watch = new Watch();
  for (let now = 0; now < 4_000; now += 400) watch.silent([other('a', 'x')], now);
  watch.silent([], 4_000);
  for (let now = 4_400; now < 9_000; now += 400) {
    expect(watch.silent([other('a', 'x')], now)).toEqual([]);
  }
});
