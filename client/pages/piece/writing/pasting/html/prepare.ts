import { writeOutNodes } from '../replaced/named-nodes.ts';

/*
 * What stands in a pasted document and is not of its text: comments of reviewers, deletions that are
 * tracked, and the marks that programs set for themselves. The text is taken as it would be printed.
 */

/** Comments and their marks, of Word. */
const wordComments = [
  '.MsoCommentReference',
  '.msocomanchor',
  '.msocomtxt',
  '.msocomhide',
  'hr.msocomoff',
  'a[href*="#_msocom_"]',
  'a[name^="_msoanchor_"]',
  '[id^="_com_"]',
];

/** In `style`: comments, running heads, and the code of a field (what it shows follows). */
const unprinted =
  /mso-element:\s*(?:comment|header|footer|field-begin)|mso-special-character:\s*comment/i;

/** A deletion that is tracked, of Word Online. */
const deleted = 'del[cite],.msoDel,[class*="TrackChangeTextDeletion"]';

/** Takes out what is not to be pasted, and names what only styles say. */
export function prepare(body: HTMLElement): void {
  removeAnnotations(body);
  for (const each of body.querySelectorAll(wordComments.join())) each.remove();
  for (const each of body.querySelectorAll('[style*="mso-element" i],[style*="mso-special" i]')) {
    if (unprinted.test(each.getAttribute('style') ?? '')) each.remove();
  }
  for (const each of body.querySelectorAll(deleted)) each.remove();
  // On a web page it is words that are struck through.
  const writer = 'meta[name="generator" i][content*="LibreOffice" i]';
  if (body.querySelector('[class*="Mso"]') ?? body.ownerDocument.querySelector(writer)) {
    for (const each of body.querySelectorAll('del[datetime]')) each.remove();
  }
  removeDocsComments(body);
  writeOutNodes(body);
  quoteReplies(body);
}

/** What Word shows to programs that know no comments: between two comments of HTML. */
function removeAnnotations(body: HTMLElement): void {
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const begun: Node[] = [];
  for (let node = comments.nextNode(); node; node = comments.nextNode()) {
    if (node.nodeValue?.includes('!supportAnnotations') === true) begun.push(node);
  }
  for (const begin of begun) {
    for (let node = begin.nextSibling; node; node = begin.nextSibling) {
      const ends =
        node.nodeType === Node.COMMENT_NODE && node.nodeValue?.includes('endif') === true;
      node.parentNode?.removeChild(node);
      if (ends) break;
    }
  }
}

/** Google Docs: "[a]" in the text, and the comments at its end. */
function removeDocsComments(body: HTMLElement): void {
  for (const link of body.querySelectorAll('a[id^="cmnt"]')) {
    const isMark = link.id.startsWith('cmnt_ref');
    if (!isMark && link.getAttribute('href')?.includes('#cmnt_ref') !== true) continue;
    const mark = link.closest('sup') ?? link;
    const text = link.closest('div') ?? link.closest('p') ?? link;
    (isMark ? mark : text).remove();
  }
}

/** Outlook puts the message that is answered behind its head, in no element of its own. */
function quoteReplies(body: HTMLElement): void {
  const head = body.querySelector('#divRplyFwdMsg') ?? deskHead(body);
  if (!head || head.closest('blockquote')) return;
  const quote = body.ownerDocument.createElement('blockquote');
  head.before(quote);
  for (let node = quote.nextSibling; node; node = quote.nextSibling) quote.append(node);
}

/** Of Outlook on a desk: "From: …" below a line of its own colours, which is all that says so. */
function deskHead(body: HTMLElement): Element | null {
  const lined = [...body.querySelectorAll('div[style*="border-top" i]')].find(
    (each) =>
      /border-top:\s*solid #(?:e1e1e1|b5c4df)/i.test(each.getAttribute('style') ?? '') &&
      each.querySelector('b')?.textContent.includes(':') === true,
  );
  let head = lined ?? null;
  while (
    head?.parentElement?.matches('div:not([class])') &&
    head.parentElement.children.length === 1
  )
    head = head.parentElement;
  return head;
}
