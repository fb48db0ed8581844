import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { MarkWalk } from '../../server/collab/tidy/mark-walk.ts';
import { Tidier } from '../../server/collab/tidy/tidier.ts';
import { readingOf } from './room-pen.ts';
import { leaveTidyingToServer, newDocument } from '../../shared/document/new-document.ts';
import { runSeed, seeded } from '../support/random.ts';
import { until } from '../support/until.ts';

/** Long enough that Yjs would not be let to walk all of it in the turn of an edit. */
const letters = 4_000;

class Desk {
  readonly doc = newDocument();
  readonly theirs = newDocument();
  readonly effects: Uint8Array[] = [];
  mayEdit = true;
  readonly tidier: Tidier;

  constructor() {
    this.tidier = new Tidier({
      doc: () => this.doc,
      mayEdit: () => this.mayEdit,
      handOn: (effect) => this.effects.push(effect),
      failed: (err) => {
        throw err;
      },
      quietMs: 1,
    });
    this.tidier.watch(this.doc);
    this.theirs.getText('body').insert(0, 'end');
    this.theirs.transact(() => {
      for (let i = 0; i < letters; i++) this.theirs.getText('body').insert(0, 'x');
    });
    this.#send();
  }

  edit(change: (body: Y.Text) => void): void {
    this.theirs.transact(() => change(this.theirs.getText('body')));
    this.#send();
  }

  /** What two do to the same words at once. */
  atOnce(one: (body: Y.Text) => void, other: (body: Y.Text) => void): void {
    const copy = newDocument();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.theirs));
    copy.transact(() => one(copy.getText('body')));
    this.edit(other);
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(copy));
  }

  #send(): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.theirs, Y.encodeStateVector(this.doc)));
  }

  /** How it reads, whatever marks there are: Yjs tells words on the two sides of one apart. */
  get text(): unknown {
    return readingOf(this.doc.getText('body'));
  }

  get isTidy(): boolean {
    return new MarkWalk(this.doc.getText('body')).next(Infinity).length === 0;
  }

  get marks(): number {
    let count = 0;
    for (let item = this.doc.getText('body')._start; item !== null; item = item.right) {
      if (!item.deleted && item.content instanceof Y.ContentFormat) count++;
    }
    return count;
  }
}

describe('B1 of a row of marks, however long,', () => {
  const count = 150_000;
  const ofStep = 500;

  /** A text with marks before its only words, with these keys and values. */
  function row(mark: (i: number) => Record<string, unknown>): Y.Text {
    const body = newDocument().getText('body');
    const items: Y.Item[] = [];
    const add = (content: Y.ContentFormat | Y.ContentString) => {
      const left = items.at(-1) ?? null;
      const id = new Y.ID(1, items.length);
      items.push(new Y.Item(id, left, left?.lastId ?? null, null, null, body, null, content));
    };
    for (let i = 0; i < count; i++) {
      const [[key, value]] = Object.entries(mark(i)) as [[string, object]];
      add(new Y.ContentFormat(key, value));
    }
    add(new Y.ContentString('words'));
    body.doc!.transact((transaction) => {
      for (const item of items) item.integrate(transaction, 0);
    });
    return body;
  }

  test.each([
    ['one key', (i: number) => ({ bold: i % 2 === 0 ? true : null }), count],
    ['a key each that says what holds', (i: number) => ({ [`key-${i}`]: null }), count],
    ['a key each that says something else', (i: number) => ({ [`key-${i}`]: true }), 0],
  ])('so many go in a step, none twice: %s', (_, mark, idle) => {
    const body = row(mark);
    const walk = new MarkWalk(body);
    const seen = new Set<Y.Item>();
    let sum = 0;
    while (!walk.done) {
      const marks = walk.next(ofStep);
      expect(marks.length).toBeLessThanOrEqual(ofStep);
      sum += marks.length;
      for (const item of marks) seen.add(item);
    }
    expect([sum, seen.size]).toEqual([idle, idle]);
  });

  test('so many are deleted in one go, and nothing reads otherwise', async () => {
    const body = row((i) => ({ bold: i % 2 === 0 ? null : true }));
    const before = readingOf(body);
    const doc = body.doc!;
    const gone: number[] = [];
    doc.on('afterTransaction', ({ deleteSet }) => {
      gone.push([...deleteSet.clients.values()].flat().reduce((sum, { len }) => sum + len, 0));
    });
    const tidier = new Tidier({
      doc: () => doc,
      mayEdit: () => true,
      handOn: () => undefined,
      failed: (err) => {
        throw err;
      },
      quietMs: 1,
    });
    tidier.watch(doc);
    try {
      Y.applyUpdate(doc, deletionOf(doc));
      await until('it is tidy', () => gone.reduce((sum, n) => sum + n, 0) >= count);
      expect(Math.max(...gone)).toBeLessThanOrEqual(ofStep);
      expect(readingOf(body)).toEqual(before);
    } finally {
      tidier.close();
    }
  });

  /** Somebody else deletes words that they have just written. */
  function deletionOf(doc: Y.Doc): Uint8Array {
    const theirs = newDocument();
    leaveTidyingToServer(theirs);
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(doc));
    const before = Y.encodeStateVector(theirs);
    theirs.getText('body').insert(theirs.getText('body').length, '!');
    theirs.getText('body').delete(theirs.getText('body').length - 1, 1);
    return Y.encodeStateAsUpdate(theirs, before);
  }
});

describe('B1 in a long text, marks that format nothing', () => {
  let desk: Desk;
  afterEach(() => desk.tidier.close());

  const boldAndGone = (at: number) =>
    desk.atOnce(
      (body) => body.format(at, 3, { bold: true }),
      (body) => body.delete(at, 3),
    );

  test('are not sought in the turn of the edit, but when nobody writes, and nothing reads otherwise', async () => {
    desk = new Desk();
    boldAndGone(10);
    boldAndGone(3_000);
    expect(desk.marks).toBe(4);
    const before = desk.text;
    const told = newDocument();
    leaveTidyingToServer(told);
    Y.applyUpdate(told, Y.encodeStateAsUpdate(desk.doc));
    await until('they are gone', () => desk.marks === 0);
    expect(desk.text).toEqual(before);
    for (const effect of desk.effects) Y.applyUpdate(told, effect);
    expect(Y.equalSnapshots(Y.snapshot(told), Y.snapshot(desk.doc)), 'all is told').toBe(true);
  });

  test('stay as long as the piece may not be edited', async () => {
    desk = new Desk();
    desk.mayEdit = false;
    boldAndGone(10);
    let asked = 0;
    Object.defineProperty(desk, 'mayEdit', { get: () => asked++ > 5 });
    await until('they are gone', () => desk.marks === 0);
    expect(asked).toBeGreaterThan(5);
  });

  test.each([0, 1, 2].map((n) => runSeed() + n))(
    'are taken out, and nothing else, while others write (seed %i)',
    async (seed) => {
      desk = new Desk();
      const random = seeded(seed);
      for (let i = 0; i < 40; i++) {
        const at = random.int(2_000);
        const format = (body: Y.Text) =>
          body.format(at, 4, { [random.pick(['bold', 'italic'])]: random.pick([true, null]) });
        const what = random.int(4);
        if (what < 2) desk.atOnce(format, (body) => body.delete(at, 4));
        else if (what === 2) desk.edit(format);
        else desk.edit((body) => body.insert(at, 'new '));
        const before = desk.text;
        for (let turns = random.int(4); turns > 0; turns--) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(desk.text).toEqual(before);
      }
      const before = desk.text;
      await until('it is tidy', () => desk.isTidy);
      expect(desk.text).toEqual(before);
      expect(desk.effects.length).toBeGreaterThan(0);
    },
  );
});

/** Into how many steps of 500 items their texts are walked. */
const stepsOf = (desks: readonly Desk[]) =>
  desks.reduce((sum, { doc }) => sum + Math.ceil(itemsIn(doc) / 500), 0);

function itemsIn(doc: Y.Doc): number {
  let count = 0;
  for (let item = doc.getText('body')._start; item !== null; item = item.right) count++;
  return count;
}

test('B1 one piece is tidied at a time', async () => {
  const desks = [new Desk(), new Desk(), new Desk()];
  /** Whose piece was looked at, in order. */
  const order: number[] = [];
  desks.forEach((desk, i) => {
    desk.atOnce(
      (body) => body.format(10, 3, { bold: true }),
      (body) => body.delete(10, 3),
    );
    // Each step takes longer than a turn may.
    const mayEdit = () => {
      order.push(i);
      const end = performance.now() + 10;
      while (performance.now() < end);
      return true;
    };
    Object.defineProperty(desk, 'mayEdit', { get: mayEdit });
  });
  try {
    await until('all are walked through', () => order.length >= stepsOf(desks));
    const turns = order.filter((who, i) => who !== order[i - 1]);
    expect(turns).toHaveLength(desks.length);
  } finally {
    for (const desk of desks) desk.tidier.close();
  }
});
