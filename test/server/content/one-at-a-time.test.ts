import { expect, test } from 'vitest';
import { OneAtATime } from '../../../server/content/one-at-a-time.ts';

/** What is asked for runs until `finish` is called; `done` tells in which order it came to its end. */
function line() {
  const one = new OneAtATime();
  const done: string[] = [];
  const running: (() => void)[] = [];
  const ask = (person: string, name: string, signal?: AbortSignal) =>
    one.run(
      'piece',
      person,
      async () => {
        await new Promise<void>((resolve) => running.push(resolve));
        done.push(name);
      },
      signal,
    );
  /** Ends what runs, and lets the next begin. */
  const finish = async () => {
    await expect.poll(() => running.length).toBeGreaterThan(0);
    running.shift()!();
  };
  return { one, done, running, ask, finish };
}

test('B2 a stranger’s edit comes before what somebody else has waiting', async () => {
  const { ask, finish, done } = line();
  const all = [1, 2, 3, 4].map((n) => ask('heavy', `heavy ${n}`));
  all.push(ask('stranger', 'stranger'), ask('other', 'other'));
  for (let n = 0; n < all.length; n++) await finish();
  await Promise.all(all);
  expect(done).toEqual(['heavy 1', 'stranger', 'other', 'heavy 2', 'heavy 3', 'heavy 4']);
});

test('B2 who has too much waiting is told 429, and nobody else', async () => {
  const { ask, finish } = line();
  const all = Array.from({ length: 9 }, (_, n) => ask('heavy', `${n}`));
  await expect(ask('heavy', 'too many')).rejects.toMatchObject({ code: 'too_many_tasks' });
  all.push(ask('stranger', 'stranger'));
  for (let n = 0; n < all.length; n++) await finish();
  await Promise.all(all);
});

test('B2 what nobody waits for any more is dropped at once, and never runs', async () => {
  const { ask, finish, done, running } = line();
  const gone = new AbortController();
  const first = ask('ann', 'first');
  const dropped = ask('ann', 'dropped', gone.signal);
  const last = ask('ann', 'last');
  gone.abort();
  await expect(dropped).rejects.toMatchObject({ code: 'timeout' });
  await expect(ask('ann', 'late', gone.signal)).rejects.toMatchObject({ code: 'timeout' });
  for (let n = 0; n < 2; n++) await finish();
  await Promise.all([first, last]);
  expect(done).toEqual(['first', 'last']);
  expect(running).toEqual([]);
});

test('what fails is told to who asked for it, and the next goes on', async () => {
  const { one, ask, finish } = line();
  const failing = one.run('piece', 'ann', () => Promise.reject(new Error('no')));
  const next = ask('ann', 'next');
  await expect(failing).rejects.toThrow('no');
  await finish();
  await next;
});
