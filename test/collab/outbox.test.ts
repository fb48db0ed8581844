import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox, presenceGapMs } from '../../server/collab/room/outbox.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const update = Uint8Array.of(0, 0);

/** The outbox of a room, and what it has sent: `t` text, `p` presence, at which ms. */
function outboxOf(members: number) {
  const begun = performance.now();
  const sent: string[] = [];
  const outbox = new Outbox<string>({
    members: () => members,
    isDelivering: () => false,
    presenceOf: (ids) => [...ids].map((clientId) => ({ clientId, clock: 1, json: '{}', size: 2 })),
    deliver: ({ frames: { hasText, hasPresence } }) => {
      const what = `${hasText ? 't' : ''}${hasPresence ? 'p' : ''}`;
      sent.push(`${what} ${Math.round(performance.now() - begun)}`);
    },
  });
  const key = () => {
    outbox.addText(update, 'ann');
    outbox.addPresence([1], 'ann');
  };
  return { outbox, sent, key };
}

test('a key and its cursor go out together, and who types fast moves their cursor at most every 50 ms', async () => {
  const { sent, key } = outboxOf(4);
  key();
  await vi.advanceTimersByTimeAsync(20);
  key();
  await vi.advanceTimersByTimeAsync(40);
  key();
  await vi.advanceTimersByTimeAsync(200);
  expect(sent.map((frame) => frame.split(' ')[0])).toEqual(['tp', 't', 'tp']);
});

test('the cursor of the last key goes out without another', async () => {
  const { sent, key } = outboxOf(4);
  key();
  await vi.advanceTimersByTimeAsync(20);
  key();
  await vi.advanceTimersByTimeAsync(200);
  expect(sent.map((frame) => frame.split(' ')[0])).toEqual(['tp', 't', 'p']);
  const [, , last = ''] = sent;
  expect(Number(last.split(' ')[1])).toBeLessThanOrEqual(20 + 50 + 5);
});

test('in a crowd cursors go around more seldom, up to five times a second', () => {
  expect([2, 50, 100, 200, 5_000].map(presenceGapMs)).toEqual([50, 50, 100, 200, 200]);
});

test('what is sent in one turn by one room does not wait for a room that fails', async () => {
  const other = outboxOf(4);
  const fails = new Outbox<string>({
    members: () => 4,
    isDelivering: () => false,
    presenceOf: () => [],
    deliver: () => {
      throw new Error('this room fails');
    },
  });
  const thrown = new Promise<unknown>((resolve) => process.once('uncaughtException', resolve));
  fails.addText(update, 'bob');
  other.key();
  await vi.advanceTimersByTimeAsync(20);
  expect(other.sent).toHaveLength(1);
  expect(await thrown).toMatchObject({ message: 'this room fails' });
});
