import fc from 'fast-check';
import type { Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { describe, expect, test } from 'vitest';
import { articleHtml } from '../../../server/export/article.ts';
import { rawHtml } from '../../../server/export/raw-html.ts';
import { importContent } from '../../../shared/markdown/index.ts';

let ids = 0;
const html = (markdown: string) =>
  articleHtml(importContent(markdown, 'markdown', { newId: () => `id${++ids}` }), rawHtml);

/** The article without the page around it. */
const article = (markdown: string) =>
  html(markdown).replace(/^.*?<article>\n|<\/article>\n$/gs, '');

describe('a published article', () => {
  test('is a page that says how its letters are written, with one article of plain elements', () => {
    expect(html('---\nstandfirst: Why & when.\n---\n# Night <buses>\n\nThey run.\n')).toBe(
      [
        '<!doctype html>',
        '<meta charset="utf-8">',
        '<title>Night &lt;buses&gt;</title>',
        '<article>',
        '<header>',
        '<h1>Night &lt;buses&gt;</h1>',
        '<p><em>Why &amp; when.</em></p>',
        '</header>',
        '<p>They run.</p>',
        '</article>',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['## Costs\n', '<h2>Costs</h2>'],
    ['- one\n- two\n  1. in it\n', '<ul><li>one</li><li>two<ol><li>in it</li></ol></li></ul>'],
    ['3. three\n', '<ol><li>three</li></ol>'],
    ['> said\n>\n> twice\n', '<blockquote><p>said</p><p>twice</p></blockquote>'],
    ['a **b** *c* ~~d~~ `e` [f](https://x.org)', null],
    ['one\n\n***\n\ntwo\n', '<p>one</p>\n<hr>\n<p>two</p>'],
    [':::thesis{#t}\nIt pays.\n:::\n\n:::counterpoint{#c answers=t}\nNo.\n:::\n', null],
    ['| a | b |\n| - | - |\n| 1 | 2 |\n', null],
    ['<figure onclick="x()"><script>1</script>b</figure>\n', null],
    ['```\ncode\n```\n', '<pre><code>code\n</code></pre>'],
  ])('%j has no class, style or name of ours', (markdown, expected) => {
    const found = article(`${markdown}\nThe end.\n`);
    expect(found).not.toMatch(/ (?:class|style|data-[\w-]+|on\w+)=|<script/);
    if (expected !== null) expect(found).toBe(`${expected}\n<p>The end.</p>\n`);
  });

  test('numbers its notes as they are referred to, and each leads back to all its marks', () => {
    const found = article('One[^b], two[^a], three[^b].\n\n[^a]: Said[^b].\n[^b]: Counted.\n');
    expect(found).toContain('<a href="#fn-1" id="fnref-1" role="doc-noteref">1</a>');
    expect(found).toContain('<a href="#fn-2" id="fnref-2" role="doc-noteref">2</a>');
    expect(found).toContain('id="fnref-1-2"');
    const [first, second] = [...found.matchAll(/<li id="fn-\d">(.*?)<\/li>/g)].map(([, li]) => li);
    expect(first).toMatch(/^<p>Counted\..*#fnref-1".*#fnref-1-2".*#fnref-1-3".*<\/p>$/);
    expect(second).toMatch(/^<p>Said.*id="fnref-1-3".*#fnref-2".*<\/p>$/);
  });

  test('of whatever text: its ids are there once, and every link within it leads to one', () => {
    const pieces = ['word', '[^a]', '[^b]', '[^c]', '\n\n', '\n\n***\n\n', '**', '<b id="fn-1">'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        const found = html(`${parts.join(' ')}\n\n[^a]: A[^c]\n[^b]: B\n[^c]: C[^c]\n`);
        const seen = elementsOf(fromHtml(found));
        const own = seen.flatMap(({ id }) => (/^fn/.test(String(id)) ? [`#${String(id)}`] : []));
        expect(new Set(own).size).toBe(own.length);
        const within = seen.flatMap(({ href }) => (/^#/.test(String(href)) ? [href] : []));
        for (const href of within) expect(own).toContain(href);
      }),
    );
  });
});

/** The properties of all elements. */
function elementsOf(node: Nodes): Record<string, unknown>[] {
  const own = node.type === 'element' ? [node.properties] : [];
  return 'children' in node ? [...own, ...node.children.flatMap(elementsOf)] : own;
}
