import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardsWithin, layCards } from '../../../client/pages/piece/threads/layout/card-layout.ts';

const gap = 8;
const cards = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 5_000 }),
      height: fc.integer({ min: 20, max: 400 }),
    }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((list) => list.sort((a, b) => a.at - b.at));
const scenes = cards.chain((list) =>
  fc.record({
    list: fc.constant(list),
    active: fc.option(fc.integer({ min: 0, max: list.length - 1 })),
  }),
);

describe('Cards beside their passages', () => {
  test('keep their order, and none covers another', () => {
    fc.assert(
      fc.property(scenes, ({ list, active }) => {
        const tops = layCards(list, active, gap);
        for (let i = 1; i < list.length; i++) {
          expect(tops[i]!).toBeGreaterThanOrEqual(tops[i - 1]! + list[i - 1]!.height + gap);
        }
      }),
    );
  });

  test('the active one stands at its passage', () => {
    fc.assert(
      fc.property(scenes, ({ list, active }) => {
        if (active !== null) expect(layCards(list, active, gap)[active]).toBe(list[active]!.at);
      }),
    );
  });

  test('one that has room stands at its passage; without an active one none stands above it', () => {
    fc.assert(
      fc.property(cards, (list) => {
        const tops = layCards(list, null, gap);
        tops.forEach((top, i) => {
          expect(top).toBeGreaterThanOrEqual(list[i]!.at);
          const free = i === 0 || tops[i - 1]! + list[i - 1]!.height + gap <= list[i]!.at;
          if (free) expect(top).toBe(list[i]!.at);
        });
      }),
    );
  });

  test('those within a stretch are found, and no others', () => {
    fc.assert(
      fc.property(scenes, fc.integer({ min: -500, max: 9_000 }), ({ list, active }, from) => {
        const tops = layCards(list, active, gap);
        const [first, behind] = cardsWithin(list, tops, from, from + 900);
        list.forEach(({ height }, i) => {
          const within = tops[i]! + height >= from && tops[i]! <= from + 900;
          expect(i >= first && i < behind).toBe(within);
        });
      }),
    );
  });
});
