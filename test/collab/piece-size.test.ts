import { expect, test } from 'vitest';
import { PieceSize } from '../../server/collab/piece-size.ts';

/** A piece of 40 bytes that is known as one of 50 at most, and takes 10 ms to measure. */
function makePiece() {
  const at = { size: 40, now: 0, measured: 0 };
  const measure = () => {
    at.measured++;
    at.now += 10;
    return at.size;
  };
  const piece = new PieceSize({ max: 100, atMost: 50, measure, now: () => at.now });
  return { at, piece };
}

test('R4 a piece is measured only where the sum of its updates is too much, and then goes by that', () => {
  const { at, piece } = makePiece();
  expect(piece.takes(50)).toBe(true);
  piece.grew(50);
  expect(at.measured).toBe(0);
  expect(piece.takes(60)).toBe(true);
  expect(at.measured).toBe(1);
});

test('R4 measuring a piece that is full takes at most a tenth of the time', () => {
  const { at, piece } = makePiece();
  at.size = 95;
  for (; at.now < 1_000; at.now++) expect(piece.takes(60)).toBe(false);
  expect(at.measured).toBeLessThanOrEqual(10);
  at.size = 40;
  at.now += 90;
  expect(piece.takes(60)).toBe(true);
});
