import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CalmSave, type Said } from '../../../client/pages/piece/calm-save.ts';
import type { PieceSession, Save } from '../../../client/collab/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A session's state as it changes, and all that is said of it. */
function follow(first: Save) {
  let state = { save: first };
  let hear = () => {};
  const session = {
    get state() {
      return state;
    },
    subscribe: (listener: () => void) => {
      hear = listener;
      return () => (hear = () => {});
    },
  };
  const calm = new CalmSave(session as unknown as PieceSession);
  const said: Said[] = [calm.said];
  const stop = calm.subscribe(() => said.push(calm.said));
  const become = (save: Save) => {
    state = { save };
    hear();
  };
  return { said, stop, become };
}

const saved = (since: number | null): Save => ({ is: 'saved', since });
const offline = (unsaved: boolean, kept: boolean): Save => ({ is: 'offline', unsaved, kept });

test('keys that are saved one by one are one "saving" and, half a second after the last, one "saved"', () => {
  const { said, become } = follow(saved(null));
  for (let key = 1; key <= 20; key++) {
    become({ is: 'saving' });
    vi.advanceTimersByTime(20);
    become(saved(key));
    vi.advanceTimersByTime(60);
  }
  expect(said).toEqual([saved(null), { is: 'saving' }]);
  vi.advanceTimersByTime(439);
  expect(said).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(said).toEqual([saved(null), { is: 'saving' }, saved(20)]);
});

test('what is saved without anything having been unsaved is said at once, with its time', () => {
  const { said, become } = follow(saved(null));
  become(saved(5));
  become(saved(5));
  expect(said).toEqual([saved(null), saved(5)]);
});

test('offline it says that words are kept only once they stay so', () => {
  const { said, become } = follow(offline(false, true));
  for (let key = 0; key < 5; key++) {
    become(offline(true, false));
    vi.advanceTimersByTime(30);
    become(offline(true, true));
    vi.advanceTimersByTime(30);
  }
  expect(said).toEqual([offline(false, true), { is: 'keeping' }]);
  vi.advanceTimersByTime(500);
  expect(said.at(-1)).toEqual(offline(true, true));
});

test('a refusal and a lost connection are said at once', () => {
  const { said, become } = follow({ is: 'saving' });
  const refused: Save = {
    is: 'refused',
    reason: 'piece_locked',
    kept: true,
    added: '',
    removed: '',
  };
  become(refused);
  become(offline(false, true));
  expect(said).toEqual([{ is: 'saving' }, refused, offline(false, true)]);
});

test('after its end nothing is said', () => {
  const { said, stop, become } = follow(saved(null));
  become({ is: 'saving' });
  become(saved(1));
  stop();
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([saved(null), { is: 'saving' }]);
});
