import type { Sample } from './samples.ts';

/* What a page draws and its HTML says in a roundabout way: raised letters, numbers, notes, nodes. */

const word = (content: string, notes = '') =>
  `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->${content}<!--EndFragment-->${notes}</body></html>`;
const ignored = (sign: string) =>
  `<![if !supportLists]><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>`;
const mark = (kind: 'ftn' | 'edn', label: string) =>
  `<a style='mso-${kind === 'ftn' ? 'foot' : 'end'}note-id:${kind}1' href="#_${kind}1" name="_${kind}ref1" title=""><span class=MsoEndnoteReference><![if !supportFootnotes]><span>[${label}]</span><![endif]></span></a>`;

export const edges: readonly Sample[] = [
  [
    'a page on normalize.css, whose raised letters are on the baseline and moved',
    `10<sup style="position:relative;font-size:75%;line-height:0;vertical-align:baseline;top:-0.5em">6</sup>, H<sub style="position:relative;font-size:75%;vertical-align:baseline;bottom:-0.25em">2</sub>O, <sup style="vertical-align:baseline">flat</sup>`,
    ['10⁶, H₂O, flat'],
  ],
  [
    'the same in a style sheet',
    `<style>sub,sup{font-size:75%;line-height:0;position:relative;vertical-align:baseline}sup{top:-.5em}sub{bottom:-.25em}</style><p>km<sup>2</sup>, CO<sub>2</sub></p>`,
    ['km², CO₂'],
  ],
  [
    'Word, Cocoa and mails, with letters raised by a length',
    `10<span style='position:relative;top:-6.0pt;mso-text-raise:6.0pt'>6</span> km<span style="font:7.3px Helvetica;vertical-align:4.3px">2</span> m<span style="font-size:0.7em;vertical-align:text-top">3</span> x<span style="font-size:60%;vertical-align:-20%">1</span>`,
    ['10⁶ km² m³ x₁'],
  ],
  [
    'a page that moves words which are not raised',
    `<span style="position:relative;top:-4px">a</span> <div style="font-size:10px;position:relative;top:-4px">cap</div> <span style="vertical-align:2px">b</span>`,
    ['a', 'cap', 'b'],
  ],
  [
    'Word, with numbered headings',
    word(
      `<h1 style='mso-list:l1 level1 lfo2'>${ignored('1')}Introduction</h1><h2 style='mso-list:l1 level2 lfo2'>${ignored('1.1')}Scope</h2>`,
    ),
    ['## 1 Introduction', '## 1.1 Scope'],
  ],
  [
    'Word, with an endnote that has a list and two paragraphs',
    word(
      `<p class=MsoNormal>Standing${mark('edn', 'i')} there.</p>`,
      `<div style='mso-element:endnote-list'><![if !supportEndnotes]><br clear=all><hr align=left size=1 width="33%"><![endif]><div style='mso-element:endnote' id=edn1><p class=MsoEndnoteText><a style='mso-endnote-id:edn1' href="#_ednref1" name="_edn1" title=""><span class=MsoEndnoteReference>[i]</span></a> The end.</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>${ignored('2.')}More.</p></div></div>`,
    ),
    ['Standing[^1] there.', '[^1]: The end. / 2. More.'],
  ],
  [
    'text in capitals by a style',
    `<p style="text-transform:uppercase">nato <span style="text-transform:none">is</span> <b>it</b></p>`,
    ['NATO is **IT**'],
  ],
  [
    'Word Online, with tracked changes',
    `<p class="Paragraph"><span class="TextRun TrackChangeTextInsertion TrackedChange">new</span><span class="TextRun TrackChangeTextDeletionMarker TrackedChange" style="text-decoration:line-through">old</span></p>`,
    ['new'],
  ],
  [
    'Google Docs, notes behind a ruler between breaks',
    `<b style="font-weight:normal;" id="docs-internal-guid-9"><p><span>Buses</span><span style="font-size:0.6em;vertical-align:super;"><a href="#ftnt1" id="ftnt_ref1">[1]</a></span></p><br><hr><br><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span> The note</span></p></b>`,
    ['Buses[^1]', '[^1]: The note'],
  ],
  [
    'an e-book',
    `<p>Text<a epub:type="noteref" href="#n1">1</a>.</p><aside epub:type="footnote" id="n1"><p>The note.</p></aside>`,
    ['Text[^1].', '[^1]: The note.'],
  ],
  [
    'Sphinx',
    `<p>Text<a class="footnote-reference brackets" href="#id2" id="id1" role="doc-noteref"><span class="fn-bracket">[</span>1<span class="fn-bracket">]</span></a>.</p><aside class="footnote brackets" id="id2" role="doc-footnote"><span class="label"><span class="fn-bracket">[</span><a role="doc-backlink" href="#id1">1</a><span class="fn-bracket">]</span></span><p>The note.</p></aside>`,
    ['Text[^1].', '[^1]: The note.'],
  ],
  [
    'a page whose notes have their brackets outside of what leads back',
    `<p>Text<sup>[<a id="r1" href="#d1">1</a>]</sup>.</p><p>[<a id="d1" href="#r1">1</a>] The note.</p>`,
    ['Text[^1].', '[^1]: The note.'],
  ],
  [
    'Outlook on a desk, an answer',
    word(
      `<div class=WordSection1><p class=MsoNormal>Mine</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Ann<br><b>Sent:</b> Monday</p></div></div><p class=MsoNormal>Hers</p></div>`,
    ),
    ['Mine', '> **From:** Ann', '> **Sent:** Monday', '> Hers'],
  ],
  [
    'Yahoo, an answer',
    `<div>Mine</div><div class="yahoo_quoted"><div>On Monday, Ann wrote:</div><div><div>Hers</div></div></div>`,
    ['Mine', '> On Monday, Ann wrote:', '> Hers'],
  ],
  ['WordPress, a poem', `<pre class="wp-block-verse">Roses\nred</pre>`, ['Roses', 'red']],
  [
    'Quill, tasks and code',
    `<ol><li data-list="checked">a</li><li data-list="unchecked">b</li></ol><div class="ql-code-block-container"><div class="ql-code-block">x</div><div class="ql-code-block">y</div></div>`,
    ['- ☑ a', '- ☐ b', '| x', '| y'],
  ],
  [
    'LibreOffice, with tracked changes',
    `<html><head><meta name="generator" content="LibreOffice 7.5"></head><body><p>Kept<ins datetime="2024-01-01T10:00:00"> new</ins><del datetime="2024-01-01T10:00:00"> old</del></p></body></html>`,
    ['Kept new'],
  ],
  [
    'Tiptap and CKEditor, a formula and a player without words',
    `<p>So <span data-type="inline-math" data-latex="E=mc^2"></span>.</p><figure class="media"><oembed url="https://v.example/1"></oembed></figure>`,
    [
      ...['So E=mc^2.', '[https://v.example/1](https://v.example/1)'],
      '(A formula is written as TeX. A player became its address.)',
    ],
  ],
  [
    'Jira, with nodes that have no words',
    `<div data-node-type="mediaSingle"><div data-node-type="media" data-id="1" data-type="file" data-alt="A bus"></div></div><p>On <span data-node-type="date" data-timestamp="1714521600000"></span> see <a data-inline-card="" href="https://example.org/x" data-card-data=""></a> <span data-emoji-short-name=":bus:" data-emoji-text="🚌"></span></p><div data-node-type="actionList"><div data-task-local-id="1" data-task-state="DONE">Did</div><div data-task-local-id="2" data-task-state="TODO">To do</div></div>`,
    [
      'On May 1, 2024 see [https://example.org/x](https://example.org/x) 🚌',
      ...['☑ Did', '☐ To do', '(A picture was left out: A bus.)'],
    ],
  ],
];
