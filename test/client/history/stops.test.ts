import { describe, expect, test } from 'vitest';
import {
  choose,
  daysOf,
  pairOf,
  stopsOf,
} from '../../../client/pages/piece/history/moments/stops.ts';
import type { Stretch, Version } from '../../../shared/api/versions.ts';

const ana = { id: '01900000-0000-7000-8000-00000000000a', name: 'Ana' };
const ben = { id: '01900000-0000-7000-8000-00000000000b', name: 'Ben' };
const stretch = (author: typeof ana, from: string, to: string): Stretch => ({
  ...{ author, from: `2026-03-${from}:00.000Z`, to: `2026-03-${to}:00.000Z` },
  ...{ added: 3, removed: 1, formats: 0, embeds: 0 },
});
const version = (number: number, at: string, name: string | null = null): Version => ({
  id: `01900000-0000-7000-8000-0000000001${String(number).padStart(2, '0')}`,
  pieceId: ana.id,
  kind: name === null ? 'quiet' : 'named',
  ...{ name, note: null, status: null, createdBy: null, changes: null },
  createdAt: `2026-03-${at}:00.000Z`,
});

const stretches = [
  stretch(ana, '01T10:00', '01T10:20'),
  stretch(ben, '01T10:05', '01T10:30'),
  stretch(ana, '03T14:00', '03T14:05'),
];
const versions = [version(2, '02T09:00'), version(1, '01T10:25', 'Before legal')];
const stops = stopsOf(stretches, versions);

describe('The moments of a piece', () => {
  test('are the ends of its stretches and its versions in their order, and the present', () => {
    const walked = stops.map((stop) => [stop.kind, stop.at.slice(8, 16)]);
    expect(walked).toEqual([
      ['stretch', '01T10:20'],
      ['version', '01T10:25'],
      ['stretch', '01T10:30'],
      ['version', '02T09:00'],
      ['stretch', '03T14:05'],
      ['now', '03T14:05'],
    ]);
    expect(new Set(stops.map(({ id }) => id)).size).toBe(stops.length);
    expect(stopsOf([], [])).toEqual([]);
    const made = { ...stretches[0]!, added: 0, removed: 0 };
    expect(stopsOf([made], [])).toEqual([]);
    expect(stopsOf([made], versions)).toHaveLength(4);
  });

  test('a stretch is told against what was there when it began, a version against the one before', () => {
    expect(stops[2]?.before).toBe('2026-03-01T10:04:59.999Z');
    expect(stops[3]?.before).toBe(versions[1]?.id);
    expect([stops[0]?.before, stops[1]?.before]).toEqual([null, null]);
  });

  test('a version of what was there before an edit stands before the edit', () => {
    const one = version(3, '01T10:20');
    expect(stopsOf(stretches, [one]).map(({ kind }) => kind)).toEqual([
      ...['version', 'stretch', 'stretch', 'stretch', 'now'],
    ]);
  });

  test('are listed by days, the latest first, without the present', () => {
    const days = daysOf(stops).map((day) => day.stops.map(({ at }) => at));
    expect(days.flat()).toEqual(
      stops
        .slice(0, -1)
        .map(({ at }) => at)
        .reverse(),
    );
    for (const day of days) {
      expect(new Set(day.map((at) => new Date(at).toDateString())).size).toBe(1);
    }
  });
});

describe('What is looked at', () => {
  test('is a stop by its id, also while its stretch grows, or the present', () => {
    for (const [index, stop] of stops.entries()) {
      expect(choose(stops, stop.id)).toMatchObject({ stop, index, moment: stop.moment });
    }
    const grown = [...stretches.slice(0, -1), stretch(ana, '03T14:00', '03T14:20')];
    const again = choose(stopsOf(grown, versions), stops[4]?.id ?? '');
    expect(again).toMatchObject({ index: 4, at: '2026-03-03T14:20:00.000Z' });
    expect(choose(stops, null)?.stop?.kind).toBe('now');
    expect(choose(stops, 'a version that was thinned')?.stop?.kind).toBe('now');
    expect(choose([], null)).toBeNull();
  });

  test('is any time between two stops, told against the one before', () => {
    const time = '2026-03-01T11:00:00+00:00';
    expect(choose(stops, time)).toEqual({
      ...{ stop: null, index: 2, at: '2026-03-01T11:00:00.000Z' },
      ...{ moment: '2026-03-01T11:00:00.000Z', before: stops[2]?.moment },
    });
    expect(choose(stops, '2026-02-01T00:00:00Z')).toMatchObject({ stop: null, index: 0 });
  });

  test('is compared with what was before, the present, or any version: always earlier to later', () => {
    const at = (index: number) => choose(stops, stops[index]?.id ?? '')!;
    const [first, second] = [versions[1]!, versions[0]!];
    expect(pairOf(stops, at(2), 'none')).toBeNull();
    expect(pairOf(stops, at(2), 'before')).toMatchObject({ chosenIs: 'to', to: at(2).moment });
    expect(pairOf(stops, at(2), 'now')).toEqual({
      ...{ from: at(2).moment, to: stops.at(-1)?.moment, chosenIs: 'from' },
    });
    expect(pairOf(stops, at(3), { version: first.id })).toEqual({
      ...{ from: first.id, to: second.id, chosenIs: 'to' },
    });
    expect(pairOf(stops, at(1), { version: second.id })).toEqual({
      ...{ from: first.id, to: second.id, chosenIs: 'from' },
    });
    expect(pairOf(stops, at(1), { version: first.id })).toBeNull();
    expect(pairOf(stops, at(5), 'now')).toBeNull();
  });
});
