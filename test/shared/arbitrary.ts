import fc from 'fast-check';
import {
  headOf,
  metaFields,
  metaOf,
  normalDelta,
  stringsField,
  type DeltaOp,
  type DocumentModel,
  type Meta,
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

/** What YAML readers take for something else, or that is hard to write. */
const word = fc.oneof(
  fc.constantFrom(
    ...['no', 'On', 'y', 'null', '~', 'true', '', ' ', 'a: b', 'a #b', '- a', '2024-01-05', '1e3'],
    ...['2024-02-30', '2024-01-05T10:00:00.5+02:00', '2024-01-05 10:00:00 -0600', '017', '0x1F'],
    ...['12345678901234567890', '-99999999999999999999', '1_000', '12:30:45', '.inf', '.NaN', '<<'],
    ...[
      'two\nlines\n',
      'it’s',
      '“q”',
      "'",
      '"',
      '\\',
      '\0',
      '\u0085',
      '\u2028',
      '\uFEFF',
      '😀',
      '---',
    ],
    ...[
      '{++a++}',
      '{>>b<<}',
      '*a',
      '&a',
      '!a',
      '!!str',
      '%a',
      '@a',
      '`a`',
      'https://a.b/?c=d#e',
      '=',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  text,
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, 1e-7, 2 ** 53, 1e20, 0.1, -1.5e300),
);
const jsonValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: word },
    { weight: 2, arbitrary: fc.oneof(number, fc.boolean(), fc.constant(null)) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(word, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    },
  ),
})).value;

/** Fields beside the text, as clients write them; which strings are some is told of a few. */
export const meta: fc.Arbitrary<Meta> = fc
  .tuple(
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...metaFields), word), jsonValue), { maxLength: 5 }),
    fc.array(fc.constantFrom('/date', '/tags/0', '/2024-01-05', '/excerpt', 'x'), { maxLength: 2 }),
  )
  .map(([fields, strings]) => metaOf([...fields, [stringsField, strings]]));

export const documentModel: fc.Arbitrary<DocumentModel> = fc
  .record({
    head: fc.record({ title: headLine, standfirst: headLine }).map(headOf),
    body: bodyDelta,
    meta: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: meta }),
    footnotes: fc
      .uniqueArray(fc.tuple(footnoteId, note), { maxLength: 4, selector: ([id]) => id })
      .map((entries) => Object.fromEntries(entries)),
  })
  .map(({ head, meta: fields, ...rest }) => ({
    ...{ ...head, ...rest },
    ...(Object.keys(fields).length > 0 && { meta: fields }),
  }));

/** Attributes without those that were left out. */
function known(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
