import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldShape } from '../../../client/editor/index.ts';
import { documentHtml } from '../../../shared/document/render/html.ts';
import {
  headDelta,
  headOf,
  normalDelta,
  type Attributes,
  type DeltaOp,
  type DocumentModel,
} from '../../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../../shared/markdown/index.ts';
import { writtenLine } from '../../shared/written-documents.ts';
import { useScriptPage } from '../../support/script-page.ts';
import type {} from './ways-page.ts';

/* Title, standfirst, notes and body hold the same marks: from each into each, and out and in. */

const shown = useScriptPage('test/browser/ways/ways-page.ts');

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const marks: Attributes[] = [
  { bold: true },
  { italic: true },
  { strike: true },
  { code: true },
  { link: 'https://example.org/a?b=c&d=(e)' },
];
const pairs = marks.flatMap((one, i) => marks.slice(i).map((other) => ({ ...one, ...other })));
const lines: DeltaOp[][] = [
  [{ insert: 'It stands' }],
  ...pairs.flatMap((attributes): DeltaOp[][] => [
    [{ insert: 'It ' }, { insert: 'stands', attributes }, { insert: ' there' }],
    [{ insert: 'All', attributes }],
  ]),
  ...fc.sample(writtenLine, { seed, numRuns: 40 }),
].map((line) => normalDelta(line));

const shapes: FieldShape[] = ['line', 'paragraphs', 'blocks'];
const ways = shapes.flatMap((from) =>
  shapes.flatMap((to) => [true, false].map((ours) => ({ from, to, ours }))),
);
const ended = (delta: DeltaOp[], shape: FieldShape) =>
  shape === 'blocks' ? normalDelta([...delta, { insert: '\n' }]) : delta;

describe(`S5 S6 every mark in every text, SEED=${seed}`, () => {
  test.each(ways)('from $from into $to, ours: $ours', async (way) => {
    const sent = lines.map((line) => ended(line, way.from));
    const json = await shown.page.evaluate(
      async ([all, how]) => {
        const came: DeltaOp[][] = [];
        for (const delta of all) came.push(await window.waysPage.carry(delta, how));
        return JSON.stringify(came);
      },
      [sent, way] as const,
    );
    const came = JSON.parse(json) as DeltaOp[][];
    lines.forEach((line, i) => {
      // The last line of a text may have its break or not.
      const whole = normalDelta([...came[i]!, { insert: '\n' }]);
      const one = [
        normalDelta([...line, { insert: '\n' }]),
        normalDelta([...line, { insert: '\n\n' }]),
      ];
      expect
        .soft(
          one.map((each) => JSON.stringify(each)),
          way.to,
        )
        .toContain(JSON.stringify(whole));
    });
  });

  const heads = lines.map((line): DocumentModel => {
    return { ...headOf({ title: line, standfirst: line }), body: [], footnotes: {} };
  });
  const read = (markdown: string) => importContent(markdown, 'markdown', { newId: () => 'new' });

  test('a title and a standfirst, written as working Markdown or with front matter, and imported', () => {
    for (const head of heads) {
      for (const how of [{ profile: 'working' }, { frontMatter: true }] as const) {
        const came = read(exportMarkdown(head, how));
        for (const field of ['title', 'standfirst'] as const) {
          expect(headDelta(came, field), exportMarkdown(head, how)).toEqual(headDelta(head, field));
        }
      }
    }
  });

  test('a title, published as a heading and imported, or shown as a page and pasted', async () => {
    for (const head of heads) {
      const alone = { ...head, standfirst: '' };
      const markdown = exportMarkdown(alone);
      expect(headDelta(read(markdown), 'title'), markdown).toEqual(headDelta(head, 'title'));
      const html = documentHtml(alone);
      const body = await shown.page.evaluate(
        async (shown) =>
          JSON.stringify((await window.waysPage.bring({ how: 'paste', html: shown })).body),
        html,
      );
      const heading = { insert: '\n', attributes: { header: 2 } };
      expect(JSON.parse(body), html).toEqual(normalDelta([...headDelta(head, 'title'), heading]));
    }
  });
});
