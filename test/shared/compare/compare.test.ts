import { describe, expect, test } from 'vitest';
import { compareDocuments, comparisonHtml } from '../../../shared/document/compare/index.ts';
import { documentHtml } from '../../../shared/document/render/html.ts';
import type { DeltaOp, DocumentModel } from '../../../shared/document/index.ts';
import { runSeed, seeded } from '../../support/random.ts';

const model = (body: string | DeltaOp[], rest: Partial<DocumentModel> = {}): DocumentModel => ({
  ...{ title: '', standfirst: '', footnotes: {} },
  body: typeof body === 'string' ? [{ insert: body }] : body,
  ...rest,
});

const changes = (before: string, after: string) =>
  compareDocuments(model(before), model(after)).lines.map(
    ({ change, parts }) => `${change}: ${parts.map(({ text }) => text).join('|')}`,
  );

describe('what was changed between two texts', () => {
  test('is told by words', () => {
    const [line] = compareDocuments(model('Buses are cheap.'), model('Buses are not cheap!')).lines;
    expect(line?.parts).toEqual([
      { change: 'same', text: 'Buses are ' },
      { change: 'added', text: 'not ' },
      { change: 'same', text: 'cheap' },
      { change: 'removed', text: '.' },
      { change: 'added', text: '!' },
    ]);
  });

  test('a line that moved is no new one, also if a word of it was changed', () => {
    const [a, b, c] = ['First of all, nobody pays.', 'Then there is the matter of noise.', 'Last.'];
    const long = 'And this is a rather long line, about the streets of the town at night.\n';
    expect(changes(`${a}\n${b}\n${c}\n`, `${b}\n${c}\n${a}\n`)).toEqual([
      `same: ${b}`,
      `same: ${c}`,
      `moved: ${a}`,
    ]);
    expect(
      changes(`${long}${a}\n${b}\n${c}\n`, `${a}\n${b}\n${c}\n${long.replace('town', 'city')}`),
    ).toEqual([
      ...[`same: ${a}`, `same: ${b}`, `same: ${c}`],
      'moved: And this is a rather long line, about the streets of the |town|city| at night.',
    ]);
  });

  test('what was removed is where it stood, what is new where it stands', () => {
    expect(changes('One line.\nGone away.\nThree.\n', 'One line.\nThree.\nA new end.\n')).toEqual([
      ...['same: One line.', 'removed: Gone away.', 'same: Three.', 'added: A new end.'],
    ]);
  });

  test('a look or a kind that changed is told, with the same words', () => {
    const bold = model([{ insert: 'Bold', attributes: { bold: true } }, { insert: '\n' }]);
    const heading = model([{ insert: 'Bold' }, { insert: '\n', attributes: { header: 2 } }]);
    for (const other of [bold, heading]) {
      const [line] = compareDocuments(model('Bold\n'), other).lines;
      expect(line).toMatchObject({ change: 'changed', restyled: true });
    }
  });

  test('both texts can be had back from it, whatever they are', () => {
    const seed = runSeed();
    const random = seeded(seed);
    const text = () =>
      Array.from({ length: random.int(12) }, () =>
        Array.from({ length: random.int(6) }, () => random.pick(['a', 'bus', 'at', 'night', '🙂']))
          .join(' ')
          .concat('\n'),
      ).join('');
    for (let round = 0; round < 200; round++) {
      const [before, after] = [text(), text()];
      const { lines } = compareDocuments(model(before), model(after));
      const side = (without: string, order: 'before' | 'after') =>
        lines
          .filter((line) => line[order] !== null)
          .sort((a, b) => a[order]! - b[order]!)
          .map(({ parts }) =>
            parts
              .map((part) => (part.change === without ? '' : part.text))
              .join('')
              .concat('\n'),
          )
          .join('');
      expect(side('added', 'before'), `SEED=${seed}, round ${round}`).toBe(before);
      expect(side('removed', 'after'), `SEED=${seed}, round ${round}`).toBe(after);
    }
  });

  test('as HTML it says so with ins and del, and lets no markup of the text through', () => {
    const html = comparisonHtml(
      compareDocuments(model('<b>Old</b> words\n'), model('<b>New</b> words\n')),
    );
    expect(html).toBe(
      '<p class="changed" data-kind="paragraph">&lt;b&gt;<del>Old</del><ins>New</ins>&lt;/b&gt; words</p>',
    );
  });
});

test('a document as HTML: kinds, looks, lists, notes, and no markup of its own', () => {
  const line = (insert: string, attributes: object): DeltaOp[] => [
    { insert },
    { insert: '\n', attributes: attributes as NonNullable<DeltaOp['attributes']> },
  ];
  const body: DeltaOp[] = [
    ...line('A <heading>', { header: 2 }),
    ...line('It pays.', { thesis: 't1' }),
    ...line('Not "here".', { counterpoint: 'c1', answers: 't1' }),
    { insert: 'bold', attributes: { bold: true, link: 'https://example.org/?a=1&b' } },
    { insert: { footnote: '1' } },
    { insert: 'bad', attributes: { link: 'javascript:alert(1)' } },
    { insert: '\n' },
    ...line('one', { list: 'bullet' }),
    ...line('deeper', { list: 'ordered', indent: 1 }),
    ...line('two', { list: 'bullet' }),
    ...line('said', { blockquote: true }),
    ...line('x < y', { 'code-block': true }),
  ];
  const html = documentHtml(
    model(body, { title: 'T & T', standfirst: 'So.', footnotes: { 1: [{ insert: 'Note.' }] } }),
  );
  expect(html.split('\n')).toEqual([
    '<h1>T &amp; T</h1>',
    '<p><em>So.</em></p>',
    '<h2>A &lt;heading&gt;</h2>',
    '<section data-thesis="t1"><p>It pays.</p></section>',
    '<section data-counterpoint="c1" data-answers="t1"><p>Not &quot;here&quot;.</p></section>',
    '<p><a href="https://example.org/?a=1&amp;b"><strong>bold</strong></a><sup><a href="#fn-1" role="doc-noteref">1</a></sup>bad</p>',
    '<ul><li>one<ol><li>deeper</li></ol></li><li>two</li></ul>',
    '<blockquote><p>said</p></blockquote>',
    '<pre><code>x &lt; y',
    '</code></pre>',
    '<section role="doc-endnotes"><ol><li id="fn-1"><p>Note.</p></li></ol></section>',
  ]);
});
