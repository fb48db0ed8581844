/* The page in which pasted HTML is read: the reader of the web app, without an editor around it. */
import { readHtml, type Room } from '../../../client/pages/piece/writing/pasting/html/read-html.ts';
import { Notices } from '../../../client/pages/piece/writing/pasting/told.ts';
import type { DeltaOp } from '../../../shared/document/index.ts';

export interface ReadInPage {
  body: readonly DeltaOp[];
  notes: (readonly [string, readonly DeltaOp[]])[];
  said: string | undefined;
}

declare global {
  interface Window {
    read: (html: string, room?: Partial<Room>) => ReadInPage;
    /** What a browser shows of it: the words, line by line. */
    seen: (html: string) => string;
    /** The words ("w1q") of which a browser draws something, wherever that is on the page. */
    drawn: (html: string) => string[];
  }
}

window.read = (html, room = {}) => {
  const notices = new Notices();
  const { body, notes } = readHtml(html, { notes: true, shape: 'blocks', ...room }, notices);
  return { body, notes: [...notes], said: notices.text() };
};

window.seen = (html) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin');
  document.body.append(frame);
  const { body } = frame.contentDocument!;
  body.innerHTML = html;
  const text = body.innerText;
  frame.remove();
  return text;
};

let screen: HTMLIFrameElement | undefined;

/** Asked of the browser's own layout: a word is drawn where a point of it hits the element it is in. */
window.drawn = (html) => {
  screen ??= document.createElement('iframe');
  if (!screen.isConnected) {
    screen.setAttribute('sandbox', 'allow-same-origin');
    screen.style.cssText = 'position:fixed;inset:0;width:800px;height:2000px;border:0';
    document.body.append(screen);
  }
  const page = screen.contentDocument!;
  page.body.innerHTML = html;
  // In elements of their own: a box without a size is not hit where its words are.
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  const nodes: Node[] = [];
  while (texts.nextNode())
    if (/w\d+q/.test(texts.currentNode.nodeValue!)) nodes.push(texts.currentNode);
  const words = nodes.map((node) => {
    const word = page.createElement('a');
    node.parentNode!.replaceChild(word, node);
    word.append(node);
    return word;
  });
  const found = words
    .filter(
      (word) =>
        isOpaque(word) && [...word.getClientRects()].some((rect) => isHit(page, word, rect)),
    )
    .flatMap((word) => word.textContent.match(/w\d+q/g) ?? []);
  page.body.innerHTML = '';
  return found;
};

function isOpaque(element: Element): boolean {
  const { color, fontSize } = getComputedStyle(element);
  if (/^rgba\(.*, 0\)$/.test(color) || Number.parseFloat(fontSize) <= 1) return false;
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

function isHit(page: Document, element: Element, { left, top, width, height }: DOMRect): boolean {
  const shares = [0.3, 0.5, 0.7];
  return shares.some((x) =>
    shares.some((y) =>
      page.elementsFromPoint(left + x * width, top + y * height).includes(element),
    ),
  );
}
