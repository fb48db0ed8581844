import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  linkAddress,
  readBlocks,
  typedAddress,
  type AddressRefusal,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import { importMarkdown } from '../../shared/markdown/import/import-markdown.ts';
import { exportMarkdown } from '../../shared/markdown/index.ts';

const soft = '\u00ad';
const zeroWidth = '\u200b';
const bell = String.fromCharCode(7);
const nul = String.fromCharCode(0);

/** Addresses that a document may have, with what a link is given of them. */
const kept: readonly [string, string][] = [
  ...[
    'https://example.org',
    'http://example.org/a?b=1&c=2#d',
    'HTTPS://Example.org/A',
    'https://en.wikipedia.org/wiki/Bus_(vehicle)',
    'https://example.org:8443/x',
    'https://müller.example/straße?q=ü',
    'https://xn--mller-kva.example/',
    'https://[::1]/x',
    'https://medium.com/@ann/a-piece',
    'https://example.org/%E2%80%9Cquoted%E2%80%9D',
    'mailto:ann@example.org',
    'mailto:ann@example.org?subject=Night%20buses',
    'mailto:?subject=Read%20this',
    'tel:+49301234567',
    'sms:+49301234567',
    '/about',
    '#sources',
    '?page=2',
    './other.html',
    '../2019/night-buses.md',
    'page.html',
    'other-post.md',
    'my file.pdf',
  ].map((address): [string, string] => [address, address]),
  ['  https://example.org/ ', 'https://example.org/'],
  [`${bell}${nul}https://example.org/`, 'https://example.org/'],
  ['https://exa\tmple.org/\nx', 'https://example.org/x'],
  ['https:\\\\example.org\\x', 'https://example.org/x'],
  ['https:example.org/x', 'https://example.org/x'],
  ['https:///example.org/x', 'https://example.org/x'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
  ['https://example.org/\u202egpj.exe', 'https://example.org/%E2%80%AEgpj.exe'],
  ['//example.org/x', 'https://example.org/x'],
  ['/\\example.org/x', 'https://example.org/x'],
  ['/\t/example.org/x', 'https://example.org/x'],
  ['ann@example.org', 'mailto:ann@example.org'],
  ['änn@example.org', 'mailto:%C3%A4nn@example.org'],
  ['\u007fann@example.org', 'mailto:%7Fann@example.org'],
  ['ann.lee+desk@news.example.org', 'mailto:ann.lee+desk@news.example.org'],
  ['ann@localhost', 'mailto:ann@localhost'],
  ['ann@example.org?subject=x', 'mailto:ann@example.org?subject=x'],
  ['Ann Lee <ann@example.org>', 'mailto:ann@example.org'],
  ['"Lee, Ann" <ann@example.org>', 'mailto:ann@example.org'],
  ['<ann@example.org>', 'mailto:ann@example.org'],
  ['www.example.org', 'https://www.example.org'],
  ['example.org', 'https://example.org'],
  ['example.org/path?a#b', 'https://example.org/path?a#b'],
  ['example.org:8080/x', 'https://example.org:8080/x'],
  ['WWW.Example.ORG/Path', 'https://WWW.Example.ORG/Path'],
  [' HTTPS://Example.org/', 'HTTPS://Example.org/'],
  ['images/2.1/bus.png', 'images/2.1/bus.png'],
  ['data.csv', 'data.csv'],
  ['mailto:Ann Lee <ann@example.org>', 'mailto:Ann%20Lee%20<ann@example.org>'],
];

const scripts = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'j\ra\nv\tascript:alert(1)',
  ' javascript:alert(1)',
  `${bell}javascript:alert(1)`,
  `${nul}javascript:alert(1)`,
  'javascript://example.org/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://example.org/0',
  'filesystem:https://example.org/x',
  'about:blank',
  'view-source:https://example.org',
  'ftp://example.org/x',
  'ms-word:ofe|u|https://example.org/x.docx',
  'C:\\Users\\ann\\piece.docx',
];

const refused: readonly [string, AddressRefusal][] = [
  ...scripts.map((address): [string, AddressRefusal] => [address, 'scheme']),
  ['', 'empty'],
  [' \t\n ', 'empty'],
  ['https://', 'malformed'],
  ['https:', 'malformed'],
  ['http://exa mple.org', 'malformed'],
  ['https://exa<b>mple.org', 'malformed'],
  ['https://exa\u202emple.org', 'malformed'],
  ['https://example.org:99999', 'malformed'],
  ['mailto:', 'malformed'],
  [`${zeroWidth}javascript:alert(1)`, 'malformed'],
  ['a\\b', 'malformed'],
  ['https://bank.example@evil.example/', 'credentials'],
  ['https://ann:secret@example.org', 'credentials'],
  ['//ann@example.org/x', 'credentials'],
  [`https://example.org/${'a'.repeat(8_000)}`, 'long'],
  [`https://example.org/${'ü'.repeat(3_000)} `.padEnd(7_000, 'ü'), 'long'],
];

describe('a link leads where a URL parser says, or nowhere', () => {
  test.each(kept)('%j', (address, href) => {
    expect(linkAddress(address)).toEqual({ href });
  });

  test.each(refused)('%j is refused', (address, reason) => {
    expect(linkAddress(address)).toEqual({ reason });
    expect(typedAddress(address)).toEqual({ reason });
  });

  test('what is given is given again', () => {
    const part = fc.oneof(
      fc.constantFrom(...kept.flat(), ...refused.map(([address]) => address)),
      fc.constantFrom(':', '/', '//', '\\', '@', '#', '?', '.', ' ', '\t', soft, zeroWidth, 'a'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const { href } = linkAddress(parts.join(''));
        if (href === undefined) return;
        expect(linkAddress(href)).toEqual({ href });
        const { protocol } = new URL(href, 'https://here.example');
        expect(['http:', 'https:', 'mailto:', 'tel:', 'sms:']).toContain(protocol);
      }),
    );
  });
});

describe('a typed address is completed', () => {
  test.each([
    ['example.org', 'https://example.org'],
    ['example.org/x?y#z', 'https://example.org/x?y#z'],
    ['example.org:8080/x', 'https://example.org:8080/x'],
    ['www.müller.example', 'https://www.müller.example'],
    ['xn--mller-kva.xn--p1ai/x', 'https://xn--mller-kva.xn--p1ai/x'],
    ['example.org.', 'https://example.org.'],
    ['index.php.example.org/readme.md', 'https://index.php.example.org/readme.md'],
    ['<https://example.org/x>', 'https://example.org/x'],
    ['<ann@example.org>', 'mailto:ann@example.org'],
    ['ann@example.org', 'mailto:ann@example.org'],
    ['+49 (30) 123-45 67', 'tel:+49301234567'],
    ['/about', '/about'],
    ['#sources', '#sources'],
    ['./page.html', './page.html'],
    ['localhost/x', undefined],
    ['page.html', undefined],
    ['readme.md', undefined],
    ['word', undefined],
    ['two words', undefined],
    ['see https://example.org', undefined],
    ['3.14', undefined],
    ['e.g.', undefined],
    ['@ann', undefined],
  ])('%j', (typed, href) => {
    expect(typedAddress(typed)).toEqual(href === undefined ? { reason: 'relative' } : { href });
  });
});

describe('an unsafe link that stands in a document', () => {
  const model = (link: string): DocumentModel => ({
    title: '',
    standfirst: '',
    body: [{ insert: 'words', attributes: { link } }, { insert: ' behind\n' }],
    footnotes: { n: [{ insert: 'noted', attributes: { link } }] },
  });

  test.each(scripts)('%j is not published, its words are; the working export keeps it', (link) => {
    const document = model(link);
    document.body.push({ insert: { footnote: 'n' } }, { insert: '\n' });
    const published = exportMarkdown(document);
    expect(published).toBe('words behind\n\n[^1]\n\n[^1]: noted\n');
    const html = documentHtml(document);
    expect(html).toContain('<p>words behind</p>');
    expect(html).not.toMatch(/href="(?!#fn-)/);
    const working = exportMarkdown(document, { profile: 'working' });
    const { body, footnotes, warnings } = importMarkdown(working, { newId: () => 'new' });
    expect({ body, footnotes, warnings }).toEqual({
      body: document.body,
      footnotes: document.footnotes,
      warnings: [],
    });
  });

  test('one for mail is published as what it means', () => {
    expect(exportMarkdown(model('ann@example.org'))).toBe(
      '[words](mailto:ann@example.org) behind\n',
    );
    expect(documentHtml(model('ann@example.org'))).toContain('href="mailto:ann@example.org"');
  });
});

describe('Markdown that comes in', () => {
  test.each(scripts.filter((address) => !/[\n\r\0\\]/.test(address)))(
    'with a link to %j keeps the words, and says so',
    (address) => {
      const source = `[words](<${address.replaceAll('<', '\\<').replaceAll('>', '\\>')}>) behind`;
      const { body, warnings } = importMarkdown(source, { newId: () => 'new' });
      expect(body).toEqual([{ insert: 'words behind\n' }]);
      expect(warnings).toMatchObject([{ line: 1, what: 'link address' }]);
    },
  );

  test('links by reference are judged too, and what is relative stays', () => {
    const source = '[a][1] [b](/about) [c](ann@example.org) <dan@example.org>\n\n[1]: javascript:x';
    const { body } = importMarkdown(source, { newId: () => 'new' });
    const links = readBlocks(body)[0]?.spans.map(({ marks }) => marks.link);
    expect(links?.filter((link) => link !== undefined)).toEqual([
      ...['/about', 'mailto:ann@example.org', 'mailto:dan@example.org'],
    ]);
  });
});
