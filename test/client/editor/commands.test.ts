import { afterEach, describe, expect, test } from 'vitest';
import type { Command } from 'prosemirror-state';
import {
  argumentsOf,
  blockMenu,
  commands,
  findItems,
  runWithout,
  selectionInfo,
  slashQuery,
} from '../../../client/editor/index.ts';
import { undoTypingRule } from '../../../client/editor/typing/typing-rules.ts';
import { freshArguments } from '../../../client/editor/pasting/paste.ts';
import { bodyOf, FakeEditor, linesOfDoc } from './fake-editor.ts';

const open: FakeEditor[] = [];
afterEach(() => {
  for (const editor of open.splice(0)) {
    expect(editor.mismatches).toEqual([]);
    editor.destroy();
  }
});

/** Lines as [text, attributes of its break]. */
function editor(...lines: (string | [string, object])[]): FakeEditor {
  const delta = lines.flatMap((line) => {
    const [text, attributes] = typeof line === 'string' ? [line, {}] : line;
    return [...(text === '' ? [] : [{ insert: text }]), { insert: '\n', attributes }];
  });
  const made = new FakeEditor(bodyOf(delta));
  open.push(made);
  return made;
}

const lines = ({ state }: FakeEditor) => linesOfDoc(state.doc);
const t = { thesis: 't' };
const list = (indent: number) => ({ list: 'bullet', ...(indent > 0 && { indent }) });

describe('Enter', () => {
  test.each<[string, () => FakeEditor, number, string[]]>([
    ['splits a paragraph', () => editor('ab'), 1, ['paragraph: a', 'paragraph: b']],
    ['makes another paragraph of a thesis', () => editor(['ab', t]), 2, ['thesis: ab', 'thesis: ']],
    [
      'leaves a thesis from an empty line',
      () => editor(['a', t], ['', t]),
      2,
      ['thesis: a', 'paragraph: '],
    ],
    [
      'begins a paragraph after a heading',
      () => editor(['a', { header: 2 }]),
      1,
      ['header: a', 'paragraph: '],
    ],
    [
      'splits a heading into two',
      () => editor(['ab', { header: 2 }]),
      1,
      ['header: a', 'header: b'],
    ],
    [
      'puts a paragraph before a heading',
      () => editor(['a', { header: 2 }]),
      0,
      ['paragraph: ', 'header: a'],
    ],
    ['continues a list', () => editor(['a', list(1)]), 1, ['list indent: a', 'list indent: ']],
    ['moves an empty nested item out', () => editor(['', list(1)]), 0, ['list: ']],
    ['leaves a list from an empty item', () => editor(['', list(0)]), 0, ['paragraph: ']],
    [
      'leaves a quote from an empty line',
      () => editor(['', { blockquote: true }]),
      0,
      ['paragraph: '],
    ],
    [
      'leaves raw source from its last, empty line',
      () => editor(['<p>', { raw: 'html' }], ['', { raw: 'html' }]),
      4,
      ['raw: <p>', 'paragraph: '],
    ],
    [
      'stays in raw source, also before source of another format',
      () => editor(['|a|', { raw: 'markdown' }], ['<p>', { raw: 'html' }]),
      3,
      ['raw: |a|', 'raw: ', 'raw: <p>'],
    ],
    [
      'stays in code from an empty line in its middle',
      () => editor(['', { 'code-block': true }], ['x', { 'code-block': true }]),
      0,
      ['code-block: ', 'code-block: ', 'code-block: x'],
    ],
  ])('%s', (_name, make, at, expected) => {
    const made = make();
    made.select(at).run(commands.splitLine);
    expect(lines(made)).toEqual(expected);
  });

  test('in the middle of a thesis gives the rest an id of its own, as one block', () => {
    const made = editor(['a', t], ['', t], ['b', t], ['c', t]);
    made.select(2).run(commands.splitLine);
    expect(lines(made)).toEqual(['thesis: a', 'paragraph: ', 'thesis: b', 'thesis: c']);
    const [first, second, ...more] = argumentsOf(made.state.doc);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ id: 't', text: 'a' });
    expect(second!.id).not.toBe('t');
  });

  test('with lines selected joins what is left and splits it', () => {
    const made = editor('abc', 'def');
    made.select(1, 5).run(commands.splitLine);
    expect(lines(made)).toEqual(['paragraph: a', 'paragraph: ef']);
  });

  test('with Mod goes on behind the block', () => {
    const made = editor(['a', t], ['b', t], 'c');
    made.select(0).run(commands.exitBlock);
    expect(lines(made)).toEqual(['thesis: a', 'thesis: b', 'paragraph: ', 'paragraph: c']);
  });
});

describe('Backspace and Delete', () => {
  test('a special line becomes a paragraph first, then joins the line before', () => {
    const made = editor('a', ['b', { header: 2 }]);
    made.select(2).run(commands.joinBackward);
    expect(lines(made)).toEqual(['paragraph: a', 'paragraph: b']);
    made.run(commands.joinBackward);
    expect(lines(made)).toEqual(['paragraph: ab']);
  });

  test('further paragraphs of a thesis join at once, list items move out first', () => {
    const made = editor(['a', t], ['b', t]);
    made.select(2).run(commands.joinBackward);
    expect(lines(made)).toEqual(['thesis: ab']);
    const items = editor(['a', list(1)]);
    items.select(0).run(commands.joinBackward);
    expect(lines(items)).toEqual(['list: a']);
  });

  test('the whole is what the first was, or the second where the first was empty', () => {
    const made = editor(['a', t], 'b');
    made.select(1).run(commands.joinForward);
    expect(lines(made)).toEqual(['thesis: ab']);
    const empty = editor('', ['b', t]);
    empty.select(0).run(commands.joinForward);
    expect(lines(empty)).toEqual(['thesis: b']);
  });

  test('deleting from the start of one line into another leaves the other what it is', () => {
    const made = editor(['head', { header: 2 }], 'middle', ['quoted', { blockquote: true }]);
    made.select(0, 15).run(commands.deleteSelection);
    expect(lines(made)).toEqual(['blockquote: ted']);
    expect(made.state.selection.head).toBe(1);
  });

  test('deleting everything leaves an empty line', () => {
    const made = editor(['head', { header: 2 }], 'b');
    made.select(0, 6).run(commands.deleteSelection);
    expect(lines(made)).toEqual(['header: ']);
  });

  test('an embed before the caret goes alone', () => {
    const made = editor('ab');
    made.select(1).run(commands.insertFootnote('n'));
    expect(made.body.toDelta()).toEqual([
      { insert: 'a' },
      { insert: { footnote: 'n' } },
      { insert: 'b\n' },
    ]);
    made.run(commands.deleteEmbed(-1));
    expect(made.body.toJSON()).toBe('ab\n');
  });
});

describe('kinds of lines', () => {
  test('unknown attributes of a line outlive every change of kind', () => {
    const made = editor(['a', { align: 'left', list: 'bullet', indent: 2 }]);
    const all: Command[] = [
      commands.toggleHeading(2),
      commands.toggleThesis,
      commands.toggleCounterpoint,
      commands.toggleQuote,
      commands.toggleCodeBlock,
      commands.setParagraph,
    ];
    for (const command of all) made.select(0).run(command);
    expect(made.body.toDelta()).toEqual([
      { insert: 'a' },
      { insert: '\n', attributes: { align: 'left' } },
    ]);
  });

  test('several selected lines become one thesis, and as a whole paragraphs again', () => {
    const made = editor('a', 'b', 'c');
    made.select(0, 3).run(commands.toggleThesis);
    expect(lines(made)).toEqual(['thesis: a', 'thesis: b', 'paragraph: c']);
    expect(argumentsOf(made.state.doc)).toHaveLength(1);
    made.select(0).run(commands.toggleThesis);
    expect(lines(made)).toEqual(['paragraph: a', 'paragraph: b', 'paragraph: c']);
  });

  test('a counterpoint answers the nearest thesis above, and can be linked to another', () => {
    const made = editor(['a', { thesis: 't1' }], ['b', { thesis: 't2' }], 'c');
    made.select(4).run(commands.toggleCounterpoint);
    const counterpoint = argumentsOf(made.state.doc)[2]!;
    expect(counterpoint).toMatchObject({ kind: 'counterpoint', answers: 't2' });
    made.run(commands.linkCounterpoint(counterpoint.id, 't1'));
    expect(argumentsOf(made.state.doc)[2]).toMatchObject({ answers: 't1' });
  });

  test('"answer this thesis" puts the caret into a counterpoint behind those that there are', () => {
    const made = editor(['a', t], ['b', { counterpoint: 'c', answers: 't' }], 'end');
    expect(made.run(commands.answerThesis('missing'))).toBe(false);
    made.run(commands.answerThesis('t'));
    made.type('no');
    expect(lines(made)).toEqual([
      'thesis: a',
      'counterpoint answers: b',
      'counterpoint answers: no',
      'paragraph: end',
    ]);
  });

  test('a selection that ends at the start of a line leaves that line alone', () => {
    const made = editor('a', 'b');
    made.select(0, 2).run(commands.toggleHeading(2));
    expect(lines(made)).toEqual(['header: a', 'paragraph: b']);
  });

  test('a divider stands on its own line, with a paragraph behind it', () => {
    const made = editor('ab');
    made.select(1).run(commands.insertDivider);
    expect(made.body.toDelta()).toEqual([
      { insert: 'ab\n' },
      { insert: { divider: true } },
      { insert: '\n\n' },
    ]);
  });
});

describe('Markdown-like typing', () => {
  test.each<[string, string]>([
    ['# a', 'header: a'],
    ['## a', 'header: a'],
    ['> a', 'blockquote: a'],
    ['- a', 'list: a'],
    ['1. a', 'list: a'],
    ['``` a', 'code-block: a'],
    [':t a', 'thesis: a'],
    [':c a', 'counterpoint: a'],
    ['a - b', 'paragraph: a - b'],
    [':t - a', 'thesis: - a'],
    ['## ### a', 'header: ### a'],
  ])('%s', (typed, expected) => {
    const made = editor('');
    made.select(0).type(typed);
    expect(lines(made)).toEqual([expected]);
  });

  test.each<[string, object[]]>([
    ['a **b c**', [{ insert: 'a ' }, { insert: 'b c', attributes: { bold: true } }]],
    ['a *b*', [{ insert: 'a ' }, { insert: 'b', attributes: { italic: true } }]],
    ['_b_', [{ insert: 'b', attributes: { italic: true } }]],
    ['~~b~~', [{ insert: 'b', attributes: { strike: true } }]],
    ['`b`', [{ insert: 'b', attributes: { code: true } }]],
    ['[b](http://x.y)', [{ insert: 'b', attributes: { link: 'http://x.y' } }]],
    ['a*b*c', [{ insert: 'a*b*c' }]],
  ])('%s', (typed, expected) => {
    const made = editor('');
    made.select(0).type(typed);
    made.type('.');
    const plain = expected.at(-1) as { insert: string; attributes?: object };
    const wanted = plain.attributes
      ? [...expected, { insert: '.\n' }]
      : [{ insert: `${plain.insert}.\n` }];
    expect(made.body.toDelta()).toEqual(wanted);
  });

  test('a rule can be taken back', () => {
    const plain = editor('');
    plain.select(0).type('## ');
    expect(lines(plain)).toEqual(['header: ']);
    plain.run(undoTypingRule);
    expect(lines(plain)).toEqual(['paragraph: ## ']);
  });
});

describe('the slash menu', () => {
  test('is open behind a slash at the start of a line, and runs a command in its place', () => {
    const made = editor(' a');
    made.select(0).type('/the');
    const query = slashQuery(made.state)!;
    expect(query.query).toBe('the');
    const labels = new Proxy({}, { get: (_, id) => String(id) }) as Parameters<typeof blockMenu>[0];
    const [thesis] = findItems(query.query, blockMenu(labels));
    expect(thesis?.id).toBe('thesis');
    made.run(runWithout(query, thesis!.command));
    expect(lines(made)).toEqual(['thesis:  a']);
    expect(slashQuery(made.state)).toBeUndefined();
    made.select(1).type('/x');
    expect(slashQuery(made.state)).toBeUndefined();
    made.select(0).type('50 km /h');
    expect(slashQuery(made.state)).toBeUndefined();
  });
});

describe('pasting', () => {
  test('a copied thesis is a new one, a cut one keeps its id, and answers follow a copy', () => {
    const made = editor(['a', t], ['b', { counterpoint: 'c', answers: 't' }], 'x');
    const slice = made.state.doc.slice(0, made.state.doc.child(0).nodeSize * 2);
    const copy = freshArguments(slice, made.state.doc).content;
    const [thesisId, counterpointId] = [0, 1].map((i) => copy.child(i).attrs['id'] as string);
    expect(thesisId).not.toBe('t');
    expect(counterpointId).not.toBe('c');
    expect(copy.child(1).attrs['answers']).toBe(thesisId);
    made.select(0, 4).run(commands.deleteSelection);
    expect(freshArguments(slice, made.state.doc)).toBe(slice);
  });

  test('line breaks pasted into code are lines of code', () => {
    const made = editor(['', { 'code-block': true }]);
    made.select(0).dispatch(made.state.tr.insertText('a\nb\n\nc'));
    expect(lines(made)).toEqual([
      'code-block: a',
      'code-block: b',
      'code-block: ',
      'code-block: c',
    ]);
  });

  test('half a surrogate pair is written as what Yjs makes of it', () => {
    const made = editor('😀');
    made.dispatch(made.state.tr.insertText('x', 2));
    expect(made.body.toJSON()).toBe('\uFFFDx\uFFFD\n');
  });
});

describe('the toolbar', () => {
  test('knows what is selected', () => {
    const made = editor('ab', ['c', { header: 3 }]);
    made.select(0, 2).run(commands.toggleBold);
    made.run(commands.setLink('http://x.y'));
    expect(selectionInfo(made.state)).toMatchObject({
      line: { kind: 'paragraph' },
      bold: true,
      italic: false,
      link: 'http://x.y',
      canLink: true,
    });
    made.select(0, 4);
    expect(selectionInfo(made.state)).toMatchObject({ line: undefined, bold: false });
    made.select(1).run(commands.setLink(''));
    expect((made.body.toDelta() as unknown[])[0]).toEqual({
      insert: 'ab',
      attributes: { bold: true },
    });
  });
});
