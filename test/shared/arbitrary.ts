import fc from 'fast-check';
import {
  headOf,
  normalDelta,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';

/** Text that is hard on a Markdown writer, and much that is easy. Never a line break. */
const fragment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('word', 'a', 'night', 'It’s', '“Quite.”', '10:30', 'é') },
  { weight: 2, arbitrary: fc.constantFrom(' ', ' ', '  ', '\t', '\u00A0', '\u2028') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['*', '**', '_', '__', '`', '``', '~', '~~', '#', '##', '-', '---', '+', '>', '|', '\\'],
      ...['1.', '12)', '&', '&amp;', '&#32;', '<', '<b>', '<!--', '-->', '[', ']', '[x]', '[^1]'],
      ...['[^note]:', '[a]: b', '(', ')', '!', '![', '](', ':', '::', ':::', ':::thesis{#a}', '='],
      ...[
        '===',
        '```',
        'http://x.y',
        'www.x.com',
        'a@b.c',
        '<http://a.b>',
        '{',
        '}',
        '"',
        "'",
        '\r',
      ],
      ...['—', '–', '…', '$', '%', '\uFEFF', '[ ]', '😀', '</p>', '<?', '<script>', '    '],
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const text = fc
  .array(fragment, { maxLength: 8 })
  .map((parts) => parts.join('').replaceAll('\n', ' ').replaceAll('\0', ''));

const url = fc.constantFrom(
  ...['https://example.org/a_(b)', 'a b', '', 'é/ü?x=1&amp;y', 'x)', '<y>', 'a\\b', 'mailto:a@b.c'],
  ...['https://example.org/?q=1&r=2#top', '*', '(('],
);
const names = ['a', 'b', 'night', 'a b', 'x"y', '1', 'ß', 'A', 'a&amp;', '__proto__', '#', '}'];
const name = fc.constantFrom(...names);
const footnoteId = fc.constantFrom('1', 'note', 'Note', 'a b', ']', 'x-1', '__proto__', 'ü');

/** Absent `weight` times for each time that it is there. */
const sometimes = <T>(weight: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const inline = fc
  .record({
    bold: sometimes(3, fc.constant(true)),
    italic: sometimes(3, fc.constant(true)),
    strike: sometimes(3, fc.constant(true)),
    code: sometimes(3, fc.constant(true)),
    link: sometimes(3, url),
    color: sometimes(60, fc.constantFrom('red', 1)),
    header: sometimes(60, fc.constant(2)),
  })
  .map(known);

const embed: fc.Arbitrary<object> = fc.oneof(
  { weight: 5, arbitrary: footnoteId.map((footnote) => ({ footnote })) },
  { weight: 3, arbitrary: fc.constant({ divider: true }) },
  { weight: 1, arbitrary: fc.constantFrom({ image: 'x.png' }, { footnote: 1 }, { divider: 0 }) },
);

const span: fc.Arbitrary<DeltaOp> = fc.oneof(
  { weight: 6, arbitrary: text.map((insert) => ({ insert })) },
  {
    weight: 4,
    arbitrary: fc.record({ insert: text, attributes: inline }),
  },
  { weight: 1, arbitrary: fc.record({ insert: embed, attributes: inline }) },
  { weight: 1, arbitrary: embed.map((insert) => ({ insert })) },
);

const block: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.constantFrom(2, 3, 4).map((header) => ({ header })) },
  { weight: 3, arbitrary: name.map((thesis) => ({ thesis })) },
  {
    weight: 3,
    arbitrary: fc.record({ counterpoint: name, answers: sometimes(1, name) }).map(known),
  },
  { weight: 3, arbitrary: fc.constant({ blockquote: true }) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        list: fc.constantFrom('bullet', 'ordered'),
        indent: sometimes(1, fc.integer({ min: 1, max: 8 })),
      })
      .map(known),
  },
  { weight: 3, arbitrary: fc.constant({ 'code-block': true }) },
  { weight: 2, arbitrary: fc.constantFrom({ raw: 'markdown' }, { raw: 'html' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      ...[{ header: 99 }, { thesis: true }, { header: 2, thesis: 'a' }, { align: 'left' }],
      ...[
        { indent: 2 },
        { list: 'checked' },
        { 'code-block': 'js' },
        { bold: true },
        { answers: 'a' },
      ],
    ),
  },
);

const plainLine = fc
  .tuple(fc.array(span, { maxLength: 4 }), block)
  .map(([spans, attributes]): DeltaOp[] => [...spans, { insert: '\n', attributes }]);

/** Source as it is brought in, and what somebody may make of it line by line. */
const rawSource = fc.constantFrom(
  ...[
    '| a | b |\n|---|---|\n| 1 | [x] |',
    '<div>',
    '</div>',
    '<!-- c -->',
    '<!--',
    '<pre>\n\n</pre>',
  ],
  ...[
    '{{< fig src="x" >}}',
    '{% raw %}',
    '{% endraw %}',
    '{% raw %}\n*a*\n\n{% endraw %}',
    '$$',
    '$$\nx\n$$',
  ],
  ...[
    ':::box\nx\n:::',
    ':::box',
    '[x]: /u',
    '[^1]: a',
    '[^note]',
    'a <b>c</b>[^1]',
    '',
    '  <p>',
    '```',
    '# a',
  ],
  ...['> [!NOTE]\n> a', '---', '- a', '*[A]: b', 'word'],
);
const rawLines = fc
  .tuple(fc.constantFrom('markdown', 'html'), fc.array(rawSource, { minLength: 1, maxLength: 3 }))
  .map(([raw, sources]) =>
    sources
      .flatMap((source) => source.split('\n'))
      .flatMap((insert): DeltaOp[] => [{ insert }, { insert: '\n', attributes: { raw } }]),
  );

const line = fc.oneof({ weight: 6, arbitrary: plainLine }, { weight: 1, arbitrary: rawLines });

/** A body: mostly sensible, with everything in it that clients and merges can leave behind. */
export const bodyDelta = fc
  .tuple(fc.array(line, { maxLength: 8 }), sometimes(2, span))
  .map(([lines, rest]) => normalDelta([...lines.flat(), rest]));

const note = fc
  .array(fc.oneof({ weight: 5, arbitrary: span }, fc.constant({ insert: '\n' })), { maxLength: 4 })
  .map(normalDelta);

/** A title or standfirst: words, mostly with marks, and what other programs put there. */
const headLine: fc.Arbitrary<DeltaOp[]> = fc.oneof(
  fc.oneof(text, fc.string(), fc.constantFrom('', 'two\nlines')).map((insert) => [{ insert }]),
  fc.array(span, { maxLength: 4 }),
  note,
);

export const documentModel: fc.Arbitrary<DocumentModel> = fc
  .record({
    head: fc.record({ title: headLine, standfirst: headLine }).map(headOf),
    body: bodyDelta,
    footnotes: fc
      .uniqueArray(fc.tuple(footnoteId, note), { maxLength: 4, selector: ([id]) => id })
      .map((entries) => Object.fromEntries(entries)),
  })
  .map(({ head, ...rest }) => ({ ...head, ...rest }));

/** Attributes without those that were left out. */
function known(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
