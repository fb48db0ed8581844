import { expect, test } from 'vitest';
import { FrameReader, masked, type Payload } from './frames.ts';

/** A frame as a server sends it. */
function frameOf(payload: Buffer): Buffer {
  const header =
    payload.length < 126
      ? Buffer.from([0x82, payload.length])
      : payload.length < 65_536
        ? Buffer.from([0x82, 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.from([
            0x82,
            127,
            0,
            0,
            0,
            0,
            0,
            payload.length >> 16,
            payload.length >> 8,
            payload.length,
          ]);
  return Buffer.concat([header, payload]);
}

const payloads = [0, 1, 31, 32, 33, 125, 126, 300, 65_536, 65_537, 200_000].map((length) =>
  Buffer.from(Array.from({ length }, (_, i) => (i * 7 + length) % 256)),
);

test.each([1, 7, 64, 4_096, 1_000_000])(
  'messages are read the same, cut into pieces of %i bytes or not',
  (size) => {
    const bytes = Buffer.concat(payloads.map(frameOf));
    const heard: Payload[] = [];
    const reader = new FrameReader(
      (length) => length === 200_000,
      (payload) => heard.push(payload),
    );
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    expect(heard.map(({ length }) => length)).toEqual(payloads.map(({ length }) => length));
    for (const [i, { start, end, whole, length, isLarge }] of heard.entries()) {
      const payload = payloads[i]!;
      expect(payload.subarray(0, 32).equals(start)).toBe(true);
      expect(payload.subarray(-32).equals(end)).toBe(true);
      expect(isLarge).toBe(length > 65_536);
      if (length === 65_537) expect(whole).toBeNull();
      else expect(payload.equals(whole!)).toBe(true);
    }
  },
);

test('what is sent says that it is masked, and cannot be long', () => {
  expect([...masked(Uint8Array.of(5, 6))]).toEqual([0x82, 0x82, 0, 0, 0, 0, 5, 6]);
  expect(() => masked(new Uint8Array(126))).toThrow(RangeError);
});
