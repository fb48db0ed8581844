import { afterEach, expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { cursorOf, publishCursor, remoteCarets } from '../../../client/editor/index.ts';
import { bodyOf, exchange, FakeEditor } from './fake-editor.ts';

const open: FakeEditor[] = [];
afterEach(() => {
  for (const editor of open.splice(0)) editor.destroy();
});

function pair() {
  const first = bodyOf([{ insert: 'One two.\nThree four.\n' }]);
  const editors = [new FakeEditor(first, { clientId: 1 }), new FakeEditor(first, { clientId: 2 })];
  open.push(...editors);
  return editors as [FakeEditor, FakeEditor];
}

const cursor = ({ state, body }: FakeEditor) => cursorOf(state.selection, state.doc, body);
const sent = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

test('a caret is placed where it is in the text, whatever was written meanwhile', () => {
  const [ann, bob] = pair();
  bob.select(9, 14);
  const states = new Map([
    [2, sent({ cursor: cursor(bob), user: { id: 'b', name: 'Bob', color: '#123456', extra: 1 } })],
  ]);
  ann.select(0).type('Hello. ');
  const caret = { clientId: 2, user: { id: 'b', name: 'Bob', color: '#123456' } };
  expect(remoteCarets(states, 1, ann.state.doc, ann.body)).toEqual([
    { ...caret, anchor: 18, head: 23 },
  ]);
  expect(remoteCarets(states, 2, ann.state.doc, ann.body)).toEqual([]);
});

test("y-quill's and y-prosemirror's cursors are read, and ours is what they read", () => {
  const [ann] = pair();
  // As y-quill writes it.
  const anchor = Y.createRelativePositionFromTypeIndex(ann.body, 3);
  const states = new Map([[7, sent({ cursor: { anchor, head: anchor } })]]);
  expect(remoteCarets(states, 1, ann.state.doc, ann.body)).toEqual([
    { clientId: 7, user: {}, anchor: 4, head: 4 },
  ]);
  const mine = sent(cursor(ann.select(3))) as { anchor: unknown };
  const read = Y.createAbsolutePositionFromRelativePosition(
    Y.createRelativePositionFromJSON(mine.anchor),
    ann.doc,
  );
  expect(read).toMatchObject({ type: ann.body, index: 3 });
});

test('what is no cursor of this body is passed over', () => {
  const [ann] = pair();
  const other = Y.createRelativePositionFromTypeIndex(ann.doc.getText('title'), 0);
  const ahead = { type: null, tname: null, item: { client: 99, clock: 1_000 }, assoc: 0 };
  const states = new Map<number, unknown>([
    [3, null],
    [4, { cursor: 'x' }],
    [5, { cursor: { anchor: {}, head: {} } }],
    [6, { cursor: sent({ anchor: other, head: other }) }],
    [7, { cursor: { anchor: ahead, head: ahead } }],
    [8, { cursor: null, user: 5 }],
  ]);
  expect(remoteCarets(states, 1, ann.state.doc, ann.body)).toEqual([]);
});

test('a caret is told when it has moved in the text, not when the text has moved it', () => {
  const [ann, bob] = pair();
  const awareness = new Awareness(ann.doc);
  let told = 0;
  awareness.on('update', () => (told += 1));
  publishCursor(awareness, cursor(ann.select(12)));
  bob.select(0).type('Hello. ');
  exchange(ann, bob);
  publishCursor(awareness, cursor(ann));
  expect(told).toBe(1);
  publishCursor(awareness, null);
  publishCursor(awareness, null);
  expect(told).toBe(2);
  awareness.destroy();
});
