import type { Sample } from './samples.ts';

/* Further programs, and what of theirs is seen and what is not. */

export const more: readonly Sample[] = [
  [
    'Ghost, with a toggle, a bookmark and a callout',
    `<h2 id="why">Why</h2><div class="kg-card kg-callout-card kg-callout-card-blue"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">Buses <b><strong>pay</strong></b>.</div></div><figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://example.org/a"><div class="kg-bookmark-content"><div class="kg-bookmark-title">A study</div></div></a></figure><figure class="kg-card kg-image-card"><img class="kg-image" alt="A bus" src="x"></figure>`,
    [
      '## Why',
      '💡',
      'Buses **pay**.',
      '[A study](https://example.org/a)',
      '(A picture was left out: A bus.)',
    ],
  ],
  [
    'Apple Notes',
    `<html><head><meta name="Generator" content="Cocoa HTML Writer"><style type="text/css">p.p1 {margin: 0.0px; font: 17.0px '.AppleSystemUIFont'} span.s1 {font-family: '.AppleSystemUIFont'; font-weight: bold; font-size: 17.00px} li.li1 {margin: 0.0px; font: 13.0px '.AppleSystemUIFont'}</style></head><body><p class="p1"><span class="s1">Head</span></p><p class="p1"><br></p><ul class="ul1"><li class="li1">Milk</li><li class="li1">Bread</li></ul></body></html>`,
    ['**Head**', '- Milk', '- Bread'],
  ],
  [
    'Word for Mac, with a list that goes on from 3 and hidden text',
    `<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15 (Mac)"></head><body lang=EN-GB><!--StartFragment--><p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-fareast-font-family:Aptos'><span style='mso-list:Ignore'>3.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Third</p><p class=MsoNormal>Shown<span style='display:none;mso-hide:all'> hidden</span><o:p></o:p></p><!--EndFragment--></body></html>`,
    ['1. Third', 'Shown', '(A list is numbered from 1 here: its numbers or letters were others.)'],
  ],
  [
    'Outlook on the web',
    `<div class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);">Dear Ann,</div><div class="elementToProof"><br></div><div class="elementToProof">see <a href="https://example.org/" data-auth="NotApplicable">this</a>.</div><div id="Signature"><p>Ben</p></div>`,
    ['Dear Ann,', 'see [this](https://example.org/).', 'Ben'],
  ],
  [
    'Outlook on a desk',
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><div class=WordSection1><p class=MsoNormal>Dear Ann,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal><a href="file:///C:\\x.docx">the draft</a><o:p></o:p></p></div></body></html>`,
    ['Dear Ann,', 'the draft', '(A link whose address is not allowed here became its words.)'],
  ],
  [
    'Medium, with a drop cap, code and an embedded player',
    `<p class="graf graf--p graf--hasDropCap"><span class="graf-dropCap" style="float:left">N</span>ight buses</p><pre class="graf graf--pre"><span class="pre--content">a = 1<br>b = 2</span></pre><figure class="graf"><div class="iframeContainer" style="position:relative;height:0;padding-bottom:56.25%;overflow:hidden"><iframe src="https://v.example/1" width="640" height="360" style="position:absolute;top:0;left:0"></iframe></div><figcaption>Cap</figcaption></figure>`,
    [
      'Night buses',
      '| a = 1',
      '| b = 2',
      '[https://v.example/1](https://v.example/1)',
      'Cap',
      '(A player became its address.)',
    ],
  ],
  [
    'Substack, with a button and a poll',
    `<p>Words</p><p class="button-wrapper"><a class="button primary" href="https://x.example/subscribe"><span>Subscribe now</span></a></p><div class="captioned-image-container"><figure><img alt="" src="x"><figcaption class="image-caption">Cap</figcaption></figure></div>`,
    ['Words', '[Subscribe now](https://x.example/subscribe)', 'Cap', '(A picture was left out.)'],
  ],
  [
    'Confluence, with an expander, a status and a task',
    `<div data-node-type="expand" data-title="More"><p>Inside</p></div><p>It is <span data-node-type="status" data-color="green">DONE</span></p><table data-layout="default"><tbody><tr><th><p>Line</p></th><th><p>Riders</p></th></tr><tr><td><p>N6</p></td><td><p>40</p></td></tr></tbody></table>`,
    [
      'More',
      'Inside',
      'It is DONE',
      'Line | Riders',
      'N6 | 40',
      '(A table became lines, one for each of its rows.)',
    ],
  ],
  [
    'X, a post with its mentions and hidden label',
    `<div dir="auto" lang="en" data-testid="tweetText"><span style="white-space:pre-wrap">One\n\nTwo </span><span><a href="/ann">@ann</a></span></div><span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">1,204 views</span>`,
    ['One', 'Two [@ann](/ann)'],
  ],
  [
    'Slack, ordered and quoted',
    `<ol data-stringify-type="ordered-list" data-indent="0"><li data-stringify-indent="0">a</li><li data-stringify-indent="0">b</li></ol><blockquote type="cite" data-stringify-type="quote">said</blockquote><pre data-stringify-type="pre">x = 1\ny</pre><a href="https://example.org" class="c-link">link</a>`,
    ['1. a', '1. b', '> said', '| x = 1', '| y', '[link](https://example.org)'],
  ],
  [
    'WhatsApp Web, several messages',
    `<div><div class="copyable-text" data-pre-plain-text="[10:02, 5/1/2024] Ann: "><span class="selectable-text" style="white-space:pre-wrap">one\ntwo <img alt="🚌" class="emoji" src="x"></span></div></div><div><div class="copyable-text"><span class="selectable-text"><strong>three</strong></span></div></div>`,
    ['one', 'two 🚌', '**three**'],
  ],
  [
    'Notion, a toggle, a callout and tasks',
    `<meta charset='utf-8'><ul>\n<li>\n<p>Toggle</p>\n<p>In it</p>\n</li>\n</ul>\n<ul class="to-do-list"><li><input type="checkbox" checked disabled>Done</li><li><input type="checkbox" disabled>Open</li></ul><aside>\n<p>📣 Call</p>\n</aside><ol>\n<li>One\n<ol>\n<li>Deep</li>\n</ol>\n</li>\n<li>Two</li>\n</ol>`,
    [
      ...[
        '- Toggle',
        '- In it',
        '- ☑ Done',
        '- ☐ Open',
        '📣 Call',
        '1. One',
        '  1. Deep',
        '1. Two',
      ],
      '(Another paragraph of a list item became an item.)',
    ],
  ],
  [
    'Google Docs, with a checklist, a table, a chip and a suggestion',
    `<b style="font-weight:normal;" id="docs-internal-guid-2"><ul><li dir="ltr" role="checkbox" aria-checked="true" aria-level="1" style="list-style-type:none"><img aria-roledescription="checkbox" src="data:x" alt="checked"><p dir="ltr" style="display:inline-block"><span style="text-decoration:line-through">Done</span></p></li></ul><p><span>Ask </span><a href="mailto:ann@example.org"><span>Ann Lee</span></a><span>, due 1 May</span></p><div dir="ltr" align="left"><table><colgroup><col></colgroup><tbody><tr><td><p><span>Line</span></p></td><td><p><span>Riders</span></p></td></tr></tbody></table></div><ol start="3"><li aria-level="1" style="list-style-type:decimal"><p><span>Third</span></p></li></ol></b>`,
    [
      ...[
        '- ☑ ~~Done~~',
        'Ask [Ann Lee](mailto:ann@example.org), due 1 May',
        'Line | Riders',
        '1. Third',
      ],
      '(A table became lines, one for each of its rows. A list is numbered from 1 here: its numbers or letters were others.)',
    ],
  ],
];
