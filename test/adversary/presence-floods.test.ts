import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Presence, type Speaker } from '../../server/collab/presence/presence.ts';
import { PresencePace } from '../../server/collab/presence/presence-pace.ts';
import { BadFrame, TooMuch } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let order = 0;
const speaker = (id: string): Speaker => ({
  person: { id, name: id, color: '#123456' },
  role: 'reader',
  order: ++order,
});
const entry = (clientId: number, json = '{}', clock = 1) =>
  encodePresenceEntry(clientId, clock, json);
const many = (count: number, from = 1) =>
  joinPresence(Array.from({ length: count }, (_, n) => entry(from + n)));

test('B2 a message of a million clients is refused before any of them is looked at', () => {
  let asked = 0;
  const presence = new Presence<Speaker>(() => ++asked > 0);
  const reader = speaker('reader');
  expect(() => presence.hear(reader, many(1_000_000))).toThrow(TooMuch);
  expect(asked).toBe(0);
  expect(presence.present()).toEqual([]);
});

test('B2 one connection speaks for 16 clients, over however many messages', () => {
  let asked = 0;
  const presence = new Presence<Speaker>(() => ++asked > 0);
  const reader = speaker('reader');
  for (let n = 0; n < 20; n++) presence.hear(reader, many(8_000, 1 + n * 8_000));
  expect(presence.present()).toHaveLength(16);
  expect(asked, 'the others are passed over').toBe(16);
});

test('B2 of one message at most 16 states are read, also of the same client', () => {
  const presence = new Presence<Speaker>();
  const state = JSON.stringify({ x: 'y'.repeat(16_000) });
  const flood = joinPresence(Array.from({ length: 1_000 }, (_, n) => entry(1, state, n + 1)));
  const heard = presence.hear(speaker('reader'), flood);
  expect(heard.changed.length).toBe(16);
});

test('P2 who says again what they have heard of a large room is not too loud', () => {
  const presence = new Presence<Speaker>();
  for (let n = 0; n < 6_000; n++) presence.hear(speaker(`u${n}`), joinPresence([entry(n + 1)]));
  expect(presence.hear(speaker('reader'), many(6_000)).changed).toEqual([]);
});

test.each([
  ['nested too deep to be written', entry(1, '['.repeat(8_000) + ']'.repeat(8_000))],
  ['longer than a state may be', entry(1, JSON.stringify('x'.repeat(20_000)))],
  ['with a clock that leaves no room to count on', entry(1, '{}', Number.MAX_SAFE_INTEGER)],
])('R3 a state %s costs its own connection, or nothing', (_name, bytes) => {
  const presence = new Presence<Speaker>();
  try {
    presence.hear(speaker('reader'), joinPresence([bytes]));
  } catch (err) {
    expect(err).toBeInstanceOf(BadFrame);
  }
  for (const { clock, size } of presence.present()) {
    expect(clock).toBeLessThan(2 ** 51);
    expect(size).toBeLessThan(20_000);
  }
});

/** The pace of a room of 100, where all states have `size` bytes; it counts what goes out. */
function pacing(size: number) {
  const sent = { bytes: 0, to: [] as string[], answers: 0 };
  const pace = new PresencePace<Speaker>({
    members: () => 100,
    sizeOf: (clientIds) => size * [...clientIds].length,
    handOn(clientIds, from) {
      sent.bytes += 100 * size * clientIds.length;
      sent.to.push(from?.person.id ?? 'late');
    },
    answer: () => void sent.answers++,
  });
  return { pace, sent };
}

test('B2 large states at full speed, by many connections of one person, go around slowly', () => {
  const { pace, sent } = pacing(16_000);
  const connections = Array.from({ length: 10 }, () => speaker('reader'));
  for (let ms = 0; ms < 10_000; ms += 10) {
    connections.forEach((from, n) => pace.say([n], from));
    vi.advanceTimersByTime(10);
  }
  // What may go at once, what comes back in 10 s, and one more of all that is late.
  expect(sent.bytes).toBeLessThan((4 + 10) * 1024 * 1024 + 2 * 10 * 100 * 16_000);
  expect(sent.bytes).toBeGreaterThan(8 * 1024 * 1024);
  const other = speaker('other');
  pace.say([99], other);
  expect(sent.to.at(-1), 'nobody else waits').toBe('other');
  pace.close();
});

test('B2 a cursor that moves 20 times a second in a room of 100 never waits', () => {
  const { pace, sent } = pacing(300);
  const writer = speaker('writer');
  for (let n = 0; n < 1_200; n++) {
    pace.say([1], writer);
    expect(sent.to).toHaveLength(n + 1);
    vi.advanceTimersByTime(50);
  }
});

test('B2 who asks for everybody again and again is answered 20 times a second', () => {
  const { pace, sent } = pacing(300);
  const reader = speaker('reader');
  pace.ask(reader);
  expect(sent.answers, 'at once').toBe(1);
  for (let ms = 0; ms < 1_000; ms++) {
    for (let n = 0; n < 10; n++) pace.ask(reader);
    vi.advanceTimersByTime(1);
  }
  expect(sent.answers).toBeGreaterThan(10);
  expect(sent.answers).toBeLessThan(42);
});
