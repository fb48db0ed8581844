import { expect, test } from 'vitest';
import { OverShare } from '../../../server/collab/engine.ts';
import { Tags } from '../../../server/content/tags.ts';
import type { Asking, Person } from '../../../server/workers/pool.ts';

interface Asked {
  readonly person: Person;
  readonly askers: ReadonlySet<Person>;
  answer(tag: string): void;
  fail(error: Error): void;
}

/** Tags of pieces whose state is there at once, told by hand. */
function makeTags(
  state: (pieceId: string, person: Person) => Promise<Uint8Array> = async () => new Uint8Array(),
) {
  const asked: Asked[] = [];
  const listeners: ((pieceId: string) => void)[] = [];
  const ask = (person: Person, _name: string, _ask: unknown, { askers }: Asking = {}) =>
    new Promise<unknown>((answer, fail) => {
      asked.push({ person, askers: askers ?? new Set([person]), answer, fail });
    });
  const tags = new Tags({
    documents: {
      state,
      fresh: async () => undefined,
      onOutdated: (listener) => void listeners.push(listener),
    },
    workers: { ask: ask as never },
  });
  const edited = () => listeners.forEach((listener) => listener('piece'));
  return { tags, asked, edited };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('B2 several who ask for a tag at a time share one reading, and it is in the turn of each of them', async () => {
  const { tags, asked } = makeTags();
  const all = ['heavy', 'stranger'].map((person) => tags.of(person, 'piece'));
  await turn();
  expect(asked.map(({ askers }) => [...askers])).toEqual([['heavy', 'stranger']]);
  asked[0]!.answer('"1"');
  expect(await Promise.all(all)).toEqual(['"1"', '"1"']);
  expect(await tags.of('later', 'piece')).toBe('"1"');
  expect(asked).toHaveLength(1);
});

test('B2 what is refused to one person for having too much waiting does not reach another', async () => {
  const { tags, asked } = makeTags();
  const tooMuch = new Error('too_many_tasks');
  const heavy = tags.of('heavy', 'piece');
  await turn();
  const stranger = tags.of('stranger', 'piece');
  asked[0]!.fail(tooMuch);
  await expect(heavy).rejects.toBe(tooMuch);
  await turn();
  asked[1]!.answer('"1"');
  expect(await stranger).toBe('"1"');
  expect(asked.map(({ person }) => person)).toEqual(['heavy', 'stranger']);
});

test('B2 who waits for their own opening of a piece holds up nobody else’s tag', async () => {
  const state = (_pieceId: string, person: Person) =>
    person === 'heavy'
      ? new Promise<Uint8Array>(() => undefined)
      : Promise.resolve(new Uint8Array());
  const { tags, asked } = makeTags(state);
  void tags.of('heavy', 'piece');
  const stranger = tags.of('stranger', 'piece');
  await turn();
  asked[0]!.answer('"1"');
  expect(await stranger).toBe('"1"');
});

test('what was told of a text that was edited meanwhile is not remembered', async () => {
  const { tags, asked, edited } = makeTags();
  const first = tags.of('ann', 'piece');
  await turn();
  edited();
  asked[0]!.answer('"1"');
  expect(await first).toBe('"1"');
  const next = tags.of('ann', 'piece');
  await turn();
  asked[1]!.answer('"2"');
  expect(await next).toBe('"2"');
});

test('while a piece cannot be opened there is no tag, and no error', async () => {
  const { tags } = makeTags(async () => {
    throw new OverShare('too much is open');
  });
  expect(await tags.of('ann', 'piece')).toBeNull();
});
