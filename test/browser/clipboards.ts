/** What other programs put on the clipboard as HTML, as they write it. */

const docsSpan = (text: string, style = 'font-weight:400;font-style:normal;text-decoration:none') =>
  `<span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;background-color:transparent;${style};font-variant:normal;vertical-align:baseline;white-space:pre;white-space:pre-wrap;">${text}</span>`;
const docsParagraph = (content: string) =>
  `<p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;">${content}</p>`;
const docsItem = (text: string, level: number) =>
  `<li dir="ltr" style="list-style-type:disc;font-size:11pt;white-space:pre;" aria-level="${level}"><p dir="ltr" style="line-height:1.38;margin-top:0pt;margin-bottom:0pt;" role="presentation">${docsSpan(text)}</p></li>`;

/** Google Docs: all of it in a `<b>` that is not bold, looks as styles, lists within lists. */
export const googleDocs = `<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-3f1c2a9e-7fff-1b2c-9d3e-5a6b7c8d9e0f"><h1 dir="ltr" style="line-height:1.38;margin-top:20pt;margin-bottom:6pt;">${docsSpan('Who rides at night', 'font-weight:400;font-style:normal;text-decoration:none')}</h1>${docsParagraph(
  [
    docsSpan('Eleven people, and '),
    docsSpan('nine', 'font-weight:700;font-style:normal;text-decoration:none'),
    docsSpan(' of them '),
    docsSpan('work', 'font-weight:400;font-style:italic;text-decoration:none'),
    docsSpan(', '),
    docsSpan('or not', 'font-weight:400;font-style:normal;text-decoration:line-through'),
    docsSpan(' (see the '),
    `<a href="https://example.org/survey" style="text-decoration:none;">${docsSpan('survey', 'font-weight:400;font-style:normal;text-decoration:underline')}</a>`,
    docsSpan(').'),
  ].join(''),
)}<br />${docsParagraph(docsSpan('A second paragraph.'))}${docsParagraph(docsSpan('One line<br />and the next.'))}<ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;">${docsItem('First', 1)}<ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;">${docsItem('Under it', 2)}</ul>${docsItem('Second', 1)}</ul></b><br class="Apple-interchange-newline">`;

const wordItem = (marker: string, text: string, level: number) =>
  `<p class=MsoListParagraphCxSpMiddle style='margin-left:${level * 36}.0pt;text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span lang=EN-GB style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=EN-GB>${text}<o:p></o:p></span></p>`;

/** Word: a whole page with its styles, empty `o:p`, lists as paragraphs with a drawn bullet. */
export const word = `<html xmlns:v="urn:schemas-microsoft-com:vml"
xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=ProgId content=Word.Document>
<meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style>
<!--
 /* Style Definitions */
 p.MsoNormal, li.MsoNormal {margin:0cm; font-size:12.0pt; font-family:"Calibri",sans-serif;}
 h2 {mso-style-priority:9;}
-->
</style>
</head>
<body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'>
<!--StartFragment-->
<p class=MsoTitle><span lang=EN-GB>The night bus<o:p></o:p></span></p>
<h2><span lang=EN-GB>What the count leaves out<o:p></o:p></span></h2>
<p class=MsoNormal><span lang=EN-GB>The city counts <b>riders</b>, and never <i style='mso-bidi-font-style:normal'>those whom it
left</i> standing.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span
class=MsoFootnoteReference>[1]</span></a><o:p></o:p></span></p>
<p class=MsoNormal><span lang=EN-GB><o:p>&nbsp;</o:p></span></p>
${wordItem('·', 'A point', 1)}
${wordItem('o', 'Under it', 2)}
${wordItem('1.', 'A number', 1)}
<p class=MsoQuote><span lang=EN-GB>Nobody asked us.<o:p></o:p></span></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>Line<o:p></o:p></p></td><td><p class=MsoNormal>Riders<o:p></o:p></p></td></tr><tr><td><p class=MsoNormal>N6<o:p></o:p></p></td><td><p class=MsoNormal>11<o:p></o:p></p></td></tr></table>
<!--EndFragment-->
</body>
</html>`;

/** A newspaper's page: wrappers, pictures, scripts, broken lines, addresses that run something. */
export const webPage = `<meta charset='utf-8'><article class="story" style="color: rgb(18, 18, 18); font-family: georgia;">
  <header><h1 class="hed">Whom the bus leaves</h1></header>
  <figure><img src="https://tracker.example/p.gif" alt="A bus"><figcaption>The N6 at 3:40.</figcaption></figure>
  <script>alert(1)</script>
  <div class="body"><div>
    <p>The survey <em>asked</em> people <strong>on buses</strong>.<br>
    Whoever had given up was <a href="https://example.org/x" onclick="steal()">not there</a>,
    or <a href="javascript:alert(1)">was</a>.</p>
    <h5>Small print</h5>
    <blockquote><p>First of it.</p><p>Second of it.</p></blockquote>
    <ol><li>One<ul><li>Nested</li></ul></li><li>Two</li></ol>
    <pre><code>a = 1
b = 2</code></pre>
    <p>&nbsp;</p>
    Loose words<br>in no paragraph.
  </div></div>
</article>`;
