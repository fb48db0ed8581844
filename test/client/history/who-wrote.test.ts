import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  ItemAuthors,
  letterAt,
  throughDelta,
  type Told,
} from '../../../client/pages/piece/authors/item-authors.ts';
import { WhoWrote } from '../../../client/pages/piece/authors/who-wrote.ts';
import { seeded } from '../../support/random.ts';

const at = '2026-03-01T10:00:00.000Z';
const told = (...parts: [number, number, string][]): Told[] =>
  parts.map(([from, to, userId]) => ({ from, to, userId, at }));
/** A document whose clientID is known. */
const docOf = (clientId: number) => {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  return { doc, body: doc.getText('body') };
};

describe('What was told of a text', () => {
  test('stays true of its letters, whatever is written and deleted around them', () => {
    const { body } = docOf(1);
    body.insert(0, 'Buses pay well.');
    const authors = new ItemAuthors();
    authors.take(body, told([0, 6, 'ana'], [6, 15, 'ben']));
    body.insert(0, 'Night ');
    body.delete(9, 5);
    expect(body.toJSON()).toBe('Night Busy well.');
    const of = (index: number) => authors.of(letterAt(body, index)!)?.userId;
    expect([of(0), of(6), of(8), of(9), of(15)]).toEqual([
      ...[undefined, 'ana', 'ana', 'ben', 'ben'],
    ]);
    expect(authors.userOf(1)).toBe('ana');
    expect(letterAt(body, body.length)).toBeNull();
  });

  test('goes through changes as the text does, for random ones', () => {
    const random = seeded(7);
    for (let round = 0; round < 200; round++) {
      const { body } = docOf(1);
      body.insert(0, 'abcdefghijklmnop');
      // Each letter is of who is called like it.
      let parts = told(...[...'abcdefghijklmnop'].map((s, i) => [i, i + 1, s] as never));
      body.observe(({ delta }) => {
        parts = throughDelta(parts, delta);
      });
      for (let step = 0; step < 4; step++) {
        const index = random.int(body.length + 1);
        if (random.next() < 0.5) body.insert(index, '--');
        else body.delete(index, Math.min(3, body.length - index));
      }
      const text = body.toJSON();
      const read = parts.map(({ from, to, userId }) => [text.slice(from, to), userId]);
      expect(read.every(([letters, userId]) => letters === userId)).toBe(true);
      expect(read).toHaveLength(text.replaceAll('-', '').length);
    }
  });
});

describe('Who wrote this', () => {
  test('is told of what was typed while the answer was on its way, by what the server told of', async () => {
    const { body } = docOf(1);
    body.insert(0, 'Buses pay.');
    let answer: (parts: readonly Told[]) => void = () => undefined;
    const who = new WhoWrote({
      body,
      ask: () => new Promise((resolve) => (answer = resolve)),
      userOf: (client) => (client === 1 ? 'me' : undefined),
    });
    const first = who.at(6);
    body.insert(0, 'Night ');
    // The server had it; what comes now it had not.
    body.insert(6, 'and day ');
    answer(told([0, 6, 'me'], [6, 16, 'ana']));
    expect(await first).toEqual({ userId: 'ana', at });
    expect(await who.at(0)).toMatchObject({ userId: 'me', at });
    expect(await who.at(14)).toMatchObject({ userId: 'ana', at });
    expect(await who.at(body.length)).toBeNull();
  });

  test('A1 asks again of letters that came since: who moved them has not written them', async () => {
    const { body } = docOf(1);
    body.insert(0, 'Buses pay.');
    let answer = told([0, 10, 'ana']);
    const who = new WhoWrote({
      body,
      ask: () => Promise.resolve(answer),
      userOf: (client) => (client === 1 ? 'me' : undefined),
    });
    expect(await who.at(0)).toEqual({ userId: 'ana', at });
    body.insert(10, 'Buses ');
    body.delete(0, 6);
    expect(await who.at(4)).toEqual({ userId: 'ana', at });
    expect(await who.at(10)).toBeNull();
    expect(await who.at(5)).toEqual({ userId: 'ana', at });
    // What the server does not have yet is of whose the clientID is.
    body.insert(0, 'So: ');
    answer = [];
    expect(await who.at(0)).toEqual({ userId: 'me', at: null });
  });

  test('of words of a person who is here is told without a network; of others it cannot be', async () => {
    const mine = docOf(1);
    const other = docOf(2);
    mine.body.insert(0, 'mine');
    other.body.insert(0, 'theirs');
    Y.applyUpdate(mine.doc, Y.encodeStateAsUpdate(other.doc));
    const who = new WhoWrote({
      body: mine.body,
      ask: () => Promise.reject(new Error('no network')),
      userOf: (client) => (client === 1 ? 'me' : undefined),
    });
    const text = mine.body.toJSON();
    expect(await who.at(text.indexOf('mine'))).toEqual({ userId: 'me', at: null });
    await expect(who.at(text.indexOf('theirs'))).rejects.toThrow('no network');
  });
});
