import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Expiry } from '../../server/collab/connection/expiry.ts';
import type { Credential } from '../../server/collab/ports.ts';
import { recordingLog } from '../support/silent-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An expiry whose questions are answered from `answers`, one after the other. */
function watching(answers: (Date | null | 'ended' | Error)[]) {
  const ended: string[] = [];
  const asked: number[] = [];
  const log = recordingLog();
  const expiry = new Expiry({
    log,
    async lastsUntil() {
      asked.push(Date.now());
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ended: (kind) => ended.push(kind),
  });
  const credential = (ms: number | null): Credential => {
    const expiresAt = ms === null ? null : new Date(Date.now() + ms);
    return { kind: 'session', id: 's', expiresAt, readOnly: false };
  };
  return { expiry, ended, asked, log, credential };
}

const day = 86_400_000;

test('P1 at its time a credential is asked about, and what has ended is told, once', async () => {
  const { expiry, ended, credential } = watching(['ended']);
  expiry.watch(credential(5_000));
  await vi.advanceTimersByTimeAsync(4_900);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(ended).toEqual(['session']);
  await vi.advanceTimersByTimeAsync(day);
  expect(ended).toEqual(['session']);
});

test('P1 a session that was used elsewhere meanwhile lives on with its sockets', async () => {
  const { expiry, ended, asked, credential } = watching([new Date(Date.now() + 30_000), 'ended']);
  expiry.watch(credential(5_000));
  await vi.advanceTimersByTimeAsync(29_000);
  expect([asked.length, ended.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([asked.length, ended.length]).toEqual([2, 1]);
});

test('a time that is further off than timers go does not end anything early', async () => {
  const { expiry, ended, asked, credential } = watching([new Date(Date.now() + 40 * day), 'ended']);
  expiry.watch(credential(40 * day));
  await vi.advanceTimersByTimeAsync(39 * day);
  expect(ended).toEqual([]);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(2 * day);
  expect(ended).toEqual(['session']);
});

test('D4 while the database is away nobody is signed out, and it is asked again', async () => {
  const { expiry, ended, log, credential } = watching([
    new Error('away'),
    new Error('away'),
    'ended',
  ]);
  expiry.watch(credential(1_000));
  await vi.advanceTimersByTimeAsync(3_500);
  expect(ended).toEqual([]);
  expect(log.lines.length).toBe(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toEqual(['session']);
});

test('what has no end is never asked about, and what has left not either', async () => {
  const { expiry, asked, credential } = watching([]);
  expiry.watch(credential(null));
  expiry.watch(credential(1_000));
  expiry.stop();
  await vi.advanceTimersByTimeAsync(day);
  expect(asked).toEqual([]);
});
