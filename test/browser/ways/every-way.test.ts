import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDocuments, comparisonHtml } from '../../../shared/document/compare/index.ts';
import {
  normalDelta,
  type Attributes,
  type DeltaOp,
  type DocumentModel,
} from '../../../shared/document/index.ts';
import { documentHtml } from '../../../shared/document/render/html.ts';
import { exportMarkdown, importContent } from '../../../shared/markdown/index.ts';
import { publishedKind, seenDocument, seenWords, type SeenLine } from '../../shared/seen.ts';
import { writtenDocument } from '../../shared/written-documents.ts';
import { useScriptPage } from '../../support/script-page.ts';
import type { Carried } from './ways-page.ts';

const shown = useScriptPage('test/browser/ways/ways-page.ts');

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/* Each mark and pair of marks, in each kind of line, alone: what fails is named by it. */

const marks: Attributes[] = [
  { bold: true },
  { italic: true },
  { strike: true },
  { code: true },
  { link: 'https://example.org/a?b=c&d=(e)' },
];
const pairs = marks.flatMap((one, i) => marks.slice(i).map((other) => ({ ...one, ...other })));
const kinds: [string, Attributes][] = [
  ['paragraph', {}],
  ...[2, 3, 4].map((header): [string, Attributes] => [`heading ${header}`, { header }]),
  ['quote', { blockquote: true }],
  ['bullet', { list: 'bullet' }],
  ['indented bullet', { list: 'bullet', indent: 2 }],
  ['number', { list: 'ordered' }],
  ['indented number', { list: 'ordered', indent: 1 }],
  ['thesis', { thesis: 't' }],
  ['counterpoint', { counterpoint: 'c', answers: 't' }],
];
const embeds: [string, object][] = [
  ['note', { footnote: 'n' }],
  ['divider', { divider: true }],
];

function document(name: string, body: DeltaOp[]): [string, DocumentModel] {
  const around = [{ insert: 'Before.\n' }, ...body, { insert: 'Behind.\n' }];
  const noted = body.some(({ insert }) => typeof insert !== 'string' && 'footnote' in insert);
  const footnotes: Record<string, DeltaOp[]> = noted
    ? { n: [{ insert: 'A ' }, { insert: 'note', attributes: { italic: true } }, { insert: '.' }] }
    : {};
  return [name, { title: '', standfirst: '', body: normalDelta(around), footnotes }];
}

const line = (attributes: Attributes): DeltaOp => ({ insert: '\n', attributes });
const documents: [string, DocumentModel][] = [
  ...kinds.flatMap(([kind, attributes]) => [
    document(kind, [{ insert: 'It stands' }, line(attributes)]),
    ...pairs.map((looks) =>
      document(`${JSON.stringify(looks)} in a ${kind}`, [
        ...[{ insert: 'It ' }, { insert: 'stands', attributes: looks }, { insert: ' there' }],
        line(attributes),
      ]),
    ),
    ...embeds.map(([embed, insert]) =>
      document(`a ${embed} in a ${kind}`, [
        ...[{ insert: 'It stands' }, { insert }],
        ...(embed === 'divider' ? [] : [{ insert: ' there' }]),
        line(attributes),
      ]),
    ),
  ]),
  document(
    'code',
    ['let a;', '', '  a = `*1*`;'].flatMap((insert) => [{ insert }, line({ 'code-block': true })]),
  ),
  ...fc
    // One without any words brings nothing to wait for.
    .sample(
      writtenDocument.filter(({ body }) => body.length > 0),
      { seed, numRuns: 60 },
    )
    .map((model, i): [string, DocumentModel] => [`SEED=${seed}, document ${i}`, model]),
];

/** Notes by their texts only: ids are made anew by most ways. */
const bring = async (all: readonly Carried[]): Promise<DocumentModel[]> => {
  const json = await shown.page.evaluate(async (carried) => {
    const found: DocumentModel[] = [];
    for (const one of carried) found.push(await window.waysPage.bring(one));
    return JSON.stringify(found);
  }, all as Carried[]);
  return JSON.parse(json) as DocumentModel[];
};
const models = documents.map(([, model]) => model);
const copies = async () => shown.page.evaluate((all) => all.map(window.waysPage.copy), models);
const isOurs = / data-counterpoint="1" data-clip="[^"]*"| data-pm-slice="[^"]*"/g;
const id = () => 'fresh';
/** A version is shown with notes that no mark leads to, which are a list to who copies it. */
const withMarkedNotes = (model: DocumentModel): DocumentModel => {
  const marked = model.body.map(({ insert }) => (insert as { footnote?: string }).footnote);
  const notes = Object.entries(model.footnotes).filter(([note]) => marked.includes(note));
  return { ...model, footnotes: Object.fromEntries(notes) };
};
const published = () => models.map((model) => exportMarkdown(model));

const ways: [string, () => Promise<DocumentModel[]>, ((model: DocumentModel) => SeenLine[])?][] = [
  [
    'copied and pasted into another piece',
    async () => bring((await copies()).map(({ html, text }) => ({ how: 'paste', html, text }))),
  ],
  [
    'copied, pasted into another program, and back',
    async () =>
      bring(
        (await copies()).map(({ html, text }) => ({
          ...{ how: 'paste', html: html.replace(isOurs, ''), text },
        })),
      ),
  ],
  [
    'dropped from another program',
    async () =>
      bring(
        (await copies()).map(({ html, text }) => ({
          ...{ how: 'drop', html: html.replace(isOurs, ''), text },
        })),
      ),
  ],
  [
    'shown as the page of a version, copied from there and pasted',
    () =>
      bring(models.map((model) => ({ how: 'paste', html: documentHtml(withMarkedNotes(model)) }))),
  ],
  [
    'published as Markdown and imported',
    async () => published().map((markdown) => importContent(markdown, 'markdown', { newId: id })),
    (model) => seenDocument(model, { kind: publishedKind }),
  ],
  [
    'published as Markdown and pasted as plain text',
    // Without the heading, one italic word alone could be the asterisks that it is written with.
    () =>
      bring(published().map((text) => ({ how: 'paste', text: `## It is Markdown\n\n${text}` }))),
    (model) => [
      { kind: 'heading 2', spans: [{ what: 'It is Markdown', marks: '{}' }] },
      ...seenDocument(model, { kind: publishedKind }),
    ],
  ],
  [
    'written as working Markdown and imported',
    async () =>
      models
        .map((model) => exportMarkdown(model, { profile: 'working' }))
        .map((markdown) => importContent(markdown, 'markdown', { newId: id })),
  ],
];

describe('S6 nothing that is seen vanishes or changes, and nothing else appears', () => {
  test.each(ways)('%s', async (_way, go, expected = (model) => seenDocument(model)) => {
    const all = await go();
    const wrong = documents.flatMap(([name, model], i) => {
      const [came, sent] = [seenDocument(all[i]!), expected(model)];
      return JSON.stringify(came) === JSON.stringify(sent) ? [] : [{ name, came, sent }];
    });
    expect(wrong.length, wrong.map(({ name }) => name).join('\n')).toBe(0);
  });

  test('the page of a version has every word, and so has a comparison, of both its sides', async () => {
    const words = (text: string) => text.split(/\s+/u).filter((word) => word !== '');
    const all = [...models, models[0]!];
    const told = models.map((model, i) => ({
      version: documentHtml(model),
      comparison: comparisonHtml(compareDocuments(all[i + 1]!, model)),
    }));
    const read = await shown.page.evaluate((pages) => {
      const { read: text } = window.waysPage;
      const marks = 'sup, .embed';
      return pages.map(({ version, comparison }) => ({
        version: text(version, marks),
        after: text(comparison, `${marks}, del`),
        before: text(comparison, `${marks}, ins`),
      }));
    }, told);
    models.forEach((model, i) => {
      const [name] = documents[i]!;
      const { version, after, before } = read[i]!;
      const [own, other] = [seenWords(model), seenWords(all[i + 1]!)];
      expect(words(version).slice(0, own.length), name).toEqual(own);
      expect(words(after).slice(0, own.length), name).toEqual(own);
      expect(words(before).sort(), name).toEqual(expect.arrayContaining(other));
    });
  });
});
