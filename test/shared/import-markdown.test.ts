import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deltaText, lineText, readBlocks } from '../../shared/document/index.ts';
import { importContent } from '../../shared/markdown/index.ts';

function read(markdown: string) {
  let ids = 0;
  const imported = importContent(markdown, 'markdown', { newId: () => `new${(ids += 1)}` });
  return {
    ...imported,
    text: deltaText(imported.body),
    lines: readBlocks(imported.body).map((line) => `${line.kind}: ${lineText(line)}`),
    warned: imported.warnings.map(({ line, what }) => `${line} ${what}`),
  };
}

describe('front matter and title', () => {
  test('title and standfirst are strings as they were typed', () => {
    const { title, standfirst, text } = read(
      '---\ntitle: 1984\nstandfirst: "No: yes"\n---\n\nText',
    );
    expect({ title, standfirst, text }).toEqual({
      title: '1984',
      standfirst: 'No: yes',
      text: 'Text\n',
    });
  });

  test('a leading H1 is the title, a later one a heading', () => {
    const { title, lines, warned } = read('# The title\n\nText\n\n# Another\n\n##### Deep');
    expect(title).toBe('The title');
    expect(lines).toEqual(['paragraph: Text', 'heading: Another', 'heading: Deep']);
    expect(warned).toEqual(['5 heading level', '7 heading level']);
  });

  test('front matter’s title counts before an H1, which stays unless it is the same', () => {
    expect(read('---\ntitle: A\n---\n# B')).toMatchObject({ title: 'A', lines: ['heading: B'] });
    expect(read('---\ntitle: A\n---\n# A')).toMatchObject({ title: 'A', lines: [] });
  });

  test('other fields are data, and bad YAML is kept as text', () => {
    const other = read('---\ntitle: A\nauthor: Ann\ntags: [x, y]\n---\n\nText');
    expect(other).toMatchObject({ text: 'Text\n', warned: [] });
    expect(other.meta).toEqual({ author: 'Ann', tags: ['x', 'y'] });
    const bad = read('---\ntitle: [oops\n: : x\n---\n\nText');
    expect(bad).toMatchObject({ title: '', warned: ['1 front matter'] });
    expect(bad.text).toBe('title: [oops\n: : x\nText\n');
  });
});

describe('what the document cannot hold is kept as source or as text, with a warning', () => {
  test.each<[string, string, string[], string[]]>([
    [
      'a table',
      '| Year | Cost |\n|---|---|\n| 2001 | *five* |',
      ['Year', '2001', '*five*'],
      ['1 table'],
    ],
    ['an image', 'See ![the alt](pic.png "t") here', ['![the alt](pic.png "t")'], ['1 image']],
    ['an image by reference', '![alt][i]\n\n[i]: pic.png', ['![alt](pic.png)'], ['1 image']],
    ['an HTML block', '<div class="x">\nHello\n</div>', ['<div class="x">', 'Hello'], ['1 html']],
    ['inline HTML', 'a <b>bold</b> word', ['a <b>bold</b> word'], ['1 html']],
    ['a link title', '[text](http://x.y "the title")', ['text (the title)'], ['1 link title']],
    ['a link without text', 'a [](http://x.y) b', ['[](http://x.y)'], ['1 link']],
    ['an unused definition', 'a\n\n[x]: http://x.y', ['[x]: http://x.y'], ['3 definition']],
    ['a list in a quote', '> a\n>\n> - b\n> - c', ['a', '- b', '- c'], ['3 list']],
    ['a quote in a quote', '> > deep', ['deep'], ['1 quote']],
    ['a heading in a quote', '> # Head', ['Head'], ['1 heading']],
    ['code in a list', '- a\n\n  ```\n  b\n  c\n  ```', ['a', 'b', 'c'], ['3 code']],
    ['a second paragraph of an item', '- a\n\n  b', ['a', 'b'], ['3 list item']],
    ['a list that begins late', '5. a\n6. b', ['a', 'b'], ['1 list start']],
    ['a language', '```js\ncode\n```', ['code'], ['1 code language']],
    ['a hard break', 'one  \ntwo\\\nthree', ['one\ntwo\nthree'], ['1 hard break']],
    ['an unknown directive', ':::note{.x}\nhello\n:::', [':::note{.x}', 'hello'], ['1 directive']],
    ['a list in a thesis', ':::thesis{#a}\n- x\n:::', ['- x'], ['2 list']],
    ['a second footnote of a name', 'a[^1]\n\n[^1]: x\n\n[^1]: y', ['[^1]: y'], ['5 footnote']],
  ])('%s', (_, markdown, kept, warned) => {
    const found = read(markdown);
    for (const text of kept) expect(found.text).toContain(text);
    expect(found.warned).toEqual(warned);
  });

  test('every word of a source is in the document, its title or its footnotes', () => {
    const piece = fc.constantFrom(
      ...[
        '\n',
        '\n\n',
        '# ',
        '## ',
        '> ',
        '- ',
        '1. ',
        '    ',
        '*',
        '**',
        '`',
        '~~',
        '\n\n---\n\n',
      ],
      ...['```\n', ':::thesis{#a}\n', '\n:::\n', ':::counterpoint{answers=a}\n', '| ', '\n|---|\n'],
      ...['[', '](u)', '![', '[^1]', '\n[^1]: ', '<b>', '</b>', '<!-- ', ' -->', '  \n', ' '],
    );
    const source = fc
      .array(
        fc.oneof(
          piece,
          fc.nat(999).map((n) => `w${n}w `),
        ),
        { maxLength: 30 },
      )
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(source, (markdown) => {
        const { title, text, footnotes } = read(markdown);
        const all = [title, text, ...Object.values(footnotes).map(deltaText)].join('\n');
        // A fence's info string is no content; what it held is in the warning.
        for (const [word] of markdown.replace(/```.*|~~~.*/g, '').matchAll(/w\d+w/g)) {
          expect(all).toContain(word);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('prose', () => {
  test('colons, addresses and smileys are text', () => {
    const prose = 'At 10:30 a:b said :smile: to www.x.com ::leaf and C::D, ~ok~ :[x]{y}';
    expect(read(prose)).toMatchObject({ text: `${prose}\n`, warnings: [] });
    expect(read('::leaf{a}').text).toBe('::leaf{a}\n');
  });

  test('marks, links by reference and footnotes are read', () => {
    const { body, footnotes, warnings } = read(
      'A **b** [c][d] `e` ~~f~~[^Note]\n\n[d]: http://x.y\n\n[^note]: See *this*\n\n    and that.\n',
    );
    expect(body).toEqual([
      { insert: 'A ' },
      { insert: 'b', attributes: { bold: true } },
      { insert: ' ' },
      { insert: 'c', attributes: { link: 'http://x.y' } },
      { insert: ' ' },
      { insert: 'e', attributes: { code: true } },
      { insert: ' ' },
      { insert: 'f', attributes: { strike: true } },
      { insert: { footnote: 'note' } },
      { insert: '\n' },
    ]);
    expect(footnotes).toEqual({
      note: [
        { insert: 'See ' },
        { insert: 'this', attributes: { italic: true } },
        { insert: '\nand that.' },
      ],
    });
    expect(warnings).toEqual([]);
  });

  test('line ends of every convention read the same', () => {
    const markdown = '\uFEFF# T\n\nOne\ntwo\n\n- a\n- b\n';
    expect(read(markdown.replaceAll('\n', '\r\n'))).toEqual(read(markdown));
    expect(read(markdown.replaceAll('\n', '\r'))).toEqual(read(markdown));
  });
});

describe('theses and counterpoints', () => {
  test('several paragraphs are lines of one, ids are made where missing', () => {
    const { body, warnings } = read(
      ':::thesis\nOne\n\nTwo\n:::\n\n:::counterpoint{answers="new1"}\nNo\n:::\n',
    );
    expect(body).toEqual([
      { insert: 'One' },
      { insert: '\n', attributes: { thesis: 'new1' } },
      { insert: 'Two' },
      { insert: '\n', attributes: { thesis: 'new1' } },
      { insert: 'No' },
      { insert: '\n', attributes: { answers: 'new1', counterpoint: 'new2' } },
    ]);
    expect(warnings).toEqual([]);
  });

  test('an id used twice and an answer to nothing are kept and reported', () => {
    const { text, warned } = read(
      ':::thesis{#a}\nx\n:::\n\ny\n\n:::thesis{#a}\nz\n:::\n\n:::counterpoint{#c answers=q}\nw\n:::',
    );
    expect(text).toBe('x\ny\nz\nw\n');
    expect(warned).toEqual(['7 id', '11 answers']);
  });

  test('a counterpoint inside of a thesis answers it', () => {
    const { body, warned } = read('::::thesis{#a}\nx\n\n:::counterpoint{#c}\ny\n:::\n\nz\n::::\n');
    expect(body.filter(({ attributes }) => attributes?.['counterpoint'])).toEqual([
      { insert: '\n', attributes: { answers: 'a', counterpoint: 'c' } },
    ]);
    expect(warned).toEqual(['4 directive']);
  });

  test('a forgotten end costs nothing past the next heading', () => {
    const { lines, warned } = read(':::thesis{#a}\nx\n\n## Head\n\ny');
    expect(lines).toEqual(['thesis: x', 'heading: Head', 'paragraph: y']);
    expect(warned).toEqual(['1 directive']);
  });
});

describe('nobody’s Markdown is too much for it', () => {
  test('any text is read without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (markdown) => void read(markdown)),
      { numRuns: 500 },
    );
  });

  test.each([
    ['quotes', '> '.repeat(2000) + 'end'],
    ['lists', '- '.repeat(1000) + 'end'],
    ['emphasis', '*a **b '.repeat(1000) + 'end' + ' b** a*'.repeat(1000)],
    ['directives', ':'.repeat(3) + 'x\n' + '::::x\n'.repeat(300) + 'end'],
    ['links', '['.repeat(1000) + 'end' + '](u)'.repeat(1000)],
  ])('deeply nested %s keep their text', (_, markdown) => {
    expect(read(markdown).text).toContain('end');
  });
});
