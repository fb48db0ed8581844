import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { deltaText, metaOf, readBlocks, type Meta } from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';
import { frontMatters } from './front-matters.ts';

const newId = () => 'new';
function read(content: string) {
  const { warnings, ...model } = importContent(content, 'markdown', { newId });
  return { model, warnings, text: deltaText(model.body), meta: model.meta };
}
const fenced = (yaml: string, text = 'Text.') => `---\n${yaml}\n---\n\n${text}\n`;
const front = (model: Parameters<typeof exportMarkdown>[0]) =>
  exportMarkdown(model, { profile: 'publish', frontMatter: true });

/** The fields as a reader of YAML has them, to whom the title is one. */
function valuesIn(written: string): Record<string, unknown> {
  if (!written.startsWith('---\n')) return {};
  const fields = parse(written.split('\n---\n')[0]?.slice(4) ?? '', {
    intAsBigInt: true,
  }) as Record<string, unknown>;
  delete fields['title'];
  return JSON.parse(JSON.stringify(fields, asNumber)) as Record<string, unknown>;
}

/** A number that JSON cannot hold stays its digits. */
const asNumber = (_: string, value: unknown) =>
  typeof value !== 'bigint'
    ? value
    : Number.isSafeInteger(Number(value))
      ? Number(value)
      : `${value}`;

function bare(meta: Meta): Record<string, unknown> {
  const fields = { ...meta };
  delete fields['!!str'];
  return fields;
}

describe('front matter as sites have it', () => {
  test.each(frontMatters)('$of: $what', ({ source, title, meta }) => {
    const { model, text, warnings } = read(`${source}\n\nText.\n`);
    expect(text).toBe('Text.\n');
    expect(model.title).toBe(title ?? '');
    expect(model.meta ?? {}).toEqual(metaOf(Object.entries(meta)));
    expect(warnings.filter(({ message }) => !message.startsWith('Comments'))).toEqual([]);
    for (const written of [exportMarkdown(model, { profile: 'working' }), front(model)]) {
      expect(read(written).model).toEqual(model);
      expect(valuesIn(written)).toEqual(bare(model.meta ?? {}));
    }
    expect(exportMarkdown(model)).not.toMatch(/---/);
  });
});

describe('front matter out', () => {
  const lines = (fields: Record<string, unknown>) =>
    front({
      title: '',
      standfirst: '',
      body: [],
      footnotes: {},
      meta: metaOf(Object.entries(fields)),
    })
      .split('\n')
      .slice(1, -2);

  test('known fields come first, the others by their names; the same fields give the same bytes', () => {
    const fields = {
      zeta: 1,
      tags: ['b', 'a'],
      date: '2024-01-05',
      alpha: { b: 1, a: [] },
      byline: 'Ann',
    };
    const wanted = [
      ...['byline: Ann', 'date: 2024-01-05', 'tags:', '  - b', '  - a'],
      ...['alpha:', '  b: 1', '  a: []', 'zeta: 1'],
    ];
    expect(lines(fields)).toEqual(wanted);
    expect(lines(Object.fromEntries(Object.entries(fields).reverse()))).toEqual(wanted);
  });

  test.each<[unknown, string]>([
    ...['no', 'On', 'y', 'Null', '~', 'true'].map((word): [unknown, string] => [word, `"${word}"`]),
    ...['1e3', '017', '1_000', '12:30:45', '0x1F', '.5', '1.2.3'].map((word): [unknown, string] => [
      word,
      `"${word}"`,
    ]),
    ...[true, false, null, 0, -3, 1.5].map((value): [unknown, string] => [value, String(value)]),
    [1e21, '1.0e+21'],
    [2.5e-7, '2.5e-7'],
    ['2024-01-05T10:00:00Z', '2024-01-05T10:00:00Z'],
    ['2024-02-30', '"2024-02-30"'],
    ['12345678901234567890', '12345678901234567890'],
    ['a: b', '"a: b"'],
    ['two\nlines', '"two\\nlines"'],
    ['next\u0085line', '"next\\u0085line"'],
    ['😀 yes', '"😀 yes"'],
    ['an ordinary title, really', 'an ordinary title, really'],
  ])('%j is written as readers of YAML 1.1 and 1.2 both read it', (value, written) => {
    expect(lines({ x: value })).toEqual([`x: ${written}`]);
  });

  test('a string that reads as a date keeps its quotes, and a date has none', () => {
    const source = fenced('a: 2024-01-05\nb: "2024-01-05"\nc:\n  - "2024-01-05"\n  - 2024-01-05');
    const { model } = read(source);
    expect(model.meta).toMatchObject({ a: '2024-01-05', b: '2024-01-05' });
    expect(front(model)).toBe(source);
  });

  test('a text that would be read as front matter is none', () => {
    for (const source of ['+++\n\na = 1\n\n+++\n', '{"a": 1}\n']) {
      const body = source.split('\n').filter((line) => line !== '');
      const model = {
        ...{ title: '', standfirst: '', footnotes: {} },
        body: [{ insert: body.map((line) => `${line}\n`).join('') }],
      };
      for (const profile of ['working', 'publish'] as const) {
        expect(read(exportMarkdown(model, { profile })).model).toEqual(model);
      }
    }
  });
});

describe('what is no front matter, or none that can be held, is bounded and not lost', () => {
  const bomb = Array.from({ length: 9 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [x, x, x, x, x]'
      : `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
  ).join('\n');
  test.each<[string, string]>([
    ['a field that is there twice', 'a: 1\na: 2'],
    ['a field that is there twice in another', 'a: {b: 1, b: 2}'],
    ['broken YAML', 'title: [oops\n: : x'],
    ['a bomb of aliases', bomb],
    ['one that is in itself', 'a: &a [*a]'],
    ['a field called __proto__', '__proto__: {x: 1}'],
    ['one called so in another', 'a: {__proto__: {x: 1}}'],
    ['lists in lists in lists', `a: ${'['.repeat(40_000)}`],
    ['maps in maps in maps', Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['one of 600,000 characters', `a: ${'x'.repeat(600_000)}`],
    ['a key that is a list', 'x: 1\n? [a]\n: b'],
  ])('%s', (_, yaml) => {
    const { meta, text, warnings } = read(fenced(yaml));
    expect(meta).toBeUndefined();
    expect(warnings).toMatchObject([{ line: 1, what: 'front matter' }]);
    expect(warnings[0]?.message).toMatch(/^No YAML that a piece can hold/);
    expect(text).toBe(`${yaml}\nText.\n`);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('x');
  });

  test('a field of another type than a text has is kept as text, all others are data', () => {
    const { meta, text, warnings } = read(fenced('title: [a]\nb: 1\nstandfirstMarkdown: c'));
    expect({ meta, text }).toEqual({
      meta: { b: 1 },
      text: 'standfirstMarkdown: c\ntitle:\n  - a\nText.\n',
    });
    expect(warnings[0]?.message).toMatch(/"title", "standfirstMarkdown"/);
  });

  test('broken TOML is kept as text; a + that begins a text is text', () => {
    expect(read('+++\na = [\n+++\nText.').text).toBe('a = [\nText.\n');
    expect(read('+++\nPlus plus.\n+++\n').text).toBe('+++ Plus plus. +++\n');
  });

  test.each(['---\n\nText.\n\n---\n', '---\nText.\n\n', '---\n\nHe said: no.\n\n---\n\nMore.\n'])(
    'a divider at the top stays one: %j',
    (source) => {
      const { meta, model } = read(source);
      expect(meta).toBeUndefined();
      const [first] = readBlocks(model.body);
      expect(first?.spans).toMatchObject([{ embed: { kind: 'divider' } }]);
    },
  );

  test('warnings name the lines of the file', () => {
    const { warnings } = read(fenced('a: 1\nb: 2', '##### Deep'));
    expect(warnings.map(({ line, what }) => [line, what])).toEqual([[6, 'heading level']]);
  });
});
