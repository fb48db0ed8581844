import { afterEach, describe, expect, test, vi } from 'vitest';
import { EditorState, type Command } from 'prosemirror-state';
import * as Y from 'yjs';
import { commands, isRemote, schema } from '../../../client/editor/index.ts';
import { bodyToDoc } from '../../../client/editor/mapping/to-prosemirror.ts';
import { authors, bodyOf, exchange, FakeEditor, linesOfDoc, writesOf } from './fake-editor.ts';

const annId = 1;
const bobId = 2;
const open: FakeEditor[] = [];

afterEach(() => {
  for (const editor of open.splice(0)) {
    expect(editor.mismatches).toEqual([]);
    editor.destroy();
  }
});

function pair(delta: readonly object[] = [{ insert: 'One two.\nThree four.\n' }]) {
  const first = bodyOf(delta, annId);
  const ann = new FakeEditor(first, { clientId: annId });
  const bob = new FakeEditor(first, { clientId: bobId });
  open.push(ann, bob);
  return { ann, bob };
}

const lines = (editor: FakeEditor) => linesOfDoc(editor.state.doc);
const of = (editor: FakeEditor, client: number) =>
  authors(editor.body)
    .filter(([character, author]) => author === client && character !== '\n')
    .map(([character]) => character)
    .join('');

describe('S1 while Ann types in a paragraph, her words stay in place and hers when Bob', () => {
  const split: Command = (state, dispatch, view) => commands.splitLine(state, dispatch, view);
  test.each<[string, number, Command, string[]]>([
    ['splits it', 14, split, ['paragraph: One two.', 'paragraph: Three', 'paragraph:  red four.']],
    [
      'joins it to the one before',
      9,
      commands.joinBackward,
      ['paragraph: One two.Three red four.'],
    ],
    [
      'turns it into a heading',
      14,
      commands.toggleHeading(2),
      ['paragraph: One two.', 'header: Three red four.'],
    ],
    [
      'makes it a quote',
      14,
      commands.toggleQuote,
      ['paragraph: One two.', 'blockquote: Three red four.'],
    ],
  ])('%s', (_name, at, command, expected) => {
    const { ann, bob } = pair();
    ann.select(15).type('red ').select(0);
    bob.select(at).run(command);
    exchange(ann, bob);
    for (const editor of [ann, bob]) {
      expect(lines(editor).map((line) => line.replace('Three  red', 'Three red'))).toEqual(
        expected,
      );
      expect(of(editor, annId)).toBe('One two.Three red four.');
      expect(of(editor, bobId)).toBe('');
    }
  });

  test('makes it a thesis, which Cem then answers', () => {
    const { ann, bob } = pair();
    ann.select(15).type('red ');
    bob.select(14).run(commands.toggleThesis);
    const { id } = bob.state.doc.child(1).attrs as { id: string };
    expect(bob.run(commands.answerThesis(id))).toBe(true);
    bob.type('No.');
    exchange(ann, bob);
    expect(lines(ann)).toEqual([
      'paragraph: One two.',
      'thesis: Three red four.',
      'counterpoint answers: No.',
    ]);
    expect(ann.state.doc.child(2).attrs['answers']).toBe(id);
  });
});

describe('S1 the smallest operations:', () => {
  const write = (editor: FakeEditor, command: Command) =>
    writesOf(editor.body, () => expect(editor.run(command)).toBe(true));

  test.each<[string, number, Command, object[]]>([
    ['a split is one line break', 13, commands.splitLine, [{ retain: 13 }, { insert: '\n' }]],
    ['a join is one deletion', 9, commands.joinBackward, [{ retain: 8 }, { delete: 1 }]],
    [
      'a heading is one attribute',
      13,
      commands.toggleHeading(3),
      [{ retain: 20 }, { retain: 1, attributes: { header: 3 } }],
    ],
    [
      'a quote is one attribute',
      0,
      commands.toggleQuote,
      [{ retain: 8 }, { retain: 1, attributes: { blockquote: true } }],
    ],
  ])('%s', (_name, at, command, delta) => {
    const { ann } = pair();
    ann.select(at);
    expect(write(ann, command)).toEqual([delta]);
  });

  test('Enter at the end of a heading leaves its break alone', () => {
    const { ann } = pair([{ insert: 'H' }, { insert: '\n', attributes: { header: 2 } }]);
    ann.select(1);
    expect(write(ann, commands.splitLine)).toEqual([[{ retain: 2 }, { insert: '\n' }]]);
    expect(lines(ann)).toEqual(['header: H', 'paragraph: ']);
  });

  test('an empty line before an empty heading is that line only', () => {
    const { ann } = pair([{ insert: 'a\n' }, { insert: '\n', attributes: { header: 2 } }]);
    ann.select(1);
    expect(write(ann, commands.exitBlock)).toEqual([[{ retain: 2 }, { insert: '\n' }]]);
    expect(lines(ann)).toEqual(['paragraph: a', 'paragraph: ', 'header: ']);
  });

  test('what is typed in bold carries its look, and takes no other from its neighbours', () => {
    const { ann } = pair([
      { insert: 'linked', attributes: { link: 'http://x.y', color: 'red' } },
      { insert: '\n' },
    ]);
    ann.select(6).run(commands.toggleBold);
    ann.type('B');
    expect(ann.body.toDelta()).toEqual([
      { insert: 'linked', attributes: { link: 'http://x.y', color: 'red' } },
      { insert: 'B', attributes: { bold: true } },
      { insert: '\n' },
    ]);
  });

  test('which of three equal letters was typed is kept', () => {
    const { ann } = pair([{ insert: 'aaa\n' }]);
    ann.select(1).type('a');
    expect(writesOf(ann.body, () => ann.select(1).type('a'))).toEqual([
      [{ retain: 1 }, { insert: 'a' }],
    ]);
  });
});

describe('remote changes are as small:', () => {
  test('a caret stays before what somebody else types at it, and a range does not grow', () => {
    const { ann, bob } = pair();
    ann.select(3);
    bob.select(3).type('X');
    exchange(ann, bob);
    expect(ann.state.selection.anchor).toBe(4);
    ann.select(0, 4);
    bob.select(0).type('<').select(5).type('>');
    exchange(ann, bob);
    expect(ann.state.selection.from).toBe(2);
    expect(ann.state.selection.to).toBe(6);
  });

  test('an attribute replaces no text, and what is typed elsewhere touches no other line', () => {
    const { ann, bob } = pair();
    const [first] = [ann.state.doc.child(0)];
    bob.select(12).run(commands.toggleHeading(2));
    exchange(ann, bob);
    expect(ann.state.doc.child(0)).toBe(first);
    const steps = ann.log
      .filter(isRemote)
      .flatMap((tr) => tr.steps.map((step) => step.toJSON() as unknown));
    expect(steps).toMatchObject([{ stepType: 'replaceAround', structure: true }]);
  });

  test('stored marks and a backward selection outlive them', () => {
    const { ann, bob } = pair();
    ann.select(8, 4);
    bob.select(0).type('X');
    exchange(ann, bob);
    expect([ann.state.selection.anchor, ann.state.selection.head]).toEqual([10, 6]);
    ann.select(3).run(commands.toggleItalic);
    bob.select(0).type('Y');
    exchange(ann, bob);
    expect(ann.state.storedMarks?.map(({ type }) => type.name)).toEqual(['italic']);
  });
});

describe('undo', () => {
  test("takes back one's own, and leaves what others wrote in it", () => {
    const { ann, bob } = pair([{ insert: 'base\n' }]);
    ann.select(4).type(' mine');
    exchange(ann, bob);
    bob.select(6).type('BOB');
    exchange(ann, bob);
    expect(ann.run(commands.undo)).toBe(true);
    expect(lines(ann)).toEqual(['paragraph: baseBOB']);
    expect(ann.run(commands.undo)).toBe(false);
    expect(ann.run(commands.redo)).toBe(true);
    exchange(ann, bob);
    expect(lines(bob)).toEqual(lines(ann));
    expect(of(ann, bobId)).toBe('BOB');
  });

  test('brings the caret back to where the edit was, with what others did before it', () => {
    const { ann, bob } = pair();
    ann.select(4, 7).run(commands.deleteSelection);
    exchange(ann, bob);
    bob.select(0).type('>>');
    exchange(ann, bob);
    ann.select(15).run(commands.undo);
    expect(lines(ann)[0]).toBe('paragraph: >>One two.');
    expect([ann.state.selection.anchor, ann.state.selection.head]).toEqual([7, 10]);
  });

  test('structure is undone apart from the typing before it', () => {
    const { ann } = pair();
    ann.select(8).type('!').run(commands.toggleHeading(2));
    ann.run(commands.undo);
    expect(lines(ann)[0]).toBe('paragraph: One two.!');
    ann.run(commands.undo);
    expect(lines(ann)[0]).toBe('paragraph: One two.');
  });
});

describe('an input method that composes', () => {
  const wait = () => vi.waitFor(() => expect(open.every(same)).toBe(true));
  const same = (editor: FakeEditor) => editor.state.doc.eq(bodyToDoc(editor.body));

  test('is not disturbed in its line, writes through all the while, and sees the rest afterwards', async () => {
    const { ann, bob } = pair();
    ann.select(8);
    ann.composing = true;
    ann.type('k');
    bob.select(0).type('BOB ').select(15).type('later ');
    exchange(ann, bob);
    expect(lines(ann)[0]).toBe('paragraph: One two.k');
    ann.type('o');
    expect(ann.body.toJSON()).toContain('BOB One two.ko');
    exchange(ann, bob);
    ann.endComposition();
    await wait();
    expect(lines(ann)).toEqual(lines(bob));
    expect(lines(ann)[0]).toBe('paragraph: BOB One two.ko');
    expect(ann.state.selection.head).toBe(15);
  });

  test('lets changes of other lines through at once', () => {
    const { ann, bob } = pair();
    ann.select(3);
    ann.composing = true;
    bob.select(12).type('X');
    exchange(ann, bob);
    expect(lines(ann)[1]).toBe('paragraph: ThrXee four.');
  });

  test('loses nothing where somebody deletes the line around it', async () => {
    const { ann, bob } = pair();
    ann.select(4);
    ann.composing = true;
    ann.type('k');
    bob.select(0, 9).run(commands.deleteSelection);
    exchange(ann, bob);
    ann.type('o');
    ann.endComposition();
    await wait();
    exchange(ann, bob);
    expect(lines(ann)).toEqual(['paragraph: koThree four.']);
    expect(lines(bob)).toEqual(lines(ann));
  });
});

describe('the binding', () => {
  test('takes no local change where editing is not allowed, and shows those of others', () => {
    const first = bodyOf([{ insert: 'One\n' }]);
    const reader = new FakeEditor(first, { clientId: 3, canEdit: () => false });
    const { ann } = pair([]);
    Y.applyUpdate(ann.doc, first);
    open.push(reader);
    reader.select(0).type('no');
    expect(reader.body.toJSON()).toBe('One\n');
    ann.select(0).type('X');
    exchange(ann, reader);
    expect(lines(reader)).toEqual(['paragraph: XOne']);
  });

  test('follows the body when somebody exchanges the state, and never writes that into the body', () => {
    const { ann } = pair();
    ann.state = EditorState.create({ schema, plugins: ann.state.plugins });
    ann.dispatch(ann.state.tr);
    expect(ann.body.toJSON()).toBe('One two.\nThree four.\n');
    expect(ann.mismatches.splice(0)).toMatchObject([{ where: 'local' }]);
    expect(lines(ann)).toEqual(['paragraph: One two.', 'paragraph: Three four.']);
  });

  test('a last line without its break is written as it is, and ended when it has to be', () => {
    const { ann } = pair([{ insert: 'no break' }]);
    ann.select(8).type('!');
    expect(ann.body.toJSON()).toBe('no break!');
    ann.run(commands.toggleHeading(2));
    expect(ann.body.toDelta()).toEqual([
      { insert: 'no break!' },
      { insert: '\n', attributes: { header: 2 } },
    ]);
    const { bob } = pair([{ insert: 'end' }]);
    bob.select(3).run(commands.splitLine);
    expect(bob.body.toJSON()).toBe('end\n\n');
    expect(lines(bob)).toEqual(['paragraph: end', 'paragraph: ']);
    const { ann: cem } = pair([{ insert: 'a\nb' }]);
    cem.select(2, 3).run(commands.deleteSelection);
    expect(cem.body.toJSON()).toBe('a\n\n');
    expect(lines(cem)).toEqual(['paragraph: a', 'paragraph: ']);
  });

  test('two people who begin an empty piece at once keep both beginnings', () => {
    const { ann, bob } = pair([]);
    ann.type('Ann');
    bob.type('Bob');
    exchange(ann, bob);
    expect(lines(ann)).toEqual(lines(bob));
    expect(lines(ann).join('')).toMatch(/Ann.*Bob|Bob.*Ann/);
  });
});
