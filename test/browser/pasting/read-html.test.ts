import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReader, type Reader } from './reader.ts';
import { edges } from './edge-samples.ts';
import { more } from './more-samples.ts';
import { mail, office, web } from './samples.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
});
afterAll(() => reader?.close());

test.each([...office, ...mail, ...web, ...more, ...edges])(
  'What is seen is pasted, from %s: S6',
  async (_from, html, lines) => {
    expect(await reader.read(html)).toEqual(lines);
  },
);

const small: readonly (readonly [html: string, ...lines: string[]])[] = [
  ['10<sup>6</sup>, km<sup>2</sup>, H<sub>2</sub>O, 10<sup>−3</sup>', '10⁶, km², H₂O, 10⁻³'],
  [
    '1<sup>er</sup>, Brand<sup>TM</sup>, m<span style="vertical-align:super">3</span>',
    '1ᵉʳ, Brand™, m³',
  ],
  [
    'x<sup>Q</sup> a<sub>q</sub>',
    'x^(Q) a_(q)',
    '(Raised or lowered letters that have no sign of their own stand in ^( ) and _( ).)',
  ],
  [
    '<b style="font-weight: normal">plain <span style="font-weight:600">bold</span></b>',
    'plain **bold**',
  ],
  [
    '<span style="font: italic bold 12px Arial">both</span> <i style="font-style:normal">no</i>',
    '***both*** no',
  ],
  [
    '<u>under</u> <s>gone</s> <span style="text-decoration-line: line-through">too</span>',
    'under ~~gone~~ ~~too~~',
  ],
  ['a<span style="display:none">b</span><span hidden>c</span><template>d</template>e', 'ae'],
  ['<div style="max-height:0;overflow:hidden">a</div><p style="opacity:0">b</p><p>c</p>', 'c'],
  ['<div style="visibility:hidden">a<span style="visibility:visible">b</span></div>', 'b'],
  ['<div style="font-size:0">a<span style="font-size:16px">b</span></div>', 'b'],
  [
    '<style>.x{display:none}@media print{.y{display:none}}</style><p class=x>a</p><p class=y>b</p>',
    'b',
  ],
  ['one\ttwo\n three&nbsp;', 'one two three'],
  ['<span style="white-space:pre-wrap">a  b\n\nc</span>', 'a  b', 'c'],
  ['a<br><br>b<hr>c', 'a', 'b', '---', 'c'],
  ['<h1>One</h1><h2>A <b>b</b><br>c</h2><h6>Six</h6>', '## One', '## A **b** c', '#### Six'],
  [
    '<blockquote><h3>H</h3><div>d</div>x<ol><li>i</li></ol></blockquote>y',
    '> **H**',
    '> d',
    '> x',
    '> 1. i',
    'y',
    '(A list within a quote became lines.)',
  ],
  [
    '<ul><li>a<ol><li>b</li></ol>c</li></ul>',
    '- a',
    '  1. b',
    '- c',
    '(Another paragraph of a list item became an item.)',
  ],
  ['<ol><li>a</li></ol><ol start=2><li>b</li></ol>', '1. a', '1. b'],
  [
    '<ol start=4><li>a</li></ol>',
    '1. a',
    '(A list is numbered from 1 here: its numbers or letters were others.)',
  ],
  ['<h2><span style="font-weight:700">All</span></h2>', '## All'],
  ['<pre>a\n\n  b\n</pre>', '| a', '| ', '|   b'],
  [
    '<dl><dt>T</dt><dd>D</dd></dl><details><summary>S</summary>x</details>',
    'T',
    'D',
    'S',
    '(What was folded away was left out. Unfold it, and copy it again.)',
  ],
  ['<details open><summary>S</summary>x</details>', 'S', 'x'],
  ['<q>said <q>this</q></q> <ruby>日<rt>ひ</rt></ruby>', '“said ‘this’” 日(ひ)'],
  ['<input value=v><input type=hidden value=h><select><option>a<option selected>b</select>', 'vb'],
  ['<p>so <img alt="😀" src=x> <img src=x width=1 height=1></p>', 'so 😀'],
  ['<p>a</p><img alt="A bus" src=x>', 'a', '(A picture was left out: A bus.)'],
  [
    '<iframe src="https://v.example/1"></iframe>',
    '[https://v.example/1](https://v.example/1)',
    '(A player became its address.)',
  ],
  [
    '<a href="ann@example.org">a</a> <a href="java&#9;script:x">b</a> <a href="#x">c</a>',
    '[a](mailto:ann@example.org) b c',
    '(A link whose address is not allowed here became its words.)',
  ],
  ['<math><mi>x</mi><msup><mi>y</mi><mn>2</mn></msup></math>', 'xy²'],
  [
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><b>2</b></td></tr></table>',
    'A | B',
    '1 | **2**',
    '(A table became lines, one for each of its rows.)',
  ],
  ['<table role=presentation><tr><td>a</td><td>b</td></tr></table>', 'a', 'b'],
  ['<p>\u034F\u200C \u034F\u200C</p><p>a\u200B b\uFEFF c\u00ADd</p>', 'a b c\u00ADd'],
];

test('Each thing that can be seen is read, and nothing that cannot: S6', async () => {
  for (const [html, ...lines] of small) {
    expect.soft(await reader.read(html), html).toEqual(lines);
  }
});

test('Where a text has no notes, they stand in brackets; where it has no blocks, all is paragraphs', async () => {
  const html =
    '<h2>H</h2><ul><li>a<a href="#fn1" id="r1">1</a></li></ul>' +
    '<section class="footnotes"><ol><li id="fn1">The <i>note</i>. <a href="#r1">↩</a></li></ol></section>';
  expect(await reader.read(html, { notes: false, shape: 'paragraphs' })).toEqual([
    '**H**',
    '- a [The note.]',
    '(A list within a quote became lines. There are no footnotes in this text: they stand in brackets.)',
  ]);
});
