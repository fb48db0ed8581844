import { describe, expect, test } from 'vitest';
import {
  lineText,
  normalDelta,
  readBlocks,
  readKind,
  readOutline,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { compareDocuments } from '../../shared/document/compare/index.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import { importMarkdown } from '../../shared/markdown/import/import-markdown.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';
import { nestedInputs, wholeInputs } from './raw-inputs.ts';

function read(markdown: string) {
  let ids = 0;
  return importContent(markdown, 'markdown', { newId: () => `n${(ids += 1)}` });
}

function write(model: DocumentModel): string {
  return exportMarkdown(model, { profile: 'working' });
}

/** A document of one raw block. */
function raw(source: string, format: 'markdown' | 'html' = 'markdown'): DocumentModel {
  const body = source
    .split('\n')
    .flatMap((insert): DeltaOp[] => [
      ...(insert === '' ? [] : [{ insert }]),
      { insert: '\n', attributes: { raw: format } },
    ]);
  return { title: '', standfirst: '', body: normalDelta(body), footnotes: {} };
}

const withoutWarnings = ({ title, standfirst, body, footnotes }: DocumentModel) => ({
  ...{ title, standfirst, body, footnotes },
});
const texts = (model: DocumentModel) => readBlocks(model.body).map(lineText).join('\n');
const shown = (model: DocumentModel) =>
  readBlocks(model.body).map((line) => `${line.kind}: ${lineText(line)}`);

describe('what a document has no form for is kept as its source, letter for letter, with a word about it', () => {
  test.each(wholeInputs)('$what: $name', ({ source, format, what }) => {
    const found = read(source);
    expect(texts(found)).toBe(source);
    expect(readBlocks(found.body).every((line) => line.attributes['raw'] === format)).toBe(true);
    expect(found.warnings.map((warning) => warning.what)).toContain(what);
    expect(exportMarkdown(found)).toBe(`${source}\n`);
    expect(withoutWarnings(read(write(found)))).toEqual(withoutWarnings(found));
  });

  test.each(wholeInputs)('between paragraphs, $what: $name', ({ source }) => {
    if (source.startsWith('<pre>')) return;
    const whole = `Before\n\n${source}\n\nBehind`;
    const found = read(whole);
    expect(shown(found).at(0)).toBe('paragraph: Before');
    expect(shown(found).at(-1)).toBe('paragraph: Behind');
    expect(exportMarkdown(found)).toBe(`${whole}\n`);
    expect(withoutWarnings(read(write(found)))).toEqual(withoutWarnings(found));
  });

  test.each(nestedInputs)('$name', ({ source, format, what, kept, lines }) => {
    const found = read(source);
    const sources = readBlocks(found.body).filter((line) => line.kind === 'raw');
    expect(sources.map(lineText).join('\n')).toContain(kept);
    expect(sources[0]).toMatchObject({ format });
    if (lines) expect(shown(found)).toEqual(lines);
    expect(found.warnings.map((warning) => warning.what)).toContain(what);
    expect(withoutWarnings(read(write(found)))).toEqual(withoutWarnings(found));
  });
});

describe('what stays words', () => {
  test.each([
    ['a container without an end', ':::note\nhello', ':::note'],
    ['a price', '$$5 and $$6', '$$5 and $$6'],
    ['braces', '{a} and {{b}} in words', '{a} and {{b}} in words'],
    ['a sentence', 'import duties from China rose', 'import duties from China rose'],
    ['another', 'export controls = power', 'export controls = power'],
    ['a colon', ': so it was', ': so it was'],
    ['HTML in a heading', '## a <b>c</b>', 'a <b>c</b>'],
    ['HTML in an item', '- a <b>c</b>', 'a <b>c</b>'],
    ['an opening tag around a section', '{{< a >}}\n\n## b\n\n{{< /a >}}', 'b'],
  ])('%s', (_, source, kept) => {
    const found = read(source);
    const words = readBlocks(found.body).filter((line) => line.kind !== 'raw');
    expect(words.map(lineText).join('\n')).toContain(kept);
    expect(withoutWarnings(read(write(found)))).toEqual(withoutWarnings(found));
  });

  test('a <br> ends the line, as a hard break does', () => {
    expect(shown(read('a<br>b<BR/>c'))).toEqual(['paragraph: a', 'paragraph: b', 'paragraph: c']);
  });

  test('words that look like source come back as words', () => {
    const typed = ['{{< a >}}', '$$', '{% raw %}', 'x', '{% endraw %}', '$$', '*[a]: b', '<br>'];
    const more = [
      "import a from 'b'",
      '{: .x}',
      '| a |',
      '|---|',
      '[!NOTE]',
      ':::a',
      ':::',
      '[a]: b',
    ];
    const body = [{ insert: [...typed, ...more].map((line) => `${line}\n`).join('') }];
    const model = { title: '', standfirst: '', body, footnotes: {} };
    expect(withoutWarnings(read(write(model)))).toEqual(model);
    expect(write(model)).not.toContain('counterpoint-');
    expect(texts(read(exportMarkdown(model)))).toBe(texts(model));
  });
});

describe('raw source beside the rest', () => {
  test('a label that it defines makes no link of other words', () => {
    const model = raw('[x]: https://example.org');
    model.body = normalDelta([{ insert: 'See [x] and [X].\n' }, ...model.body]);
    for (const profile of ['working', 'publish'] as const) {
      const markdown = exportMarkdown(model, { profile });
      expect(withoutWarnings(read(markdown))).toEqual(model);
    }
  });

  test('a note that source and words refer to is there for both, under its own number', () => {
    const found = read('| a[^1] |\n|---|\n\nb[^1]\n\n[^1]: the note');
    expect(found.footnotes).toEqual({ 1: [{ insert: 'the note' }] });
    expect(exportMarkdown(found)).toBe(
      '| a[^1] |\n|---|\n\nb[^2]\n\n[^1]: the note\n\n[^2]: the note\n',
    );
    expect(withoutWarnings(read(write(found)))).toEqual(withoutWarnings(found));
  });

  test('source that was changed by hand, and would be read as something else, comes back in a fence', () => {
    for (const source of [
      '# a',
      'words',
      '<!--',
      '| a |',
      '```',
      '~~~',
      '---',
      '- a',
      '  <p>',
      '',
    ]) {
      for (const format of ['markdown', 'html'] as const) {
        const model = raw(source, format);
        expect(write(model)).toContain(`counterpoint-${format}\n${source}\n`);
        expect(withoutWarnings(read(write(model)))).toEqual(model);
      }
    }
  });

  test('neighbours of one format are one block, of two formats two', () => {
    const found = read('<a-b>\n\n| a |\n|---|\n\n[x]: y\n\n</a-b>');
    const formats = readBlocks(found.body).map(({ attributes }) => attributes['raw']);
    expect(formats).toEqual(['html', ...Array<string>(4).fill('markdown'), 'html']);
    expect(exportMarkdown(found)).toBe('<a-b>\n\n| a |\n|---|\n\n[x]: y\n\n</a-b>\n');
  });
});

describe('a label that words and source both use', () => {
  test.each([
    'Hi <kbd>a</kbd> and [x].\n\nSee [x](http://e.org) and *y*[^1].\n\n[x]: http://e.org\n\n[^1]: See [x](http://e.org) too.\n',
    '| [x] |\n|---|\n\n**Words** [x](http://f.org).\n\n[x]: http://e.org\n',
    '<b>[x]</b>\n\nNo [x\\] here, *but* signs.\n\n[x]: http://e.org\n',
  ])('leaves links and looks of the words: %j', (source) => {
    const found = importMarkdown(source, { newId: () => 'n' });
    expect(exportMarkdown(found)).toBe(source);
    const working = exportMarkdown(found, { profile: 'working' });
    expect(importMarkdown(working, { newId: () => 'n' }).body).toEqual(found.body);
    expect(working).not.toContain('counterpoint-');
  });
});

describe('readers of a document', () => {
  test('an attribute that is stronger counts, a value that is none does not', () => {
    expect(readKind({ raw: 'html' })).toEqual({ kind: 'raw', format: 'html' });
    expect(readKind({ raw: 'html', header: 2 })).toEqual({ kind: 'heading', level: 2 });
    expect(readKind({ raw: 'html', 'code-block': true })).toEqual({ kind: 'code' });
    expect(readKind({ raw: 'tex' })).toEqual({ kind: 'paragraph' });
    expect(readKind({ raw: true })).toEqual({ kind: 'paragraph' });
  });

  test('words are counted as those of code are', () => {
    expect(readOutline(raw('| two words |').body).words).toBe(2);
  });

  test('a comparison says what a line was and is', () => {
    const changes = compareDocuments(raw('<p>a', 'markdown'), raw('<p>a', 'html'));
    const block = { before: { kind: 'raw', format: 'markdown' }, after: { format: 'html' } };
    expect(changes.lines).toMatchObject([{ change: 'changed', restyled: true, block }]);
  });

  test('without a renderer, HTML shows the source and runs none of it', () => {
    const html = documentHtml(raw('<script>alert(1)</script>', 'html'));
    expect(html).toBe('<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n</code></pre>');
  });
});
