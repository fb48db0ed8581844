import { box } from './replaced.ts';

/*
 * What editors draw on their pages and copy as attributes only, of elements without words: of Confluence
 * and Jira dates, titles of what unfolds, boxes of tasks, pictures, cards of links; of Tiptap formulas;
 * of CKEditor players.
 */

/** Writes it into the elements. */
export function writeOutNodes(body: HTMLElement): void {
  const page = body.ownerDocument;
  const each = (selector: string, write: (element: HTMLElement) => void) =>
    body.querySelectorAll<HTMLElement>(selector).forEach(write);
  const fill = (element: HTMLElement, text: string | null | undefined) => {
    if (element.textContent.trim() === '' && text != null) element.textContent = text;
  };
  each('[data-node-type="date"][data-timestamp]', (date) => {
    fill(date, dayOf(Number(date.dataset['timestamp'])));
  });
  each('[data-emoji-short-name]', (emoji) => {
    fill(emoji, emoji.dataset['emojiText'] ?? emoji.dataset['emojiShortName']);
  });
  each('a[data-inline-card],a[data-block-card],a[data-embed-card]', (card) => {
    if (!card.querySelector('img')) fill(card, card.getAttribute('href'));
  });
  each('[data-node-type="media"]', (media) => {
    if (media.querySelector('img,video') || media.textContent.trim() !== '') return;
    const picture = page.createElement('img');
    picture.alt = media.dataset['alt'] ?? '';
    media.append(picture);
  });
  each('[data-node-type="expand"],[data-node-type="nestedExpand"]', (expand) => {
    const title = page.createElement('p');
    title.textContent = expand.dataset['title'] ?? '';
    expand.prepend(title);
  });
  each('[data-latex]', (formula) => {
    if (formula.textContent.trim() !== '' || formula.querySelector('math,img')) return;
    const picture = page.createElement('img');
    picture.className = 'tex';
    picture.alt = formula.dataset['latex'] ?? '';
    formula.append(picture);
  });
  each('oembed[url]', (player) => {
    const frame = page.createElement('iframe');
    frame.src = player.getAttribute('url') ?? '';
    player.replaceWith(frame);
  });
  each('[data-task-local-id][data-task-state]:not(li)', (task) => {
    task.prepend(box(task.dataset['taskState'] === 'DONE'));
  });
}

/** As the pages show it: a day, of no time zone. Undefined where it is none. */
function dayOf(time: number): string | undefined {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return undefined;
  return date.toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
}
