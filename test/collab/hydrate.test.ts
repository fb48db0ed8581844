import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { hydrate, hydrateInTurns, putStored } from '../../server/collab/rooms/hydrate.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { applyStored, newDocument } from '../../shared/document/index.ts';

/** The texts of a document that hold formats: the body, and a footnote. */
const textsOf = (doc: Y.Doc) => [doc.getText('body'), doc.getMap<Y.Text>('footnotes').get('a')!];

test('D1 D6 a piece is opened with what is stored of it, and nothing that Yjs would tidy up beyond that', () => {
  const doc = newDocument();
  doc.getMap('footnotes').set('a', new Y.Text());
  for (const text of textsOf(doc)) {
    text.insert(0, 'Nobody has counted them.');
    text.format(0, 6, { bold: true });
  }
  const state = Y.encodeStateAsUpdate(doc);
  // Of what is bold two people delete a part each at the same time: a mark stays that ends it.
  const edits = [0, 1].map((who) => {
    const own = newDocument();
    applyStored(own, [state]);
    const before = Y.encodeStateVector(own);
    for (const text of textsOf(own)) text.delete(3 * who, 3);
    return Y.encodeStateAsUpdate(own, before);
  });
  applyStored(doc, edits);
  const rows = [state, ...edits].map((update, i) => {
    return { seq: i + 1, author: null, at: new Date(), update };
  });
  const rest = { clientIds: new Map() };
  const whole = { seq: 3, state: Y.encodeStateAsUpdate(doc) };
  for (const stored of [
    { ...rest, snapshot: null, tail: rows },
    { ...rest, snapshot: { seq: 1, state }, tail: rows.slice(1) },
    { ...rest, snapshot: whole, tail: [] },
  ]) {
    const opened = hydrate({ ...stored, locked: false });
    expect(Y.equalSnapshots(Y.snapshot(opened), Y.snapshot(doc))).toBe(true);
    for (const text of textsOf(opened)) expect(text.toJSON()).toBe(' has counted them.');
  }
});

test('B1 D6 a row of a few bytes that deletes most of a long piece is put in in parts when that is opened', async () => {
  const letters = 30_000;
  const doc = newDocument();
  // Each typed before the last, so none of them is one item with its neighbour.
  doc.transact(() => {
    for (let i = 0; i < letters; i++) doc.getText('body').insert(0, 'x');
  });
  const state = Y.encodeStateAsUpdate(doc);
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    doc.getText('body').delete(0, letters);
    doc.getText('title').insert(0, 'Gone');
  });
  const update = Y.encodeStateAsUpdate(doc, before);
  expect(update.length).toBeLessThan(40);
  let [most, inOne] = [0, 0];
  const { prototype } = Y.Doc;
  const transact = Object.getOwnPropertyDescriptor(prototype, 'transact')!
    .value as typeof doc.transact;
  vi.spyOn(prototype, 'transact').mockImplementation(function (this: Y.Doc, ...args) {
    inOne = 0;
    const result = transact.apply(this, args);
    most = Math.max(most, inOne);
    return result;
  });
  const remove = Object.getOwnPropertyDescriptor(Y.Item.prototype, 'delete')!.value as (
    transaction: Y.Transaction,
  ) => void;
  vi.spyOn(Y.Item.prototype, 'delete').mockImplementation(function (this: Y.Item, transaction) {
    inOne++;
    remove.call(this, transaction);
  });
  try {
    const stored = {
      snapshot: { seq: 1, state },
      tail: [{ seq: 2, author: null, at: new Date(), update }],
      ...{ clientIds: new Map(), locked: false },
    };
    const opened = await hydrateInTurns(stored, workInProcess, new Set([null]));
    expect(Y.equalSnapshots(Y.snapshot(opened.doc), Y.snapshot(doc))).toBe(true);
    expect([opened.doc.getText('body').length, most > 0]).toEqual([0, true]);
    expect(most, 'items deleted in one go').toBeLessThanOrEqual(2_501);
  } finally {
    vi.restoreAllMocks();
  }
});

/** Letters that each stand before the last, so none of them is one item with its neighbour. */
function lettersOf(clientID: number, count: number): Uint8Array {
  const doc = newDocument();
  doc.clientID = clientID;
  doc.transact(() => {
    for (let i = 0; i < count; i++) doc.getText('body').insert(0, 'x');
  });
  return Y.encodeStateAsUpdate(doc);
}

/** All that Yjs may look at to find an item's place. */
function looksFor({ left, right, parent }: Y.Item): number {
  let looks = 0;
  const first = left === null ? (parent as Y.Text)._start : left.right;
  for (let at = first; at !== null && at !== right; at = at.right) looks++;
  return looks;
}

/** What `work` put into documents, by transaction: how many items, and how much they looked at. */
async function transactionsOf(work: () => Promise<unknown>): Promise<Looked[]> {
  const done: Looked[] = [];
  const { prototype } = Y.Doc;
  const transact = Object.getOwnPropertyDescriptor(prototype, 'transact')!
    .value as Y.Doc['transact'];
  let depth = 0;
  vi.spyOn(prototype, 'transact').mockImplementation(function (this: Y.Doc, ...args) {
    if (depth++ === 0) done.push({ items: 0, looks: 0 });
    try {
      return transact.apply(this, args);
    } finally {
      depth--;
    }
  });
  const integrate = Object.getOwnPropertyDescriptor(Y.Item.prototype, 'integrate')!
    .value as Y.Item['integrate'];
  vi.spyOn(Y.Item.prototype, 'integrate').mockImplementation(function (this: Y.Item, ...args) {
    const last = done.at(-1)!;
    last.items++;
    last.looks += looksFor(this);
    integrate.apply(this, args);
  });
  try {
    await work();
  } finally {
    vi.restoreAllMocks();
  }
  return done;
}
interface Looked {
  items: number;
  looks: number;
}

describe('B1 D6 letters that each look for their place among all others go in few at once when a piece is opened', () => {
  /** In one turn: what is counted beforehand, and what the letters of a slice look at of each other. */
  const most = 10_000 + (100 * 100) / 2;
  const row = (update: Uint8Array, seq: number) => ({ seq, author: null, at: new Date(), update });
  const rest = { clientIds: new Map(), locked: false };

  test.each([
    ['more than a turn for each of them', lettersOf(5, 11_000), lettersOf(9, 60)],
    ['in a row and a long state', lettersOf(5, 5_000), lettersOf(9, 200)],
    ['in a small piece', lettersOf(5, 1_200), lettersOf(9, 600)],
  ])('%s', async (_, state, update) => {
    const doc = newDocument();
    applyStored(doc, [state, update]);
    const merged = Y.encodeStateAsUpdate(doc);
    for (const stored of [
      { ...rest, snapshot: { seq: 1, state }, tail: [row(update, 2)] },
      { ...rest, snapshot: null, tail: [row(state, 1), row(update, 2)] },
      { ...rest, snapshot: { seq: 2, state: merged }, tail: [] },
      { ...rest, snapshot: null, tail: [row(merged, 1)] },
    ]) {
      let opened: Y.Doc | null = null;
      const done = await transactionsOf(async () => {
        opened = (await hydrateInTurns(stored, workInProcess, new Set([null]))).doc;
      });
      expect(Y.equalSnapshots(Y.snapshot(opened!), Y.snapshot(doc))).toBe(true);
      expect(opened!.getText('body').toJSON()).toBe(doc.getText('body').toJSON());
      const several = done.filter(({ items }) => items > 1).map(({ looks }) => looks);
      expect(Math.max(0, ...several)).toBeLessThanOrEqual(most);
    }
  });
});

test('B3 D6 what waits in a small piece still waits when it is opened, and deletions of what is not there', async () => {
  const theirs = newDocument();
  theirs.clientID = 7;
  const sent: Uint8Array[] = [];
  theirs.on('update', (update: Uint8Array) => sent.push(update));
  const body = theirs.getText('body');
  body.insert(0, 'first');
  theirs.transact(() => {
    for (let i = 0; i < 300; i++) body.insert(0, 'x');
  });
  body.delete(0, 250);
  body.delete(0, 52);
  const [first, ...later] = sent;
  const rows = later.map((update, i) => ({ seq: i + 1, author: null, at: new Date(), update }));
  const stored = { snapshot: null, tail: rows, clientIds: new Map(), locked: false };
  const { doc } = await hydrateInTurns(stored, workInProcess, new Set([null]));
  expect(doc.getText('body').length).toBe(0);
  putStored(doc, first!);
  expect(doc.getText('body').toJSON()).toBe(body.toJSON());
  expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(theirs))).toBe(true);
});
