import fc from 'fast-check';
import {
  normalDelta,
  type Attributes,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';

/*
 * Documents as people write them, over every kind of line and every mark, each letter of which every
 * way in or out has a form for. What merges and other programs leave behind is in `arbitrary.ts`.
 */

/** Words of many scripts: pairs of surrogates, combining and direction marks, spaces that do not break. */
const word = fc.constantFrom(
  ...[
    'night',
    'Bus',
    'It’s',
    '“Quite.”',
    '10:30',
    'é',
    'e\u0301',
    '😀',
    '👩\u200D🚀',
    'שלום',
    'قطار',
  ],
  ...[
    '\u200Fימין\u200E',
    '日本',
    'n\u00A0o.',
    'a*b',
    '2_000',
    '[x]',
    'a<b',
    'R&D',
    '1)',
    '#tag',
    '5 < 6',
  ],
);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

const link = fc.constantFrom(
  'https://example.org/a_(b)',
  'https://example.org/?q=a%20b&r=[2]#top',
  'mailto:ann@example.org',
);
const marks: fc.Arbitrary<Attributes> = fc
  .record({
    bold: fc.option(fc.constant(true), { freq: 2, nil: undefined }),
    italic: fc.option(fc.constant(true), { freq: 2, nil: undefined }),
    strike: fc.option(fc.constant(true), { freq: 1, nil: undefined }),
    code: fc.option(fc.constant(true), { freq: 1, nil: undefined }),
    link: fc.option(link, { freq: 1, nil: undefined }),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

const words = fc
  .tuple(text, fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: marks }))
  .map(([insert, attributes]): DeltaOp[] => [{ insert, attributes }]);

/** Stretches of a line with a space between any two, which has no marks. */
function spans(stretch: fc.Arbitrary<DeltaOp[]>): fc.Arbitrary<DeltaOp[]> {
  return fc
    .array(stretch, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.flatMap((ops, i) => (i === 0 ? ops : [{ insert: ' ' }, ...ops])));
}

/** A title, or words of a line. */
export const writtenLine: fc.Arbitrary<DeltaOp[]> = spans(words);

const noteIds = ['1', 'two', 'k7m2p9xqab'];
const marked = fc
  .tuple(words, fc.constantFrom(...noteIds))
  .map(([ops, footnote]): DeltaOp[] => [...ops, { insert: { footnote } }]);
const lineSpans = spans(
  fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: marked }),
);

const list = fc
  .record({
    list: fc.constantFrom('bullet', 'ordered'),
    indent: fc.constantFrom(undefined, undefined, 1, 2, 4),
  })
  .map(({ list: style, indent }) =>
    indent === undefined ? { list: style } : { list: style, indent },
  );

/** Lines of one kind in a row, so that there are blocks of several. */
function block(id: number): fc.Arbitrary<DeltaOp[]> {
  const kind = fc.constantFrom<Attributes>(
    ...[{}, {}, { header: 2 }, { header: 3 }, { header: 4 }, { blockquote: true }],
    ...[
      { thesis: `t${id}` },
      { counterpoint: `c${id}` },
      { counterpoint: `c${id}`, answers: 't0' },
    ],
  );
  const lines = fc
    .tuple(kind, fc.array(lineSpans, { minLength: 1, maxLength: 2 }))
    .map(([attributes, all]) => all.flatMap((ops) => [...ops, { insert: '\n', attributes }]));
  const items = fc
    .array(fc.tuple(list, lineSpans), { minLength: 1, maxLength: 4 })
    .map((all) => all.flatMap(([attributes, ops]) => [...ops, { insert: '\n', attributes }]));
  const code = fc
    .array(fc.constantFrom('a = 1', '  if (x) {', '\ty', '', '`<b>`'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((texts) =>
      // A blank line at an end of code is not seen.
      ['{', ...texts, '}'].flatMap((insert) => [
        { insert },
        { insert: '\n', attributes: { 'code-block': true } },
      ]),
    );
  const divider = fc.constant<DeltaOp[]>([{ insert: { divider: true } }, { insert: '\n' }]);
  return fc.oneof(
    { weight: 5, arbitrary: lines },
    { weight: 3, arbitrary: items },
    { weight: 1, arbitrary: code },
    { weight: 1, arbitrary: divider },
  );
}

const note = fc
  .array(spans(words), { minLength: 1, maxLength: 2 })
  .map((all) => normalDelta(all.flatMap((ops, i) => (i === 0 ? ops : [{ insert: '\n' }, ...ops]))));

export const writtenDocument: fc.Arbitrary<DocumentModel> = fc
  .record({
    body: fc
      .tuple(...[0, 1, 2, 3, 4].map((id) => fc.option(block(id), { freq: 4, nil: [] })))
      .map((blocks) => normalDelta(blocks.flat())),
    notes: fc.tuple(note, note, note),
  })
  .map(({ body, notes }) => ({
    title: '',
    standfirst: '',
    body,
    footnotes: Object.fromEntries(noteIds.map((id, i) => [id, notes[i] ?? []])),
  }));
