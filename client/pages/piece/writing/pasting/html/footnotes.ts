/*
 * Footnotes in pasted HTML. Every program writes them as two places that lead to each other: the mark
 * leads to the note (`href="#ftnt1"`), and the note back to the mark. That is how they are known, and
 * not by any program's names.
 */

export interface FoundNotes {
  /** The id of the note that each mark is for. */
  readonly marks: ReadonlyMap<Element, string>;
  /** The elements of each note, taken out of the document, without what leads back. */
  readonly notes: ReadonlyMap<string, Element>;
  /** Marks whose note did not come along. */
  readonly lost: ReadonlySet<Element>;
}

const holders = 'li,p,div,td,dd,aside,section';
/** Lists of notes, whose items need not lead back. */
const lists =
  '.footnotes,[data-footnotes],[role="doc-endnotes"],[role="doc-footnote"],.wp-block-footnotes,.references,[epub\\:type~="footnote"],[epub\\:type~="endnote"]';
const markNames =
  '[data-footnote-ref],[data-footnote],[role="doc-noteref"],[epub\\:type~="noteref"],.footnote-anchor,.footnote-ref,.fn,.reference';
/** The names of places that marks lead to, by the programs that are known. */
const noteNames = /^(?:_ftn|_edn|ftnt|sdfootnote|sdendnote|fn|cite_note|footnote|endnote)/i;
const unseenLabel = '.mw-cite-backlink,.footnote-number,.footnote-backref,[data-footnote-backref]';

export function findNotes(body: HTMLElement, newId: () => string): FoundNotes {
  const links = [...body.querySelectorAll<HTMLElement>('a[href*="#"]')];
  const places = new Map<string, Element>();
  if (links.length > 0) {
    for (const each of body.querySelectorAll('[id],a[name]')) {
      for (const name of [each.id, each.getAttribute('name') ?? '']) {
        if (name !== '' && !places.has(name)) places.set(name, each);
      }
    }
  }
  const target = (link: Element) => places.get(fragmentOf(link));
  const marks = new Map<Element, string>();
  const notes = new Map<string, Element>();
  const ids = new Map<Element, string>();
  const lost = new Set<Element>();
  for (const mark of links) {
    const place = target(mark);
    const note = place && noteAround(place, body, target);
    if (note && isBefore(mark, note) && isNote(mark, note, target)) {
      const id = ids.get(note) ?? newId();
      ids.set(note, id);
      notes.set(id, note);
      marks.set(mark, id);
    } else if (isLostMark(mark)) lost.add(mark);
  }
  for (const mark of marks.keys()) lost.delete(mark);
  for (const note of ids.keys()) takeOut(note, body, (link) => isMarked(target(link), marks));
  for (const mark of marks.keys()) bareMark(mark);
  return { marks, notes, lost };
}

/** The place of a link within the document; '' where it leads elsewhere. */
function fragmentOf(link: Element): string {
  const href = link.getAttribute('href') ?? '';
  const fragment = href.slice(href.indexOf('#') + 1);
  try {
    return decodeURIComponent(fragment);
  } catch {
    // A "%" that encodes nothing: it is the name as it stands.
    return fragment;
  }
}

/** All of the note that a place is in: the block around it, or all blocks that begin with it. */
function noteAround(
  place: Element,
  body: Element,
  target: (link: Element) => Element | undefined,
): Element | undefined {
  const block = place.closest(holders);
  if (!block || block === body) return undefined;
  if (block === place) return block;
  const around = block.parentElement;
  if (!around || around === body || !around.matches('div,li,aside')) return block;
  const leaving = [...around.querySelectorAll('a[href*="#"]')].filter((link) => {
    const to = target(link);
    return to !== undefined && !around.contains(to);
  });
  return around.firstElementChild === block && leaving.length === 1 ? around : block;
}

function isNote(
  mark: Element,
  note: Element,
  target: (link: Element) => Element | undefined,
): boolean {
  if (note.contains(mark) || /^h\d$/.test(note.localName)) return false;
  // A section whose heading leads back to a table of contents.
  if (note.querySelector('h1,h2,h3,h4,h5,h6')) return false;
  if (note.closest(lists) && mark.closest(`${markNames},sup`)) return true;
  return [...note.querySelectorAll('a[href*="#"]')].some((link) => {
    const back = target(link);
    return back !== undefined && isMarkAt(mark, back);
  });
}

/** Whether a place is that of a mark: itself, or what is raised with it. */
function isMarkAt(mark: Element, place: Element): boolean {
  if (place === mark || mark.contains(place)) return true;
  return place.contains(mark) && place.matches('sup,span,a');
}

function isMarked(place: Element | undefined, marks: ReadonlyMap<Element, string>): boolean {
  return place !== undefined && [...marks.keys()].some((mark) => isMarkAt(mark, place));
}

function isBefore(a: Node, b: Node): boolean {
  return (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function isLostMark(link: Element): boolean {
  const text = link.textContent.trim();
  if (!/^\[?[\divxlc*†‡]{1,5}\]?$/i.test(text)) return false;
  return noteNames.test(fragmentOf(link)) || link.closest(markNames) !== null;
}

/** Takes a note out, with the ruler and the heading that stood over it where it was the last. */
function takeOut(note: Element, body: Element, leadsBack: (link: Element) => boolean): void {
  for (const link of note.querySelectorAll('a[href*="#"]')) {
    if (!leadsBack(link)) continue;
    const label = link.closest('sup') ?? link;
    const { nextSibling, previousSibling, parentElement } = label;
    label.remove();
    if (/^\s*[[(]\s*$/.test(previousSibling?.nodeValue ?? '')) previousSibling?.remove();
    if (nextSibling?.nodeType === Node.TEXT_NODE) {
      nextSibling.nodeValue = (nextSibling.nodeValue ?? '').replace(/^[\s.):\]]+/, ' ');
    }
    removeBrackets(parentElement, note);
  }
  for (const label of note.querySelectorAll(unseenLabel)) label.remove();
  let at = note.parentElement;
  removeRuler(note);
  note.remove();
  while (at && at !== body && isEmpty(at)) {
    const { parentElement } = at;
    removeRuler(at);
    at.remove();
    at = parentElement;
  }
}

/** Elements around a label that hold nothing else but its brackets. */
function removeBrackets(around: Element | null, note: Element): void {
  for (let at = around; at && at !== note;) {
    if (!/^[\s[\]().:]*$/.test(at.textContent) || at.querySelector('img,hr')) return;
    const { parentElement } = at;
    at.remove();
    at = parentElement;
  }
}

/** Of a list of notes, when all have been taken out. */
function isEmpty(element: Element): boolean {
  const copy = element.cloneNode(true) as Element;
  if (element.matches(lists)) {
    for (const heading of copy.querySelectorAll('h1,h2,h3,h4,h5,h6,style')) heading.remove();
  }
  return copy.textContent.trim() === '' && !copy.querySelector('img,table');
}

function removeRuler(element: Element): void {
  let before = element.previousElementSibling;
  while (before?.matches('br')) before = before.previousElementSibling;
  // A list of notes is set off by its own style: what stands before it is a divider of the text.
  if (element.matches(lists) && !before?.matches('.footnotes-sep')) return;
  const ruler = before?.matches('hr') ? before : before?.querySelector('hr');
  if (before && ruler && before.textContent.trim() === '') before.remove();
}

/** Takes the commas and brackets off that stand around marks only. */
function bareMark(mark: Element): void {
  const raised = mark.closest('sup');
  if (!raised) return;
  const texts = [...raised.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
  if (texts.every(({ nodeValue }) => /^[\s,;[\]()]*$/.test(nodeValue ?? ''))) {
    for (const text of texts) raised.removeChild(text);
  }
}
