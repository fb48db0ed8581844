import { inScript } from '../html/script-letters.ts';

/* Elements that show something else than the text within them. */

const emoji =
  /^(?=.*[^\d#*])(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200D|\uFE0F|\u20E3|[#*\d])+$/u;

/** Pictures up to this size, in px, count readers or keep a place; nobody sees them. */
const smallest = 3;

export type Picture =
  | { readonly kind: 'text' | 'formula'; readonly text: string }
  | { readonly kind: 'picture'; readonly name: string }
  | undefined;

/** What a picture stands for: letters, as an emoji does, a formula, a picture, or nothing. */
export function readPicture(image: Element): Picture {
  const name = (image.getAttribute('alt') ?? '').trim();
  if (image.getAttribute('aria-roledescription') === 'checkbox') return undefined;
  const names = `${image.className} ${image.getAttribute('role') ?? ''}`;
  const isEmoji = /emoji|emoticon|smiley/i.test(
    `${names} ${image.getAttribute('itemtype') ?? ''} ${image.getAttribute('data-stringify-type') ?? ''}`,
  );
  if (name !== '' && (isEmoji || emoji.test(name))) return { kind: 'text', text: name };
  if (name !== '' && /\b(?:latex|tex|math|mwe-math\S*)\b/i.test(names)) {
    return { kind: 'formula', text: bareTex(name) };
  }
  const sizes = ['width', 'height'].map((side) => image.getAttribute(side));
  const isSmall = sizes.some((size) => size !== null && Number.parseFloat(size) <= smallest);
  return isSmall ? undefined : { kind: 'picture', name };
}

const pictureFile = /\.(?:png|jpe?g|gif|svg|webp|avif|bmp)(?:[?#]|$)/i;

/** An `object` or `embed` can be a picture. */
export function isPictureFile(element: Element): boolean {
  const type = element.getAttribute('type') ?? '';
  const file =
    element.getAttribute('data') ?? (element.matches('embed') ? element.getAttribute('src') : '');
  return type.startsWith('image/') || (type === '' && pictureFile.test(file ?? ''));
}

/** The address that a player or a frame shows, '' where none is known; undefined where it has no size. */
export function playedAddress(element: Element): string | undefined {
  const sizes = ['width', 'height'].map((side) => element.getAttribute(side));
  if (sizes.some((size) => size !== null && /^[0-3](?:px)?$/.test(size))) return undefined;
  const source = element.querySelector('source[src]');
  const address =
    element.getAttribute('src') ?? element.getAttribute('data') ?? source?.getAttribute('src');
  if (address?.startsWith('//') === true) return `https:${address}`;
  return address != null && /^https?:\/\//i.test(address) ? address : '';
}

/** The options of a `select` that are seen: the chosen one, or all where it is a list. */
export function chosenOptions(select: Element): string[] {
  const options = [...select.querySelectorAll('option')];
  const name = (option: Element) => option.getAttribute('label') ?? option.textContent.trim();
  const isList = select.hasAttribute('multiple') || Number(select.getAttribute('size') ?? 1) > 1;
  if (isList) return options.map(name);
  const chosen = options.findLast((option) => option.hasAttribute('selected')) ?? options[0];
  return chosen ? [name(chosen)] : [];
}

/** What an `input` shows; undefined where that is no text. */
export function shownValue(element: Element): string | undefined {
  const type = element.getAttribute('type')?.toLowerCase() ?? 'text';
  if (type === 'checkbox' || type === 'radio') return box(element.hasAttribute('checked'));
  if (/^(?:password|file|color|range)$/.test(type)) return undefined;
  return element.getAttribute('value') ?? '';
}

export function box(checked: boolean): string {
  return checked ? '☑ ' : '☐ ';
}

/** Whether an item of a list of tasks is done; undefined where it is no task. */
export function taskState(item: Element): boolean | undefined {
  // It shows its own.
  if (item.querySelector(':scope > input,:scope > label > input,:scope > p > input'))
    return undefined;
  const list = /^(un)?checked$/.exec(item.getAttribute('data-list') ?? '');
  if (list) return list[1] === undefined;
  const said = item.getAttribute('aria-checked') ?? item.getAttribute('data-checked');
  if (said !== null) return said === 'true';
  const drawn = item.querySelector(':scope > .checkbox');
  if (drawn) return drawn.classList.contains('checkbox-on');
  const listed = item.parentElement?.matches('.inline-task-list,[data-type="taskList"]');
  return listed ? item.classList.contains('checked') : undefined;
}

/** A formula as TeX where it brings that, else its letters. */
export function readFormula(math: Element): { text: string; isTex: boolean } {
  const annotation = math.querySelector('annotation[encoding*="tex" i]');
  const tex = annotation?.textContent ?? math.getAttribute('alttext');
  if (tex != null && tex.trim() !== '') return { text: bareTex(tex), isTex: true };
  return { text: lettersOf(math).replace(/\s+/g, ' ').trim(), isTex: false };
}

function bareTex(tex: string): string {
  return /^\{\\(?:displaystyle|textstyle)\s*([^]*)\}$/.exec(tex.trim())?.[1]?.trim() ?? tex.trim();
}

/** MathML as a line of letters. */
function lettersOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? '';
  const name = node.nodeName.toLowerCase();
  if (/^(?:annotation(?:-xml)?|mphantom|mspace|none|mprescripts)$/.test(name)) return '';
  const elements = [...node.childNodes].filter(({ nodeType }) => nodeType === Node.ELEMENT_NODE);
  const parts = elements.map(lettersOf);
  const [first = '', second = '', third = ''] = parts;
  const raised = (text: string) => (text === '' ? '' : inScript(text, 'super').text);
  const lowered = (text: string) => (text === '' ? '' : inScript(text, 'sub').text);
  switch (name) {
    case 'msup':
    case 'mover':
      return isAccent(second) ? first + second : first + raised(second);
    case 'msub':
    case 'munder':
      return first + lowered(second);
    case 'msubsup':
    case 'munderover':
      return first + lowered(second) + raised(third);
    case 'mfrac':
      return `${grouped(first)}/${grouped(second)}`;
    case 'msqrt':
      return `√(${parts.join('')})`;
    case 'mroot':
      return `${raised(second)}√(${first})`;
    case 'mtr':
    case 'mlabeledtr':
      return parts.join(', ');
    case 'mtable':
      return `(${parts.join('; ')})`;
    case 'semantics':
    case 'maction':
      return first;
    default:
      // Signs that say how to multiply, for readers that speak, have no form.
      return [...node.childNodes]
        .map(lettersOf)
        .join('')
        .replace(/[\u2061-\u2064]/g, '');
  }
}

function grouped(part: string): string {
  return /^[\p{L}\p{N}.,]+$/u.test(part) ? part : `(${part})`;
}

/** A bar, a hat or an arrow over a letter. */
function isAccent(sign: string): boolean {
  return /^(?:\p{Mn}|[¯^~\u02C6-\u02DC\u203E\u2192])$/u.test(sign);
}
