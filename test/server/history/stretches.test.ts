import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { momentOf } from '../../../server/history/pack.ts';
import type { HistoryRow } from '../../../server/history/rows.ts';
import { joinStretches, pauseMs, stretchesOf } from '../../../server/history/stretches.ts';

const looks = { formats: 0, embeds: 0 };

/** What somebody does to a text, in order; `after` is how long they waited before, in ms. */
type Step = readonly [author: string, after: number, edit: (body: Y.Text) => void];

function stretchesOfSteps(steps: readonly Step[]) {
  const doc = new Y.Doc({ gc: false });
  const rows: HistoryRow[] = [];
  let at = 0;
  let author = '';
  doc.on('update', (update: Uint8Array) => {
    rows.push({ seq: rows.length + 1, author, at, update });
  });
  for (const [who, after, edit] of steps) {
    author = who;
    at += after;
    edit(doc.getText('body'));
  }
  return stretchesOf(doc, rows.map(momentOf));
}

test('a stretch ends with a pause; people who write at once have one each', () => {
  const stretches = stretchesOfSteps([
    ['ann', 1_000, (body) => body.insert(0, 'One two three.')],
    ['bob', 1_000, (body) => body.insert(0, 'Zero. ')],
    ['ann', 1_000, (body) => body.insert(body.length, ' Four')],
    ['ann', pauseMs + 1, (body) => body.insert(body.length, ' five.')],
  ]);
  expect(stretches).toEqual([
    { author: 'ann', from: 1_000, to: 3_000, added: 4, removed: 0, ...looks },
    { author: 'bob', from: 2_000, to: 2_000, added: 1, removed: 0, ...looks },
    { author: 'ann', from: 303_001, to: 303_001, added: 1, removed: 0, ...looks },
  ]);
});

test('a word typed letter by letter is one word, and what is taken back at once is none', () => {
  const type = (text: string): Step[] =>
    [...text].map((letter): Step => ['ann', 100, (body) => body.insert(body.length, letter)]);
  const [stretch] = stretchesOfSteps([
    ...type('It don’t well-known'),
    ['ann', 100, (body) => body.delete(body.length - 11, 11)],
  ]);
  expect(stretch).toMatchObject({ added: 2, removed: 0, ...looks });
});

test('who deletes others’ words has removed them, in the same block and later', () => {
  const later = pauseMs + 1;
  const stretches = stretchesOfSteps([
    ['ann', 1, (body) => body.insert(0, 'One two three four. ')],
    ['bob', 1, (body) => body.delete(4, 10)],
    ['ann', later, (body) => body.insert(4, 'new ')],
  ]);
  expect(stretches.map(({ author, added, removed }) => [author, added, removed])).toEqual([
    ['ann', 4, 0],
    ['bob', 0, 2],
    ['ann', 1, 0],
  ]);
});

test('stretches of neighbouring blocks are one where nobody paused', () => {
  const of = (author: string, from: number, to: number) => ({
    ...{ author, from, to, added: 2, removed: 1, formats: 1, embeds: 0 },
  });
  expect(
    joinStretches([
      [of('ann', 0, 10), of('bob', 5, 20)],
      [of('ann', 10 + pauseMs, 10 + pauseMs), of('bob', 21 + pauseMs, 21 + pauseMs)],
    ]),
  ).toEqual([
    { author: 'ann', from: 0, to: 10 + pauseMs, added: 4, removed: 2, formats: 2, embeds: 0 },
    of('bob', 5, 20),
    of('bob', 21 + pauseMs, 21 + pauseMs),
  ]);
});

test('A1 who moves words, or cuts and pastes them, has written none and removed none', () => {
  const text = 'Night buses pay for themselves. ';
  const stretches = stretchesOfSteps([
    ['ann', 1, (body) => body.insert(0, `${text}Cars do not. `)],
    [
      'bob',
      1,
      (body) => {
        body.doc!.transact(() => {
          body.insert(body.length, text);
          body.delete(0, text.length);
        });
      },
    ],
    ['cyd', 1, (body) => body.delete(0, 5)],
    ['cyd', 1, (body) => body.insert(body.length, 'Cars ')],
  ]);
  expect(stretches.map(({ author, added, removed }) => [author, added, removed])).toEqual([
    ['ann', 8, 0],
    ['bob', 0, 0],
    ['cyd', 0, 0],
  ]);
});
