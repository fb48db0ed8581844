import { fromHtml } from 'hast-util-from-html';
import type { Element, Nodes } from 'hast';
import { describe, expect, test } from 'vitest';
import { rawHtml } from '../../../server/export/raw-html.ts';
import { documentHtml } from '../../../shared/document/render/html.ts';

const js = 'javascript:alert(1)';

/** What runs, loads or covers something in a page that trusts it. */
const attacks: readonly string[] = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//x.y/a.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<script\u0000>alert(1)</script>',
  '<svg><script>alert(1)</script></svg>',
  '<svg onload=alert(1)>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><animate attributeName=href values=javascript:alert(1) /></svg>',
  '<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
  '<math><a xlink:href=javascript:alert(1)>x</a></math>',
  '<img src=x onerror=alert(1)>',
  '<img src="x" OnErRoR="alert(1)">',
  '<img/src/onerror=alert(1)>',
  `<img src="${js}">`,
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<img srcset="javascript:alert(1)">',
  '<image src=x onerror=alert(1)>',
  '<body onload=alert(1)>',
  '<div onclick="alert(1)">x</div>',
  '<details open ontoggle=alert(1)>x</details>',
  '<input autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<audio src=x onerror=alert(1)></audio>',
  '<marquee onstart=alert(1)>x</marquee>',
  `<a href="${js}">x</a>`,
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href=" &#1; javascript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href="java&Tab;script:alert(1)">x</a>',
  '<a href="javascript&colon;alert(1)">x</a>',
  '<a href="&#x6A;avascript:alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="blob:https://x.y/1">x</a>',
  '<iframe src="https://x.y"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  `<frameset><frame src="${js}"></frameset>`,
  `<object data="${js}"></object>`,
  `<embed src="${js}">`,
  '<applet code="x"></applet>',
  `<form action="${js}"><button>x</button></form>`,
  `<button formaction="${js}">x</button>`,
  '<base href="https://x.y/">',
  '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  '<link rel=stylesheet href="https://x.y/a.css">',
  '<style>* { display: none }</style>',
  '<style><img src="</style><img src=x onerror=alert(1)>">',
  '<p style="position:fixed;inset:0">x</p>',
  '<p style="background:url(javascript:alert(1))">x</p>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
  '<title><a title="</title><img src=x onerror=alert(1)>"></title>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<![CDATA[><img src=x onerror=alert(1)>]]>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '<xmp><img src=x onerror=alert(1)></xmp>',
  '<form id=x><input name=attributes></form>',
  '<p id="body" name="getElementById">x</p>',
  '<table background="javascript:alert(1)"><td>x</td></table>',
  '<isindex action=javascript:alert(1) type=image>',
  '<x onclick=alert(1)>x</x>',
  '<portal src="https://x.y"></portal>',
  '<slot onslotchange=alert(1)></slot>',
  '</pre></code><script>alert(1)</script>',
];

const elements = new Set(
  'a,b,blockquote,br,code,dd,del,details,div,dl,dt,em,h1,h2,h3,h4,h5,h6,hr,i,img,input,ins,kbd,li,ol,p,picture,pre,q,rp,rt,ruby,s,samp,section,source,span,strike,strong,sub,summary,sup,table,tbody,td,tfoot,th,thead,tr,tt,ul,var'.split(
    ',',
  ),
);

/** All elements, as a browser would read them. */
function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const open: Nodes[] = [fromHtml(html, { fragment: true })];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'element') found.push(node);
    if ('children' in node) open.push(...node.children);
    if ('content' in node && node.content) open.push(node.content);
  }
  return found;
}

function expectHarmless(html: string): void {
  for (const { tagName, properties } of elementsOf(html)) {
    expect(elements).toContain(tagName);
    for (const [name, value] of Object.entries(properties)) {
      expect(name).not.toMatch(/^on|^style$|^srcdoc$|action$|^xlink|^background$/i);
      if (name === 'id' || name === 'name') expect(value).toMatch(/^user-content-/);
      if (/^(?:href|src|cite|longDesc)$/.test(name)) {
        expect(String(value)).toMatch(/^(?:https?:|mailto:|[^:]*$|[/?#])/i);
      }
      expect(String(value)).not.toMatch(/^[\s\p{Cc}]*(?:java|vb)script:|^\s*data:/iu);
    }
  }
}

describe('what is raw runs nothing in a page of ours', () => {
  test.each(attacks.map((attack) => [attack]))('%s', (attack) => {
    expectHarmless(rawHtml(attack, 'html'));
    expectHarmless(rawHtml(attack, 'markdown'));
    expectHarmless(rawHtml(`| a |\n|---|\n| ${attack.replaceAll('\n', ' ')} |`, 'markdown'));
    expectHarmless(rawHtml(`words ${attack} words`, 'markdown'));
    const body = [
      { insert: attack.replaceAll('\n', ' ') },
      { insert: '\n', attributes: { raw: 'html' } },
    ];
    expectHarmless(documentHtml({ title: '', standfirst: '', body, footnotes: {} }, rawHtml));
  });

  test.each([
    `| [x](${js}) |\n|---|`,
    `| ![x](${js}) |\n|---|`,
    '| <javascript:alert(1)> |\n|---|',
    `| [x][y] |\n|---|\n\n[y]: ${js}`,
    '| [x](<data:text/html,a>) |\n|---|',
    '| [x](java\\script:alert(1)) |\n|---|',
  ])('of Markdown: %s', (source) => {
    const html = rawHtml(source, 'markdown');
    expect(html).toContain('<table>');
    expectHarmless(html);
  });
});

describe('what is raw is shown', () => {
  test.each([
    [
      'a table',
      'markdown',
      '| a | *b* |\n|---|---|\n| 1 | [c](https://x.y) |',
      /<table>[^]*<em>b<\/em>[^]*<a href="https:\/\/x.y">c<\/a>/,
    ],
    ['a paragraph with HTML', 'markdown', 'H<sub>2</sub>O', /<p>H<sub>2<\/sub>O<\/p>/],
    [
      'HTML',
      'html',
      '<details><summary>a</summary>b</details>',
      /<details><summary>a<\/summary>b<\/details>/,
    ],
    ['HTML that does not end', 'html', '<div><b>a', /^<div><b>a<\/b><\/div>$/],
    [
      'a shortcode, as its source',
      'markdown',
      '{{< a "b" >}}',
      /^<pre><code>\{\{&lt; a &quot;b&quot; &gt;\}\}\n<\/code><\/pre>$/,
    ],
    [
      'a container, as its source',
      'markdown',
      ':::a\n<b>\n:::',
      /^<pre><code>:::a\n&lt;b&gt;\n:::\n<\/code><\/pre>$/,
    ],
  ] as const)('%s', (_, format, source, shown) => {
    expect(rawHtml(source, format)).toMatch(shown);
  });

  test.each([
    ['elements in each other', '<div>'.repeat(50_000)],
    ['wrong ends between', '<div></x>'.repeat(50_000)],
    [
      'looks that are opened anew in each',
      '<b id=1><i id=2><u id=3><s><tt><big>'.repeat(30) + '<p>'.repeat(50_000),
    ],
    ['emphasis', `| ${'*a **b '.repeat(2_000)}${'b** a*'.repeat(2_000)} |\n|---|`],
  ])('as its source, where it would be too much: %s', (_, source) => {
    const format = source.startsWith('|') ? 'markdown' : 'html';
    expect(rawHtml(source, format)).toMatch(/^<pre><code>/);
  });

  test.each([
    '<style>\np { color: red }\n</style>',
    '<svg><title>t</title><style>a{}</style><text>x</text></svg>',
    '<noscript>JS off</noscript>',
    '<textarea>v</textarea>',
    '<template><p>t</p></template>',
  ])('what nobody reads of %j is not shown as words', (source) => {
    expect(rawHtml(`<div>${source}seen</div>`, 'html')).toBe('<div>seen</div>');
  });

  test('a table of 3,000 cells is one', () => {
    const row = `<tr>${'<td><b>a</b></td>'.repeat(10)}</tr>`;
    expect(elementsOf(rawHtml(`<table>${row.repeat(300)}</table>`, 'html'))).toHaveLength(6_302);
  });
});
