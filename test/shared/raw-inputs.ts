/*
 * Sources that a document has no form for, by their kind: each is kept letter for letter. `kept` is
 * what is kept where that is not all of it; `lines` the rest of the document, as `kind: text`.
 */
export interface RawInput {
  name: string;
  source: string;
  format: 'markdown' | 'html';
  /** As warnings name it. */
  what: string;
  kept?: string;
  lines?: readonly string[];
}

const table = '| Year | Cost |\n|---|---:|\n| 2001 | *five* |';

const tables: RawInput[] = [
  ['a table', table],
  ['without outer pipes', 'Year | Cost\n--- | ---\n2001 | 5'],
  ['of one column', '| a |\n|---|'],
  ['with escaped pipes and code', '| a \\| b | `c \\| d` |\n| :-: | --- |\n| x |'],
  ['with links, images and HTML', '| [a](b "t") | ![c](d) | e<br>f |\n|---|---|---|\n| <b>g</b> |'],
  ['with spaces at its lines’ ends', '| a |  \n|---|\t\n| 1 |'],
  ['with letters of any script', '| Größe | 大きさ | 😀 |\n|---|---|---|\n| קטן | a\u00A0b | — |'],
  ['two tables and the blank lines between', `${table}\n\n\n${table}`],
].map(([name = '', source = '']) => ({ name, source, format: 'markdown', what: 'table' }));

const html: RawInput[] = [
  ['an element', '<div class="x">\nHello\n</div>'],
  ['a comment', '<!-- of two\n\nparagraphs -->'],
  ['Hugo’s divider', '<!--more-->'],
  ['a script', '<script>\nlet a = 1;\n\nlet b = "*";\n</script>'],
  ['a style', '<style>\np { color: red }\n</style>'],
  ['an embed', '<iframe src="https://example.org/v/1" allowfullscreen></iframe>'],
  ['a figure', '<figure>\n  <img src="a.png">\n  <figcaption>b</figcaption>\n</figure>'],
  ['a table in HTML', '<table>\n<tr><td>1</td></tr>\n</table>'],
  ['one that is folded', '<details><summary>a</summary>\nb\n</details>'],
  ['a tag by itself', '<br />'],
  ['indented', '  <div>\n    <p>a\n  </div>'],
  ['an instruction', '<?php echo "a"; ?>'],
  ['a declaration', '<!DOCTYPE html>'],
  ['CDATA', '<![CDATA[\na *b*\n\nc\n]]>'],
  ['a custom element', '<x-quote by="me">'],
  ['one that never ends', '<pre>\n\na\n\n# b'],
  ['elements after each other', '<hr>\n\n<hr>'],
].map(([name = '', source = '']) => ({ name, source, format: 'html', what: 'html' }));

const inline: RawInput[] = [
  ['a lowered letter', 'H<sub>2</sub>O is *water*.'],
  ['an underlined word', 'a <u>b</u> c'],
  ['a comment among words', 'a <!-- b --> c'],
  ['an anchor', '<a id="top"></a>The top'],
  ['over two lines', 'first <span\nclass="x">line\nand</span> second'],
  ['within emphasis', '**a <kbd>b</kbd>**'],
].map(([name = '', source = '']) => ({ name, source, format: 'markdown', what: 'html' }));

const shortcodes: RawInput[] = [
  ['of Hugo', '{{< figure src="a_b_c.png" title="*x*" >}}'],
  ['of Hugo, read as Markdown', '{{% notice note %}}'],
  ['of Hugo over lines', '{{< figure\n  src="a.png"\n  alt="b"\n>}}'],
  ['of Hugo around words', '{{< quote >}}\nSome *words*\n{{< /quote >}}'],
  ['of Hugo around paragraphs', '{{% aside %}}\nOne\n\n- two\n\nthree\n{{% /aside %}}'],
  ['of Hugo in each other', '{{< tabs >}}\n\n{{< tab >}}\na\n{{< /tab >}}\n\n{{< /tabs >}}'],
  ['of Hugo around code', '{{< highlight sh >}}\n# no heading\n\n    a\n{{< /highlight >}}'],
  ['of Jekyll', '{% include youtube.html id="a_b" %}'],
  ['of Jekyll around code', '{% highlight yaml %}\na: b\n---\n# c\n\n<d>\n{% endhighlight %}'],
  ['of Jekyll, trimmed', '{%- comment -%}\nnothing\n\n* here\n{%- endcomment -%}'],
  ['of Jekyll, raw', '{% raw %}\n{{ a }}\n\n{% b %}\n{% endraw %}'],
  ['of Jekyll, a value', '{{ page.excerpt | markdownify }}'],
  ['some in a line', '{{< a >}} {{< b >}}'],
].map(([name = '', source = '']) => ({ name, source, format: 'markdown', what: 'shortcode' }));

const others: RawInput[] = [
  ['a formula', '$$\na_1 = b^{2}\n$$', 'math'],
  ['a formula in a line', '$$a_1 * b_2 * c$$', 'math'],
  ['a formula with blank lines', '$$\na\n\n- b\n$$', 'math'],
  ['a formula with a line of =', '$$\na\n=\nb\n$$', 'math'],
  ['a container', ':::note{.x title="y"}\nHello *you*\n\n- a\n:::', 'directive'],
  ['a container with a label', ':::tip[Read this]\na\n:::', 'directive'],
  ['containers in each other', '::::cols\n:::col\na\n:::\n\n:::col\nb\n:::\n::::', 'directive'],
  ['an import', "import Chart from './chart.jsx'", 'mdx'],
  ['imports', 'import { a, b } from "c"\nimport "d.css";', 'mdx'],
  ['an export', 'export const meta = { title: "a" }', 'mdx'],
  ['an element of MDX', '<Tabs items={[1, 2]} x={`y`}>', 'mdx'],
  ['an element of MDX over lines', '<Chart\n  data={[1, 2]}\n  kind="bar"\n/>', 'mdx'],
  ['a comment of MDX', '{/* nothing *here* */}', 'mdx'],
  ['abbreviations', '*[HTML]: Hyper Text\n*[EU]: European Union', 'abbreviation'],
  ['attributes of kramdown', '{: .lead #top}', 'attributes'],
  ['a note of GitHub’s', '> [!NOTE]\n> Read *this*.\n>\n> And this.', 'alert'],
  ['a definition that nothing uses', '[x]: http://x.y "t"', 'definition'],
  ['definitions', '[x]: /a\n[y]: <b c>\n  "t"', 'definition'],
].map(([name = '', source = '', what = '']) => ({ name, source, format: 'markdown', what }));

const quoted = ['quote: before', 'raw: | a |', 'raw: |---|', 'quote: behind'];
/** Out of what holds lines only: without its signs. */
const nested: RawInput[] = [
  {
    ...{ name: 'a table in a quote', source: '> before\n>\n> | a |\n> |---|\n>\n> behind' },
    ...{ format: 'markdown', what: 'table', kept: '| a |\n|---|', lines: quoted },
  },
  {
    ...{ name: 'a table in a list', source: '- one\n\n  | a |\n  |---|\n- two' },
    ...{ format: 'markdown', what: 'table', kept: '| a |\n|---|' },
    lines: ['list: one', 'raw: | a |', 'raw: |---|', 'list: two'],
  },
  {
    ...{ name: 'HTML in a numbered item', source: '1. one\n\n   <div>\n     a\n   </div>' },
    ...{ format: 'html', what: 'html', kept: '<div>\n  a\n</div>' },
  },
  {
    ...{ name: 'HTML in a list in a quote', source: '> - <div>\n>   a' },
    ...{ format: 'html', what: 'html', kept: '<div>\na' },
  },
  {
    ...{ name: 'a table in a thesis, behind it' },
    source: ':::thesis{#a}\nx\n\n| a |\n|---|\n\ny\n:::',
    ...{ format: 'markdown', what: 'table', kept: '| a |\n|---|' },
    lines: ['thesis: x', 'thesis: y', 'raw: | a |', 'raw: |---|'],
  },
  {
    ...{ name: 'a table that refers to what is defined below' },
    source: '| [a][x] |\n|---|\n\nb\n\n[x]: /u',
    ...{ format: 'markdown', what: 'table', kept: '| [a][x] |\n|---|' },
    lines: ['raw: | [a][x] |', 'raw: |---|', 'paragraph: b', 'raw: [x]: /u'],
  },
];

export const wholeInputs: readonly RawInput[] = [
  ...tables,
  ...html,
  ...inline,
  ...shortcodes,
  ...others,
];
export const nestedInputs: readonly RawInput[] = nested;
