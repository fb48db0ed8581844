import { expect, test } from 'vitest';
import { PieceSize } from '../../server/collab/room/piece-size.ts';

/** A piece of 40 bytes that is known as one of 50 at most, and takes 10 ms to measure. */
function makePiece() {
  const at = { size: 40, atMost: 50, now: 0, measured: 0, askers: [] as string[] };
  const piece = new PieceSize({
    max: 100,
    atMost: () => at.atMost,
    isExact: () => at.atMost === at.size,
    measure: async (person) => {
      at.measured++;
      at.askers.push(person);
      at.now += 10;
      at.atMost = at.size;
    },
    now: () => at.now,
  });
  return { at, piece };
}

test('R4 a piece is measured only where the sum of its updates is too much, and then goes by that', async () => {
  const { at, piece } = makePiece();
  expect(piece.isInDoubt(50)).toBe(false);
  expect(piece.takes(50)).toBe(true);
  at.atMost = 100;
  expect(piece.takes(60)).toBe(false);
  expect(piece.isInDoubt(60)).toBe(true);
  await piece.measured('ann');
  expect(piece.takes(60)).toBe(true);
  expect(piece.isInDoubt(70), 'measuring would tell nothing new').toBe(false);
});

test('R4 measuring a piece that is full takes at most a tenth of the time', async () => {
  const { at, piece } = makePiece();
  at.size = 95;
  for (; at.now < 1_000; at.now++) {
    at.atMost = 96;
    if (piece.isInDoubt(60)) await piece.measured('ann');
    expect(piece.takes(60)).toBe(false);
  }
  expect(at.measured).toBeLessThanOrEqual(10);
});

test('B2 R4 who asks while a piece is measured is known to wait for that too', async () => {
  const { at, piece } = makePiece();
  at.atMost = 100;
  await Promise.all([piece.measured('ann'), piece.measured('bob')]);
  expect(at.askers).toEqual(['ann', 'bob']);
});
