import { expect, test } from 'vitest';
import { thinned } from '../../../server/versions/thinning.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2026-11-24T12:00:00Z');

/** Versions at every so many ms of the time between two ages, the oldest first. */
function versionsEvery(ms: number, oldest: number, youngest: number) {
  const versions: { id: string; createdAt: Date }[] = [];
  for (let age = oldest; age >= youngest; age -= ms) {
    versions.push({ id: `${age}`, createdAt: new Date(now - age) });
  }
  return versions;
}

const left = (versions: { id: string; createdAt: Date }[]) => {
  const gone = new Set(thinned(versions, now));
  return versions.filter(({ id }) => !gone.has(id));
};

test('of the last two days all automatic versions stay', () => {
  const versions = versionsEvery(10 * minute, 2 * day, 0);
  expect(left(versions)).toEqual(versions);
});

test('older ones: the last of each hour, each day, each week', () => {
  expect(left(versionsEvery(10 * minute, 3 * day, 2 * day + minute))).toHaveLength(24);
  expect(left(versionsEvery(hour, 24 * day, 14 * day + hour))).toHaveLength(11);
  expect(left(versionsEvery(day, 250 * day, 181 * day))).toHaveLength(10);
  const [kept] = left(versionsEvery(minute, 3 * day + hour, 3 * day + minute));
  expect(kept?.createdAt.toISOString()).toBe('2026-11-21T11:59:00.000Z');
});

test('thinning again changes nothing', () => {
  const versions = left(versionsEvery(7 * hour, 400 * day, 0));
  expect(thinned(versions, now)).toEqual([]);
});
