import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { attribute } from '../../../server/history/attribution.ts';
import type { Moment } from '../../../server/history/moments.ts';
import { momentOf } from '../../../server/history/pack.ts';
import { newDocument } from '../../../shared/document/index.ts';

/** A journal of what some people do to one body, each in a document of their own. */
class Journal {
  readonly doc = newDocument({ gc: false });
  readonly moments: Moment[] = [];

  /** Takes what `act` does to a copy of the body that belongs to `author`. */
  does(author: string, clientID: number, act: (body: Y.Text) => void): void {
    const copy = newDocument({ gc: false });
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.doc));
    copy.clientID = clientID;
    copy.on('update', (update: Uint8Array) => {
      const seq = this.moments.length + 1;
      this.moments.push(momentOf({ seq, author, at: seq * 3_600_000, update }));
      Y.applyUpdate(this.doc, update);
    });
    act(copy.getText('body'));
  }

  /** For each letter its author. */
  whose(): string {
    return attribute(this.doc, this.moments, new Map())
      .map(({ from, to, userId }) => (userId ?? '?').repeat(to - from))
      .join('');
  }
}

/** Writes one letter behind `origin`, and says that it stands before `rightOrigin`. */
function writeAt(body: Y.Text, letter: string, origin: Y.ID | null, rightOrigin: Y.ID): void {
  body.doc!.transact((transaction) => {
    const id = Y.createID(body.doc!.clientID, Y.getState(body.doc!.store, body.doc!.clientID));
    const left = origin === null ? null : Y.getItemCleanEnd(transaction, body.doc!.store, origin);
    const right = Y.getItemCleanStart(transaction, rightOrigin);
    const content = new Y.ContentString(letter);
    new Y.Item(id, left, origin, right, rightOrigin, body, null, content).integrate(transaction, 0);
  });
}

const intro = 'Intro.\n';
const gone = 'Letters: guilty, I am, quoth nobody.\n';

function journal(): Journal {
  const made = new Journal();
  made.does('b', 5_000, (body) => body.insert(0, intro + gone));
  made.does('b', 5_000, (body) => body.delete(intro.length, gone.length));
  return made;
}

test('A2 letters that are said to be put back, in an order of one’s own, are whose writes them', () => {
  const made = journal();
  const words = 'I am guilty';
  let origin = Y.createID(5_000, intro.length - 1);
  const used = new Set<number>();
  [...words].forEach((letter, i) => {
    let at = 0;
    while (gone[at] !== letter || used.has(at)) at++;
    used.add(at);
    const said = Y.createID(5_000, intro.length + at);
    // The smallest clientID, so that it comes to stand beside `origin` and not where it says.
    made.does('m', 1, (body) => writeAt(body, letter, origin, said));
    origin = Y.createID(1, i);
  });
  expect(made.doc.getText('body').toJSON()).toBe(intro + words);
  // "I" and "am" are said in the order in which they had stood: as if all else had been deleted.
  expect(made.whose()).toBe(`${'b'.repeat(intro.length)}bmbb${'m'.repeat(words.length - 4)}`);
});

test('A1 what is undone in several steps, with somebody’s words between, is put back', () => {
  const made = new Journal();
  made.does('b', 5_000, (body) => body.insert(0, intro + gone));
  const copy = newDocument({ gc: false });
  copy.clientID = 7_000;
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(made.doc));
  const body = copy.getText('body');
  const undo = new Y.UndoManager(body, { captureTimeout: 0 });
  const updates: Uint8Array[] = [];
  copy.on('update', (update: Uint8Array) => updates.push(update));
  body.delete(9, 12);
  body.delete(12, 5);
  body.doc!.transact(() => body.insert(9, 'mine'), 'not undone');
  while (undo.undo() !== null);
  expect(body.toJSON().replace('mine', '')).toBe(intro + gone);
  updates.forEach((update, i) => {
    made.moments.push(momentOf({ seq: i + 2, author: 'm', at: (i + 2) * 3_600_000, update }));
    Y.applyUpdate(made.doc, update);
  });
  const expected = [...body.toJSON()].map(() => 'b');
  expected.splice(body.toJSON().indexOf('mine'), 4, ...'mmmm');
  expect(made.whose()).toBe(expected.join(''));
});

test('A1 what an undo put back stays its writer’s, whatever goes beside it later', () => {
  const text = 'abcdef';
  for (let typed = 0; typed <= 2; typed++) {
    for (let from = 0; from < typed + text.length; from++) {
      for (let to = from + 1; to <= typed + text.length; to++) {
        const made = new Journal();
        made.does('b', 5_000, (body) => body.insert(0, `<${text}>`));
        made.does('m', 7_000, (body) => {
          const undo = new Y.UndoManager(body, { captureTimeout: 0 });
          // What stands before the letters, then what comes back there: neighbours by clock and place.
          body.insert(1, 'x'.repeat(typed));
          body.delete(1 + typed, text.length);
          undo.undo();
          // Yjs joins all of it that has gone.
          body.delete(1 + from, to - from);
        });
        const said = made.doc.getText('body').toJSON();
        const expected = [...said].map((letter) => (letter === 'x' ? 'm' : 'b')).join('');
        expect(made.whose(), `${typed} typed, ${from} to ${to} gone`).toBe(expected);
      }
    }
  }
});

test('A1 what is cut, typed at and put back by a stock client in one row is its writer’s, at each place and of each length', () => {
  const text = 'one two three four.\n';
  for (let from = 0; from < text.length - 2; from++) {
    for (let to = from + 2; to < text.length; to++) {
      for (const typed of ['x', 'no ', text.slice(from, to)]) {
        for (const side of [0, 1]) {
          const made = new Journal();
          made.does('b', 5_000, (body) => body.insert(0, text));
          // Offline, or in one commit: typed and erased before or behind what is put back.
          made.does('m', 7_000, (body) =>
            body.doc!.transact(() => {
              const cut = text.slice(from, to);
              body.delete(from, to - from);
              if (side === 1) body.insert(from, cut);
              const at = from + side * (to - from);
              body.insert(at, typed);
              body.delete(at, typed.length);
              if (side === 0) body.insert(from, cut);
            }),
          );
          expect(made.doc.getText('body').toJSON()).toBe(text);
          const message = `${text.slice(from, to)}, ${typed} ${side}`;
          expect(made.whose(), message).toBe('b'.repeat(text.length));
        }
      }
    }
  }
});
