import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReader, type Reader } from './reader.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
});
afterAll(() => reader?.close());

type Cases = readonly (readonly [html: string, ...lines: string[]])[];

async function hold(cases: Cases): Promise<void> {
  for (const [html, ...lines] of cases) {
    expect.soft(await reader.read(html), html).toEqual(lines);
  }
}

const left = '(A picture was left out.)';
const lostPlayer = '(A player or a frame was left out: its address is not known.)';
const player = '(A player became its address.)';
const field = '(A field of a form was left out.)';
const folded = '(What was folded away was left out. Unfold it, and copy it again.)';

test('What shows something else than the text in it gets a substitute and a word about it: S6', () =>
  hold([
    [
      'a<svg><title>Riders</title><desc>no</desc><defs><text>no</text></defs><text>by <tspan>night</tspan></text><g><text>by day</text></g><text display="none">no</text></svg>b',
      ...['a', 'by night', 'by day', 'b', '(A picture was left out: Riders.)'],
    ],
    ['<svg><foreignObject><div><b>in</b> a box</div></foreignObject></svg>', '**in** a box', left],
    ['a<svg width="0" height="0"><symbol><text>no</text></symbol></svg>', 'a'],
    ['a<svg style="display:none"><text>no</text></svg>', 'a'],
    ['a<canvas aria-label="A chart">no</canvas>', 'a', '(A picture was left out: A chart.)'],
    ['a<object data="x.png">no</object>', 'a', left],
    ['<object><p>Shown instead</p></object>', 'Shown instead'],
    ['a<iframe src="/local"></iframe>', 'a', lostPlayer],
    [
      'a<iframe srcdoc="<style>i{display:none}</style><p>in a frame<i>no</i></p>">no</iframe>',
      'a',
      'in a frame',
    ],
    ['a<video src="blob:x">no</video>', 'a', lostPlayer],
    [
      '<video><source src="https://v.example/1">no</video>',
      '[https://v.example/1](https://v.example/1)',
      player,
    ],
    ['a<audio src="https://v.example/1">no</audio>', 'a'],
    [
      '<audio controls src="https://v.example/1">no</audio>',
      '[https://v.example/1](https://v.example/1)',
      player,
    ],
    [
      'a<iframe src="https://v.example/1" style="display:none"></iframe><img style="visibility:hidden" src=x>',
      'a',
    ],
    ['<div style="visibility:hidden">a<hr><img src=x><input value=v></div>b', 'b'],
    [
      '<input value="one"> <input type=submit value="Send"> <input type=hidden value=no><input type=checkbox checked>x',
      'one Send ☑ x',
    ],
    ['a<input type=password value=no><input type=range value=3>', 'a', field],
    ['<input type=image alt="Go" src=x>', '(A picture was left out: Go.)'],
    ['<textarea>one\n  two</textarea>', 'one', '  two'],
    ['a <select><option>no<option selected>b</select> <button>c</button>', 'a b c'],
    ['<select multiple><option>a<option selected>b</select>', 'a', 'b'],
    ['<progress value=3 max=10>no</progress> <meter value=0.5>no</meter>', '30 % 50 %'],
    ['a<datalist><option>no</datalist><template>no</template><noscript>no</noscript>', 'a'],
    ['<details><summary>S</summary>no<p>no</p></details>b', 'S', 'b', folded],
    [
      '<details open><summary>S</summary>in</details><details><summary>T</summary></details>',
      'S',
      'in',
      'T',
    ],
    ['a<dialog>no</dialog><dialog open>b</dialog>', 'a', 'b'],
    [
      '<picture><source srcset=x><img alt="A bus" src=x></picture>',
      '(A picture was left out: A bus.)',
    ],
    [
      '<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>',
      '漢(かん)字(じ)',
    ],
  ]));

test('A formula says what it said: S6', () =>
  hold([
    ['<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>', 'x₁²'],
    [
      '<math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac></math>',
      '(a+1)/b',
    ],
    ['<math><mroot><mi>x</mi><mn>3</mn></mroot><msqrt><mn>2</mn></msqrt></math>', '³√(x)√(2)'],
    ['<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover></math>', '∑ᵢⁿ'],
    [
      '<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable></math>',
      '(1, 2; 3, 4)',
    ],
    ['<math><mi>a</mi><mphantom><mi>no</mi></mphantom><mo>&#x2062;</mo><mi>b</mi></math>', 'ab'],
    [
      '<mjx-container><svg></svg><mjx-assistive-mml><math><msup><mi>x</mi><mn>2</mn></msup></math></mjx-assistive-mml></mjx-container>',
      'x²',
    ],
  ]));

const dropped = '(A link whose address is not allowed here became its words.)';

test.each([
  'ftp://a.example/x',
  'webcal://a.example/x',
  'file:///C:/x.docx',
  'javascript:void(0)',
  'data:text/html,x',
  'chrome://settings',
  'https://a:b@c.example/',
])('A link to %s becomes its words, and that is said: S6', async (address) => {
  expect(await reader.read(`<p>a <a href="${address}">link</a></p>`)).toEqual(['a link', dropped]);
  expect(await reader.read(`<p>a <a href="${address}"></a></p>`)).toEqual(['a']);
  expect(await reader.read(`<p>a</p><a style="display:none" href="${address}">no</a>`)).toEqual([
    'a',
  ]);
});

const numbers = '(A list is numbered from 1 here: its numbers or letters were others.)';
const word = (sign: string, level = 1) =>
  `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><span style='mso-list:Ignore'>${sign}<span>&nbsp;&nbsp; </span></span>x</p>`;

test('The numbers of a list are those that were seen, or it is said that they are not: S6', () =>
  hold([
    ['<ol><li>x<li>x</ol>', '1. x', '1. x'],
    ['<ol start=3><li>x</ol>', '1. x', numbers],
    ['<ol start=3><li><p>x</p></ol>', '1. x', numbers],
    ['<ol start=3><li></ol><p>y</p><ul><li>x</ul>', 'y', '- x'],
    ['<ol start=0><li>x</ol>', '1. x', numbers],
    ['<ol start=x><li>x</ol>', '1. x'],
    ['<ol><li>x<li value=5>x</ol>', '1. x', '1. x', numbers],
    ['<ol><li value=1>x<li value=2>x</ol>', '1. x', '1. x'],
    ['<ol reversed><li>x<li>x</ol>', '1. x', '1. x', numbers],
    ['<ol reversed><li>x</ol>', '1. x'],
    ['<ol type=a><li>x</ol>', '1. x', numbers],
    ['<ol style="list-style-type: upper-roman"><li>x</ol>', '1. x', numbers],
    ['<ol><li style="list-style-type:lower-alpha">x</ol>', '1. x', numbers],
    ['<ol style="list-style: decimal inside"><li>x</ol>', '1. x'],
    ['<ol><li>x</ol>y<ol start=2><li>x</ol>', '1. x', 'y', '1. x', numbers],
    ['<ol><li>x</ol>y<ol><li>x</ol>', '1. x', 'y', '1. x'],
    ['<ol><li>x</ol><ol start=2><li>x</ol>', '1. x', '1. x'],
    ['<ol><li>x</ol><ol><li>x</ol>', '1. x', '1. x', numbers],
    ['<ol><li>x</ol><ul><li>y</ul><ol start=2><li>x</ol>', '1. x', '- y', '1. x'],
    ['<ol><li>x<ol><li>y</ol><li>x<ol><li>y</ol></ol>', '1. x', '  1. y', '1. x', '  1. y'],
    ['<ul start=3 type=square><li>x</ul>', '- x'],
    [
      '<blockquote><ol start=3 type=i><li>x<li>y</ol></blockquote>',
      '> iii. x',
      '> iv. y',
      '(A list within a quote became lines.)',
    ],
    [word('1.') + word('2.'), '1. x', '1. x'],
    [word('3.'), '1. x', numbers],
    [word('1)') + word('a)', 2), '1. x', '  1. x', numbers],
    [word('1.') + word('1.1.', 2), '1. x', '  1. x', numbers],
    [word('1.') + '<p class=MsoNormal>y</p>' + word('2.'), '1. x', 'y', '1. x', numbers],
    [word('·') + word('o', 2) + word('§', 3), '- x', '  - x', '    - x'],
    [word('Art. 3'), 'Art. 3\u00a0\u00a0x'],
  ]));
