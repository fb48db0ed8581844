import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFolded, FoldedText, type FoldOptions } from '../../shared/document/text/fold-text.ts';

/** What the first place of `sought` in `text` reads there. */
function found(text: string, sought: string, options?: FoldOptions): string[] {
  return findFolded(text, sought, options).map(({ from, to }) => text.slice(from, to));
}

/** Words as they stand, and other ways of writing the same. */
const same: [string, string[]][] = [
  ['It’s', ["It's", 'It‘s', 'It´s', 'Itʼs', 'It′s']],
  ['“Quotes”', ['"Quotes"', '„Quotes“', '»Quotes«', '«Quotes»', '”Quotes”', '＂Quotes＂']],
  ['‘one’', ["'one'", '‚one‘', '‹one›', '›one‹']],
  [
    'two words',
    ['two\u00a0words', 'two\u202fwords', 'two  words', 'two\n words', 'two\u3000words'],
  ],
  ['nobreak', ['no\u00adbreak', 'no\u200bbreak', 'no\u2060break', '\u200enobreak\u200f']],
  ['Café Ångström', ['Cafe\u0301 A\u030angstro\u0308m', 'Cafe\u0301 \u212bngström']],
  ['한국어', ['한국어'.normalize('NFD')]],
  ['finds offices', ['ﬁnds oﬃces']],
  ['ABC 123!', ['ＡＢＣ\u3000１２３！']],
  ['ガス', ['ｶﾞｽ', 'ガス'.normalize('NFD')]],
  ['well-known', ['well‑known', 'well‐known']],
  ['wait...', ['wait…']],
  ['"Non"', ['«\u00a0Non\u00a0»', '«\u202fNon\u202f»', '«Non»', '»Non«', '„Non“', '″Non″']],
  ['"Non, merci"', ['«\u2009Non, merci\u2009»', '«\u202fNon,\u00a0merci\u202f»']],
  ["'si'", ['‹\u202fsi\u202f›', '‚si‘', '‛si’', '′si′']],
  ['-5 °C', ['−5 °C', '‑5\u202f°C']],
  ['word', ['wo\ufeffrd', 'wo\u200crd', 'wo\u200drd', '\u2066word\u2069', 'w\u061cord']],
];

describe('a text and what is sought in it are compared in one form', () => {
  test('whatever quotation marks, spaces and Unicode form either has', () => {
    for (const [written, others] of same) {
      const all = [written, ...others];
      for (const [one, other] of all.flatMap((one) => all.map((other) => [one, other] as const))) {
        expect(found(`Before ${one} after`, other), `${other} in ${one}`).toHaveLength(1);
        const [place] = findFolded(`Before ${one} after`, other);
        expect(place?.from).toBe(`Before ${one}`.indexOf(one.replace(/^[\u200e\u2066]/, '')));
      }
    }
  });

  test('and what only looks alike is another text', () => {
    for (const [text, sought] of [
      ['10⁶', '106'],
      ['café', 'cafe'],
      ['cafe\u0301', 'cafe'],
      ['re\u0301sume\u0301', 'resume'],
      ['q\u0303', 'q'],
      ['“a”', "'a'"],
      ['2019–2020', '2019-2020'],
      ['ab', 'a b'],
      ['a b', 'ab'],
      ['ﬁnds', 'inds'],
      ['Café', 'café'],
    ] as const) {
      expect(found(text, sought), `${sought} in ${text}`).toEqual([]);
    }
  });

  test('capitals count, unless they need not', () => {
    const options = { ignoreCase: true };
    expect(found('ÉCOLE école', 'École', options)).toEqual(['ÉCOLE', 'école']);
    expect(found('ΟΔΟΣ οδος', 'οδοσ', options)).toEqual(['ΟΔΟΣ', 'οδος']);
    expect(found('In İstanbul today', 'TODAY', options)).toEqual(['today']);
  });

  test('with any quotation marks, single ones stand for double ones, with spaces beside them or none', () => {
    const texts = ['« Non », dit-il', '"Non", dit-il', '‘Non’, dit-il', '» Non «, dit-il'];
    for (const text of texts) {
      for (const sought of texts) {
        expect(found(`x ${text} y`, sought, { anyQuotes: true })).toEqual([text]);
      }
      expect(found(`x ${text} y`, 'Non', { anyQuotes: true })).toEqual(['Non']);
    }
    expect(found('er sagte »Nein« und', 'sagte "Nein" und', { anyQuotes: true })).toHaveLength(1);
  });
});

describe('what was folded leads back', () => {
  const letters = [
    ...'ab \'"‘’“„»«\u00a0\n\u00ad…ﬁＡéßİΣ한ｶﾞ😀',
    'e\u0301',
    'q\u0303',
    '\u1112\u1161\u11ab',
  ];
  const text = fc.array(fc.constantFrom(...letters), { maxLength: 30 }).map((all) => all.join(''));
  const options = fc.record({ ignoreCase: fc.boolean(), anyQuotes: fc.boolean() });

  test('each unit to its characters, in order, and none that say something are left out', () => {
    fc.assert(
      fc.property(text, options, (text, options) => {
        const folded = new FoldedText(text, options);
        let end = 0;
        for (let unit = 0; unit < folded.text.length; unit++) {
          const { from, to } = folded.rangeOf({ from: unit, to: unit + 1 });
          expect(to).toBeGreaterThan(from);
          const before = folded.rangeOf({ from: unit - 1, to: unit });
          if (unit > 0 && from === before.from) continue;
          expect(from).toBeGreaterThanOrEqual(end);
          expect(text.slice(end, from).replace(/[\s\u00ad]/gu, '')).toBe('');
          expect(folded.unitAt(from)).toBe(unit);
          end = to;
        }
        expect(text.slice(end).replace(/[\s\u00ad]/gu, '')).toBe('');
      }),
    );
  });

  test('a place of a text reads what was sought there, and a text is found in itself', () => {
    fc.assert(
      fc.property(text, text, text, options, (before, sought, after, options) => {
        const all = `${before}|${sought}|${after}`;
        const folded = (part: string) => new FoldedText(part, options).text;
        const part = folded(sought);
        for (const { from, to } of findFolded(all, sought, options)) {
          expect(folded(all.slice(from, to))).toBe(part);
        }
        if (part !== '' && !/^[ '"]|[ '"]$/.test(part)) {
          const reads = found(all, sought, options).map(folded);
          expect(reads).toContain(part);
        }
      }),
    );
  });

  test('a long text in a moment', () => {
    const long = '“It’s the night buses,” they said. «\u00a0Café\u00a0» '.repeat(6_000);
    expect(findFolded(long, "it's THE night", { ignoreCase: true })).toHaveLength(6_000);
  });
});
