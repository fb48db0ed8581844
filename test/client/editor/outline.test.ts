import { expect, test } from 'vitest';
import { outlineRows, placeOf } from '../../../client/pages/piece/outline/outline-of.ts';
import { bodyOf, FakeEditor } from './fake-editor.ts';

const thesis = (id: string, text: string) => [
  { insert: text },
  { insert: '\n', attributes: { thesis: id } },
];
const counterpoint = (id: string, answers: string, text: string) => [
  { insert: text },
  { insert: '\n', attributes: { counterpoint: id, answers } },
];
const heading = (text: string) => [{ insert: text }, { insert: '\n', attributes: { header: 2 } }];

const body = [
  { insert: 'The lede.\n' },
  ...heading('Why'),
  ...thesis('t1', 'Count.'),
  ...counterpoint('c1', 't1', 'It costs.'),
  ...heading('Again'),
  ...thesis('t1', 'Count.'),
  { insert: 'Between.\n' },
  ...thesis('t1', 'Count once more.'),
];

test('a row says nothing of where it stands, so that what is written above it does not change it', () => {
  const editor = new FakeEditor(bodyOf(body));
  const before = outlineRows(editor.state.doc);
  expect(before.map(({ heading }) => heading)).toEqual(['', 'Why', 'Again']);
  const at = placeOf(editor.state.doc, 1);
  editor.dispatch(editor.state.tr.insertText('!', 10));
  const after = outlineRows(editor.state.doc);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(placeOf(editor.state.doc, 1)).toBe(at! + 1);
});

test('a place is that of a row or of a point in it, told apart also where two have one id', () => {
  const { doc } = new FakeEditor(bodyOf(body)).state;
  const text = body.map(({ insert }) => insert).join('');
  const [, why, again] = outlineRows(doc);
  expect(placeOf(doc, null)).toBe(0);
  expect(placeOf(doc, 0)).toBe(text.indexOf('Why'));
  expect(why!.points.map(({ key }) => placeOf(doc, 0, key))).toEqual([
    text.indexOf('Count.'),
    text.indexOf('It costs.'),
  ]);
  const keys = again!.points.map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
  expect(keys.map((key) => placeOf(doc, 1, key))).toEqual([
    text.lastIndexOf('Count.'),
    text.indexOf('Count once'),
  ]);
  expect(placeOf(doc, 7)).toBeUndefined();
  expect(placeOf(doc, 0, 'thesis-gone-1')).toBeUndefined();
});
