import { afterEach, describe, expect, test } from 'vitest';
import { schema } from '../../../../client/editor/index.ts';
import { normalDelta } from '../../../../shared/document/index.ts';
import { keys } from '../../../../client/editor/commands/keymap.ts';
import { bodyOf, exchange, FakeEditor } from '../fake-editor.ts';

const open: FakeEditor[] = [];
afterEach(() => {
  for (const editor of open.splice(0)) {
    expect(editor.mismatches).toEqual([]);
    editor.destroy();
  }
});

function editor(...[delta, options]: [object[], ConstructorParameters<typeof FakeEditor>[1]?]) {
  const made = new FakeEditor(bodyOf(delta), options);
  open.push(made);
  return made;
}

const lineSigns = ['#', '##', '###', '####', '>', '-', '*', '1.', '1)', '```', ':t', ':c'];
const lineRules = lineSigns.map((signs) => `${signs} `);
const markRules = [
  ...['**bold**', '*it*', '_it_', '~~gone~~', '`x`', '[words](https://example.org/a_(b))'],
  ...['**a b, c.**', '*“Quoted.”*', '[mail](ann@example.org)', '**5 %**', '*a_b*'],
];
const kinds: readonly (readonly [string, object])[] = [
  ['a paragraph', {}],
  ['a heading', { header: 3 }],
  ['a thesis', { thesis: 'a' }],
  ['a counterpoint', { counterpoint: 'b', answers: 'a' }],
  ['a quote', { blockquote: true }],
  ['a bullet', { list: 'bullet', indent: 2 }],
  ['a number', { list: 'ordered' }],
  ['code', { 'code-block': true }],
];
/** Text before and behind the caret. */
const places: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', 'word'],
  ['', ' word'],
  ['some ', ' word'],
  ['some word ', ''],
  ['some (', ') word'],
  ['some word', ''],
  ['some wo', 'rd'],
  ['some/', ''],
  ['some 2', '3'],
];

describe('a typing rule acts where it may, and one undo gives back what was typed', () => {
  const cases = kinds.flatMap(([name, attributes]) =>
    places.map(([left, right]) => ({ name, attributes, left, right })),
  );
  test.each(cases)('in $name: “$left|$right”', ({ name, attributes, left, right }) => {
    const first = [{ insert: left + right }, { insert: '\n', attributes }];
    const inLine = name === 'a paragraph' && left === '';
    const inText = name !== 'code' && /^$|[ (]$/.test(left) && !/^\p{L}|^\d/u.test(right);
    const made = editor(first);
    const before = made.body.toDelta() as object[];
    for (const typed of [...lineRules, ...markRules]) {
      made.select(left.length).type(typed);
      const done = made.body.toJSON() !== `${left}${typed}${right}\n`;
      expect([typed, done]).toEqual([typed, lineRules.includes(typed) ? inLine : inText]);
      if (done) made.history.undo();
      expect(made.body.toDelta()).toEqual(
        normalDelta([{ insert: left + typed + right }, { insert: '\n', attributes }]),
      );
      // The caret is where it was typed, so that one goes on there.
      expect(made.state.selection.head).toBe(1 + left.length + typed.length);
      made.history.undo();
      expect(made.body.toDelta()).toEqual(before);
    }
  });

  test.each([...lineRules, ...markRules])('%j: Backspace right after takes it back', (typed) => {
    const made = editor([{ insert: '\n' }])
      .select(0)
      .type(typed);
    expect(made.body.toJSON()).not.toBe(`${typed}\n`);
    expect(made.run(keys['Backspace']!)).toBe(true);
    expect(made.body.toDelta()).toEqual([{ insert: `${typed}\n` }]);
    // Taken back, it does not act again by itself.
    made.type('x');
    expect(made.body.toDelta()).toEqual([{ insert: `${typed}x\n` }]);
  });

  test.each(markRules)('%j: what is typed behind it is undone apart from it', (typed) => {
    const made = editor([{ insert: '\n' }])
      .select(0)
      .type(typed);
    const marked = made.body.toDelta() as object[];
    made.type(' and on');
    made.history.undo();
    expect(made.body.toDelta()).toEqual(marked);
    made.history.undo();
    expect(made.body.toDelta()).toEqual([{ insert: `${typed}\n` }]);
    made.history.redo();
    expect(made.body.toDelta()).toEqual(marked);
  });

  test.each(markRules)('%j: a letter right behind says that it was within a word', (typed) => {
    const made = editor([{ insert: '\n' }])
      .select(0)
      .type(`${typed}ly so`);
    expect(made.body.toDelta()).toEqual([{ insert: `${typed}ly so\n` }]);
    made.history.undo();
    made.type('b');
    expect(made.body.toJSON()).toBe(`${typed}b\n`);
  });

  test.each(markRules)(
    '%j acts in a note and in a title; signs at the start are as typed in both',
    (typed) => {
      for (const shape of ['line', 'paragraphs'] as const) {
        const made = editor([{ insert: 'x ' }], { shape })
          .select(2)
          .type(typed);
        expect(made.body.toJSON()).not.toContain(typed);
        made.history.undo();
        expect(made.body.toDelta()).toEqual([{ insert: `x ${typed}` }]);
        for (const signs of lineRules) {
          const plain = editor([{ insert: 'x' }], { shape })
            .select(0)
            .type(signs);
          expect(plain.body.toDelta()).toEqual([{ insert: `${signs}x` }]);
        }
      }
    },
  );

  test.each([...lineRules, ...markRules])('%j is code within code', (typed) => {
    const code = { code: true };
    const made = editor([{ insert: 'x y', attributes: code }, { insert: '\n' }]);
    made.select(2).type(typed);
    expect(made.body.toJSON()).toBe(`x ${typed}y\n`);
    const start = editor([{ insert: '\n' }]).select(0);
    start.dispatch(start.state.tr.setStoredMarks([schema.marks.code.create()]));
    start.type(typed);
    expect(start.body.toJSON()).toBe(`${typed}\n`);
  });
});

describe('a typing rule leaves alone what was not typed here and now', () => {
  test.each(markRules)('%j with opening signs that stood there', (typed) => {
    const [head, rest] = [typed.slice(0, 3), typed.slice(3)];
    const made = editor([{ insert: `${head}\n` }])
      .select(head.length)
      .type(rest);
    expect(made.body.toDelta()).toEqual([{ insert: `${typed}\n` }]);
  });

  test.each([...lineRules, ...markRules])('%j with somebody else’s words in it', (typed) => {
    for (let at = 1; at < typed.length; at += typed.length > 12 ? 5 : 1) {
      const [made, other] = [1, 2].map((clientId) => editor([{ insert: '\n' }], { clientId }));
      made!.select(0).type(typed.slice(0, at));
      exchange(made!, other!);
      other!.body.insert(at === typed.length - 1 ? at - 1 : at, 'their');
      if (at === typed.length - 1 && at < 2) continue;
      exchange(made!, other!);
      const caret = made!.body.toJSON().length - 1;
      made!.select(caret).type(typed.slice(at));
      const words = made!.body.toJSON();
      expect(words.replace('their', '')).toBe(`${typed}\n`);
      expect(made!.body.toDelta()).toEqual([{ insert: words }]);
    }
  });

  test('a space behind a number that a colleague wrote', () => {
    const made = editor([{ insert: '1.\n' }])
      .select(2)
      .type(' ');
    expect(made.body.toDelta()).toEqual([{ insert: '1. \n' }]);
  });

  test('what is pasted is as it is', () => {
    const made = editor([{ insert: '\n' }]).select(0);
    made.dispatch(made.state.tr.insertText('**bold*').setMeta('paste', true));
    made.type('*');
    expect(made.body.toDelta()).toEqual([{ insert: '**bold**\n' }]);
  });

  test('an input method: only signs that it has just written', async () => {
    const compose = async (text: string, data: string) => {
      const made = editor([{ insert: '\n' }]).select(0);
      made.composing = true;
      made.type(text);
      made.endComposition(data);
      await new Promise((done) => setTimeout(done, 5));
      return made.body.toDelta() as object[];
    };
    expect(await compose('*kept*', '')).toEqual([{ insert: '*kept*\n' }]);
    expect(await compose('*kept*', 'か')).toEqual([{ insert: '*kept*\n' }]);
    expect(await compose('*it*', 'it*')).toEqual([
      { insert: 'it', attributes: { italic: true } },
      { insert: '\n' },
    ]);
  });
});

describe('a number begins an item only where the list shows that number', () => {
  const item = { insert: '\n', attributes: { list: 'ordered' } };
  const nested = { insert: '\n', attributes: { list: 'ordered', indent: 1 } };
  const bullet = { insert: '\n', attributes: { list: 'bullet' } };
  test.each<[string, object[], string, boolean]>([
    ['1. on its own', [], '1. ', true],
    ['2. on its own', [], '2. ', false],
    ['12. on its own', [], '12. ', false],
    ['0. on its own', [], '0. ', false],
    ['01. on its own', [], '01. ', false],
    ['2. behind an item', [item], '2. ', true],
    ['2) behind an item', [item], '2) ', true],
    ['1. behind an item', [item], '1. ', false],
    ['3. behind an item', [item], '3. ', false],
    ['3. behind two items', [item, nested, item], '3. ', true],
    ['2. behind a nested item', [item, nested], '2. ', true],
    ['2. behind a bullet', [item, bullet], '2. ', false],
    ['2. behind a paragraph', [item, { insert: 'x\n' }], '2. ', false],
  ])('%s', (_name, above, typed, acts) => {
    const made = editor([...above, { insert: '\n' }]);
    made.select(made.body.length - 1).type(typed);
    expect(made.body.toJSON().endsWith(`${typed}\n`)).toBe(!acts);
  });
});
