/* The page in which pasted HTML is read: the reader of the web app, without an editor around it. */
import { readHtml, type Room } from '../../../client/pages/piece/writing/pasting/read-html.ts';
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
