import { afterEach, describe, expect, test } from 'vitest';
import { searchFor } from '../../../../client/editor/find/matches.ts';
import {
  goToMatch,
  replaceAll,
  replaceMatch,
  setSearch,
} from '../../../../client/pages/piece/writing/find/find-commands.ts';
import { finding, matchesIn } from '../../../../client/pages/piece/writing/find/find-plugin.ts';
import { bodyOf, FakeEditor, lettersIn } from '../fake-editor.ts';

const open: FakeEditor[] = [];
afterEach(() => {
  for (const editor of open.splice(0)) {
    expect(editor.mismatches).toEqual([]);
    editor.destroy();
  }
});

function editor(delta: object[]): FakeEditor {
  const made = new FakeEditor(bodyOf(delta), { plugins: [finding()] });
  open.push(made);
  return made;
}

function found(text: string, query: string, matchCase = false): string[] {
  const made = editor([{ insert: `${text}\n` }]);
  made.run(setSearch({ query, matchCase }));
  const { doc } = made.state;
  return matchesIn(made.state).map(({ from, to }) => doc.textBetween(from, to));
}

describe('finding', () => {
  test.each<[string, string, string[]]>([
    ["It’s here, it's there, It‘s", "It's", ['It’s', "it's", 'It‘s']],
    ["It's", 'It’s', ["It's"]],
    [
      '“quotes” „quotes“ «quotes» "quotes"',
      '"quotes"',
      ['“quotes”', '„quotes“', '«quotes»', '"quotes"'],
    ],
    ['cafe\u0301 and café', 'café', ['cafe\u0301', 'café']],
    ['cafe\u0301 and café', 'cafe\u0301', ['cafe\u0301', 'café']],
    ['cafe\u0301 cafe', 'cafe', ['cafe']],
    ['12\u00a0Uhr, 12\u202fUhr, 12 Uhr', '12 Uhr', ['12\u00a0Uhr', '12\u202fUhr', '12 Uhr']],
    ['Nacht\u00adbus, Nacht\u200bbus', 'nachtbus', ['Nacht\u00adbus', 'Nacht\u200bbus']],
    ['e\u2011mail e-mail e–mail', 'e-mail', ['e\u2011mail', 'e-mail']],
    ['10⁶ is not 106', '106', ['106']],
    ['a «\u202fNon\u202f», « Non », „Non“', '"Non"', ['«\u202fNon\u202f»', '„Non“']],
    ['a «\u00a0Non\u00a0»', 'Non', ['Non']],
    ['er sagte »Nein« und', 'sagte "Nein" und', ['sagte »Nein« und']],
    ['−5 °C, ‐5 °C, –5 °C', '-5 °C', ['−5 °C', '‐5 °C']],
    ['wo\u200crd wo\u200drd wo\ufeffrd', 'word', ['wo\u200crd', 'wo\u200drd', 'wo\ufeffrd']],
    ['wait… ﬁnd', 'WAIT... FIND', ['wait… ﬁnd']],
    ['aaaa', 'aa', ['aa', 'aa']],
    ['a.c abc', 'a.c', ['a.c']],
    ['(a+b)*[c]$^{d}|\\e?/f', '(a+b)*[c]$^{d}|\\e?/f', ['(a+b)*[c]$^{d}|\\e?/f']],
    ['STRASSE Straße', 'straße', ['Straße']],
    ['ΟΔΟΣ οδος', 'οδος', ['ΟΔΟΣ', 'οδος']],
    ['👩‍🔬 👍🏽', '👍🏽', ['👍🏽']],
    // A part of one sign is not it: to replace that would take the sign apart.
    ['👩‍👩‍👧 👩', '👩', ['👩']],
    ['👩‍👩‍👧 👧', '👧', ['👧']],
    ['👍🏽 👍', '👍', ['👍']],
    ['❤️‍🔥 ❤️', '❤️', ['❤️']],
    ['a', '', []],
    ['a', '\u00ad', []],
  ])('in “%s”, “%s”', (text, query, expected) => {
    expect(found(text, query)).toEqual(expected);
  });

  test('with “match case”, capital and small letters differ, quotation marks do not', () => {
    expect(found('It’s it’s', "It's", true)).toEqual(['It’s']);
  });

  test('no word reaches over a footnote’s mark or into another line', () => {
    const made = editor([
      { insert: 'sur' },
      { insert: { footnote: 'a' } },
      { insert: 'vey\nsur\nvey\n' },
    ]);
    expect(searchFor({ query: 'survey', matchCase: false })(made.state.doc)).toEqual([]);
  });

  test('follows the text as it changes', () => {
    const made = editor([{ insert: 'a bus\nno\n' }]);
    made.run(setSearch({ query: 'bus', matchCase: false }));
    made.select(6).dispatch(made.state.tr.insertText('bus and '));
    expect(matchesIn(made.state)).toEqual([
      { from: 3, to: 6 },
      { from: 8, to: 11 },
    ]);
  });
});

describe('replacing', () => {
  const link = { link: 'https://example.org' };
  const marked: readonly [string, object][] = [
    ['a link', link],
    ['bold', { bold: true }],
    ['a link in bold italics', { ...link, bold: true, italic: true }],
    ['struck code', { strike: true, code: true }],
    ['what is not known here', { color: 'red' }],
  ];
  const all = (made: FakeEditor, query: string, replacement: string) => {
    made.run(setSearch({ query, matchCase: false }));
    made.run(replaceAll(replacement));
  };

  test.each(marked)('what is put in is %s where what it replaces was', (_name, attributes) => {
    const made = editor([
      ...[{ insert: 'A ' }, { insert: 'survey', attributes }, { insert: ' of\nsurvey\n' }],
      ...[{ insert: 'The survey', attributes }, { insert: '\n' }],
    ]);
    const before = made.body.toDelta() as object[];
    all(made, 'survey', 'poll');
    const after = [
      ...[{ insert: 'A ' }, { insert: 'poll', attributes }, { insert: ' of\npoll\n' }],
      ...[{ insert: 'The poll', attributes }, { insert: '\n' }],
    ];
    expect(made.body.toDelta()).toEqual(after);
    made.type('x');
    made.history.undo();
    expect(made.body.toDelta()).toEqual(after);
    made.history.undo();
    expect(made.body.toDelta()).toEqual(before);
  });

  test('what is partly marked looks like its first letter that goes; what stays, as it was', () => {
    const bold = { bold: true };
    const made = editor([{ insert: 'sur' }, { insert: 'vey', attributes: bold }, { insert: '\n' }]);
    all(made, 'survey', 'poll');
    expect(made.body.toDelta()).toEqual([{ insert: 'poll\n' }]);
    const other = editor([
      { insert: 'sur' },
      { insert: 'vey', attributes: bold },
      { insert: '\n' },
    ]);
    all(other, 'survey', 'surveys');
    expect(other.body.toDelta()).toEqual([
      ...[{ insert: 'sur' }, { insert: 'veys', attributes: bold }, { insert: '\n' }],
    ]);
  });

  test.each([
    ['surveys', 'survey'],
    ['survey', 'surveys'],
    ['colour', 'color'],
    ['cafe\u0301s', 'cafes'],
    ['👩‍🔬s', '👩‍🚀s'],
    ['aa', 'aaa'],
    ['same', 'same'],
    ['gone', ''],
  ])('S1 %s → %s: letters that both begin or end with stay the same', (old, young) => {
    const made = editor([{ insert: `x ${old} y ${old}\n` }]);
    const before = lettersIn(made.body);
    all(made, old, young);
    expect(made.body.toJSON()).toBe(`x ${young} y ${young}\n`);
    const ids = new Set(before.map(({ client, clock }) => `${client}:${clock}`));
    const stayed = lettersIn(made.body).filter(({ client, clock }) =>
      ids.has(`${client}:${clock}`),
    );
    const shared = { surveys: 6, survey: 6, colour: 5, 'cafe\u0301s': 5, '👩‍🔬s': 3, aa: 2 }[old];
    const kept = old === 'same' ? 4 : (shared ?? 0);
    expect(stayed.length).toBe('x  y \n'.length + 2 * kept);
  });

  test('exactly what was found is replaced, and nothing beside it', () => {
    const made = editor([{ insert: 'x\u00a0«\u202fNon\u202f»\u00a0y −5 z wo\u00adrd\u00ad!\n' }]);
    all(made, '"Non"', '"Oui"');
    all(made, '-5', '7');
    all(made, 'word', 'letter');
    expect(made.body.toJSON()).toBe('x\u00a0"Oui"\u00a0y 7 z letter\u00ad!\n');
  });

  test('one by one, each undone by itself, and the next is selected', () => {
    const made = editor([{ insert: 'bus bus bus\n' }]).select(0);
    made.run(setSearch({ query: 'bus', matchCase: false }));
    made.run(goToMatch(1));
    made.run(replaceMatch('omnibus'));
    expect(made.body.toJSON()).toBe('omnibus bus bus\n');
    // Not the one that has just been put in.
    expect([made.state.selection.from, made.state.selection.to]).toEqual([9, 12]);
    made.run(replaceMatch('tram'));
    expect(made.body.toJSON()).toBe('omnibus tram bus\n');
    made.history.undo();
    expect(made.body.toJSON()).toBe('omnibus bus bus\n');
    made.history.undo();
    expect(made.body.toJSON()).toBe('bus bus bus\n');
  });
});
