/* What programs put on the clipboard, as they write it, and what is seen of it. */

/** [program, HTML, lines as `linesOf` says them, notes, what is said] */
export type Sample = readonly [from: string, html: string, lines: readonly string[]];

const wordPage = (content: string, notes = '') =>
  `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]--><style><!-- p.MsoNormal {margin:0cm;font-size:12.0pt;} span.Hid {display:none;mso-hide:all;} --></style></head><body lang=EN-GB><!--StartFragment-->${content}<!--EndFragment-->${notes}</body></html>`;

export const office: readonly Sample[] = [
  [
    'Word, with a footnote',
    wordPage(
      `<p class=MsoNormal>Standing<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]><span class=MsoFootnoteReference>[1]</span><![endif]></span></span></a> there.<o:p></o:p></p>`,
      `<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1 width="33%"><![endif]><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1" title=""><span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a> The <b>count</b> of 2024.<o:p></o:p></p></div></div>`,
    ),
    ['Standing[^1] there.', '[^1]: The **count** of 2024.'],
  ],
  [
    'Word, with a comment, deletions and hidden text',
    wordPage(
      `<p class=MsoNormal><a style='mso-comment-reference:JD_1;mso-comment-date:20240501T1000'>The night bus</a><span class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]><a class=msocomanchor id="_anchor_1" href="#_msocom_1" name="_msoanchor_1">[JD1]</a><![endif]><span style='mso-special-character:comment'>&nbsp;</span></span></span> stays.<span class=msoDel><del cite="mailto:JD" datetime="2024-05-01T10:00"> gone</del></span><ins cite="mailto:JD" datetime="2024-05-01T10:00"> New.</ins><span class=Hid>hidden</span></p>`,
      `<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1 width="33%"><![endif]><div style='mso-element:comment'><![if !supportAnnotations]><div id="_com_1" class=msocomtxt><![endif]><span style='mso-comment-author:JD'><![if !supportAnnotations]><a name="_msocom_1"></a><![endif]></span><p class=MsoCommentText>Cut this, legal says no!</p><![if !supportAnnotations]></div><![endif]></div></div>`,
    ),
    ['The night bus stays. New.'],
  ],
  [
    'Word Online',
    `<div class="OutlineElement Ltr"><p class="Paragraph" role="heading" aria-level="1"><span class="TextRun"><span class="NormalTextRun">Head</span></span><span class="EOP">&nbsp;</span></p></div><div class="ListContainerWrapper"><ul role="list"><li data-listid="1" data-aria-level="1" role="listitem"><p class="Paragraph"><span style="font-weight:bold">One</span><span class="EOP">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper"><ul role="list"><li data-listid="1" data-aria-level="2" role="listitem"><p class="Paragraph"><span>Two</span><span style="vertical-align:super;font-size:0.6em">2</span></p></li></ul></div>`,
    ['## Head', '- **One**', '  - Two²'],
  ],
  [
    'Google Docs, with footnotes and a comment',
    `<b style="font-weight:normal" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">Buses run</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup><span style="font-weight:700"> late</span><sup><a href="#ftnt2" id="ftnt_ref2">[2]</a></sup><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span> City <i>count</i>.</span></p></div><div><p><a href="#ftnt_ref2" id="ftnt2">[2]</a> Second.</p><p>It goes on.</p></div><div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>cut this</span></p></div></b>`,
    ['Buses run[^1]** late**[^2]', '[^1]: City *count*.', '[^2]: Second. / It goes on.'],
  ],
  [
    'LibreOffice',
    `<html><head><style type="text/css">p.sdfootnote { font-size: 10pt } a.sdfootnoteanc { font-size: 57% }</style></head><body><p>Text<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a> <font color="#f00"><b>more</b></font>.</p><div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>A note.</p></div></body></html>`,
    ['Text[^1] **more**.', '[^1]: A note.'],
  ],
  [
    'Apple Pages',
    `<html><head><meta name="Generator" content="Cocoa HTML Writer"><style type="text/css">p.p1 {margin: 0px; font: bold 18.0px Helvetica} p.p2 {margin:0;font: 13.0px Helvetica} span.s1 {font: italic 13.0px Helvetica} span.s2 {text-decoration: line-through}</style></head><body><p class="p1">Bold line</p><p class="p2">Some <span class="s1">it</span><span class="Apple-converted-space">&nbsp;</span><span class="s2">gone</span></p><p class="p2"><br></p><ul class="ul1"><li class="li1"><span class="s3"></span>Item</li></ul><br class="Apple-interchange-newline"></body></html>`,
    ['**Bold line**', 'Some *it* ~~gone~~', '- Item'],
  ],
  [
    'a part with marks whose notes were not copied',
    `<p>Only a part<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>, and<a href="#_ftn2" name="_ftnref2">2</a></p>`,
    ['Only a part[1], and[2]'],
  ],
  [
    'Google Sheets',
    `<google-sheets-html-origin><table><tr><td>Line</td><td>Riders</td></tr><tr><td>N6</td><td></td></tr></table>`,
    ['Line | Riders', 'N6 |', '(A table became lines, one for each of its rows.)'],
  ],
];

export const mail: readonly Sample[] = [
  [
    'Gmail',
    `<div dir="ltr">My words<div><br></div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Monday, Ann wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr"><div>First of hers.</div><div>Second.</div></div></blockquote></div></div>`,
    ['My words', 'On Monday, Ann wrote:', '> First of hers.', '> Second.'],
  ],
  [
    'Outlook',
    `<div>Mine</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Ann<br><b>Sent:</b> Monday</div><div>Hers</div>`,
    ['Mine', '---', '> **From:** Ann', '> **Sent:** Monday', '> Hers'],
  ],
  [
    'a newsletter',
    `<div style="display:none;max-height:0;mso-hide:all">Preheader</div><table role="presentation" width="100%"><tr><td><table border="0"><tr><td><h1>Hello</h1><p>One.</p></td></tr><tr><td>Left</td><td>Right</td></tr></table></td></tr></table><img src="t" width="1" height="1">`,
    ['## Hello', 'One.', 'Left', 'Right'],
  ],
  [
    'Slack',
    `<ul data-stringify-type="unordered-list" data-indent="0"><li data-stringify-indent="0">a</li></ul><ul data-stringify-type="unordered-list" data-indent="1"><li data-stringify-indent="1">b</li></ul><div class="p-rich_text_section">one<br>two<span data-stringify-type="paragraph-break"></span>three <img data-stringify-type="emoji" alt=":bus:" src="x"></div>`,
    ['- a', '  - b', 'one', 'two', 'three :bus:'],
  ],
  [
    'Teams',
    `<p>One&nbsp;</p>\n<p>&nbsp;</p>\n<p>Two <span title="Smile"><img itemscope itemtype="http://schema.skype.com/Emoji" alt="🙂" src="x"></span></p>`,
    ['One', 'Two 🙂'],
  ],
];

export const web: readonly Sample[] = [
  [
    'X',
    `<meta charset='utf-8'><span style="white-space: pre-wrap; display: inline !important">First line\n\nSecond <img alt="🚌" src="https://abs.example/e.svg"> end</span>`,
    ['First line', 'Second 🚌 end'],
  ],
  [
    'WhatsApp',
    `<meta charset='utf-8'><span dir="ltr" class="selectable-text copyable-text" style="white-space: pre-wrap;"><span>one\ntwo</span></span>`,
    ['one', 'two'],
  ],
  [
    'Tiptap',
    `<p data-pm-slice="1 1 []">Hello <strong>x</strong></p><ul data-type="taskList"><li data-checked="true"><label><input type="checkbox" checked="checked"><span></span></label><div><p>Done</p></div></li></ul><img alt="A bus" src="x">`,
    ['Hello **x**', '- ☑ Done', '(A picture was left out: A bus.)'],
  ],
  [
    'Confluence',
    `<ul class="inline-task-list"><li data-inline-task-id="1" class="checked"><span>Done</span></li><li data-inline-task-id="2"><span>Open</span></li></ul><div class="panel"><div class="panelContent"><p>In a panel</p></div></div>`,
    ['- ☑ Done', '- ☐ Open', 'In a panel'],
  ],
  [
    'Notion',
    `<meta charset='utf-8'><p>Text</p>\n<ul>\n<li>Point\n<ul>\n<li>Under it</li>\n</ul>\n</li>\n</ul>\n<aside>\n💡 Callout\n\n</aside>\n<!-- notionvc: 1 -->`,
    ['Text', '- Point', '  - Under it', '💡 Callout'],
  ],
  [
    'Medium',
    `<h3 name="1" class="graf graf--h3">Title</h3><p class="graf graf--p"><strong class="markup--strong">B</strong> and <a href="https://example.org/" class="markup--anchor" rel="noopener">link</a></p><figure><img alt="" src="x"><figcaption class="imageCaption">Cap</figcaption></figure><blockquote class="graf graf--pullquote">Quoted</blockquote>`,
    [
      '### Title',
      '**B** and [link](https://example.org/)',
      'Cap',
      '> Quoted',
      '(A picture was left out.)',
    ],
  ],
  [
    'Substack',
    `<p><span>Buses</span><a class="footnote-anchor" data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-1" href="https://x.example/p/y#footnote-1" target="_self">1</a><span> run.</span></p><div class="pullquote"><p>Pulled</p></div><div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-1" href="https://x.example/p/y#footnote-anchor-1" class="footnote-number">1</a><div class="footnote-content"><p>The note.</p></div></div>`,
    ['Buses[^1] run.', '> Pulled', '[^1]: The note.'],
  ],
  [
    'WordPress',
    `<!-- wp:paragraph --><p>Text<sup data-fn="3a" class="fn"><a id="3a-link" href="#3a">1</a></sup></p><!-- /wp:paragraph --><figure class="wp-block-pullquote"><blockquote><p>Pulled.</p><cite>Ann</cite></blockquote></figure><ol class="wp-block-footnotes"><li id="3a">The note <a href="#3a-link" aria-label="Back">↩︎</a></li></ol>`,
    ['Text[^1]', '> Pulled.', '> *Ann*', '[^1]: The note'],
  ],
  [
    'GitHub',
    `<p>Text<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref aria-describedby="footnote-label">1</a></sup>.</p><section data-footnotes class="footnotes"><h2 id="footnote-label" class="sr-only">Footnotes</h2><ol><li id="user-content-fn-1"><p>My reference. <a href="#user-content-fnref-1" data-footnote-backref class="data-footnote-backref">↩</a></p></li></ol></section>`,
    ['Text[^1].', '[^1]: My reference.'],
  ],
  [
    'Wikipedia, a note twice',
    `<p>Fact.<sup id="cite_ref-x_1-0" class="reference"><a href="https://en.example/wiki/X#cite_note-x-1"><span>[</span>1<span>]</span></a></sup> Again.<sup id="cite_ref-x_1-1" class="reference"><a href="https://en.example/wiki/X#cite_note-x-1">[1]</a></sup></p><ol class="references"><li id="cite_note-x-1"><span class="mw-cite-backlink">^ <a href="#cite_ref-x_1-0"><sup>a</sup></a> <a href="#cite_ref-x_1-1"><sup>b</sup></a></span> <span class="reference-text">Doe, <i>Buses</i>.</span></li></ol>`,
    ['Fact.[^1] Again.[^1]', '[^1]: Doe, *Buses*.'],
  ],
  [
    'KaTeX',
    `<p>So <span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>E</mi></mrow><annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span>E</span></span></span>.</p>`,
    ['So E=mc^2.', '(A formula is written as TeX.)'],
  ],
  [
    'VS Code',
    `<div style="color:#ccc;font-family:Menlo, monospace;font-weight:normal;white-space:pre;"><div><span>const a = 1;</span></div><br><div><span>  b()</span></div></div>`,
    ['const a = 1;', '  b()'],
  ],
];
