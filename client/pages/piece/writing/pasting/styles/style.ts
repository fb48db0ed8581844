/*
 * How pasted elements are styled: their `style` attributes, and the style sheets that Word, LibreOffice
 * and Cocoa put on the clipboard. Read as text, since a browser drops what it does not know, such as
 * Word's `mso-hide`.
 */

export type Declarations = ReadonlyMap<string, string>;

const none: Declarations = new Map();

/** What says whether and how text is seen. */
const counting =
  /^(?:display|visibility|content-visibility|opacity|filter|float|flex|flex-grow|overflow(?:-[xy])?|(?:max-|min-)?(?:height|width)|padding(?:-(?:top|right|bottom|left))?|margin|margin-left|font|font-weight|font-style|font-size|color|-webkit-text-fill-color|background-clip|-webkit-background-clip|text-shadow|text-decoration|text-decoration-line|text-indent|vertical-align|white-space|white-space-collapse|position|inset|left|top|right|bottom|transform|translate|scale|clip|clip-path|list-style|list-style-type|mso-hide|mso-list|mso-element|mso-special-character|mso-outline-level|mso-text-raise|text-transform)$/;

const sides = ['top', 'right', 'bottom', 'left'];

/** What stands for several others, as they are named here. */
function longhands(name: string, value: string): [string, string][] {
  const parts = value.split(/\s+/);
  const [first = '', second = first, third = first, fourth = second] = parts;
  const four = (prefix: string) =>
    sides.map((side, i): [string, string] => [
      prefix + side,
      [first, second, third, fourth][i] ?? '',
    ]);
  if (name === 'overflow')
    return [
      ['overflow-x', first],
      ['overflow-y', second],
    ];
  if (name === 'font') return fontParts(value);
  if (name === 'padding' || name === 'margin') return four(`${name}-`);
  if (name === 'inset') return four('');
  if (name === 'flex')
    return [['flex-grow', first === 'auto' ? '1' : first === 'none' ? '0' : first]];
  if (name === '-webkit-background-clip') return [['background-clip', value]];
  return [[name, value]];
}

/** "italic bold 12px/1.5 Arial": what it does not say is as usual. */
function fontParts(font: string): [string, string][] {
  if (/^(?:inherit|unset)$/.test(font)) return [];
  return [
    ['font-weight', /(?:^|\s)(bold(?:er)?|lighter|[1-9]00)(?=\s)/.exec(font)?.[1] ?? 'normal'],
    ['font-style', /(?:^|\s)(italic|oblique)(?=\s)/.exec(font)?.[1] ?? 'normal'],
    ['font-size', /(?:^|\s)(\d*\.?\d+(?:[a-z]+|%)|0)(?=[\s/])/.exec(font)?.[1] ?? 'medium'],
  ];
}

/** Rules that are taken from style sheets at most; each is looked for in all of the document. */
const maxRules = 400;

interface Rule {
  readonly selector: string;
  readonly weight: number;
  readonly declarations: Declarations;
}

/** The styles of one document. */
export class Styles {
  readonly #inline = new Map<string, Declarations>();
  readonly #sheet = new Map<Element, Map<string, string>>();

  constructor(page: Document) {
    const sheets = [...page.querySelectorAll('style')].map(({ textContent }) => textContent);
    const rules = readRules(sheets.join('\n')).slice(0, maxRules);
    for (const { selector, declarations } of rules.sort((a, b) => a.weight - b.weight)) {
      for (const element of matching(page, selector)) {
        const known = this.#sheet.get(element) ?? new Map<string, string>();
        for (const [name, value] of declarations) known.set(name, value);
        this.#sheet.set(element, known);
      }
    }
  }

  /** What is declared for an element itself; its own `style` counts before sheets. */
  of(element: Element): Declarations {
    const sheet = this.#sheet.get(element);
    const text = element.getAttribute('style');
    if (text === null) return sheet ?? none;
    let inline = this.#inline.get(text);
    if (!inline) this.#inline.set(text, (inline = readDeclarations(text)));
    return sheet ? new Map([...sheet, ...inline]) : inline;
  }
}

/** "a: b; c: d", names and values in lower case. */
export function readDeclarations(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.match(/(?:"[^"]*"|'[^']*'|\([^)]*\)|[^;])+/g) ?? []) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = part.slice(colon + 1).replace(/!\s*important\s*$/i, '');
    if (!counting.test(name)) continue;
    for (const [long, each] of longhands(name, value.trim().toLowerCase())) {
      // A later one counts, and is the last of the map.
      found.delete(long);
      if (each !== '') found.set(long, each);
    }
  }
  return found;
}

/** Rules outside of `@media` and its like, which hold for some screens only. */
function readRules(sheet: string): Rule[] {
  const text = sheet.replace(/\/\*[^]*?\*\/|<!--|-->/g, ' ');
  const rules: Rule[] = [];
  let at = 0;
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
    const head = text.slice(at, open);
    const selectors = head.slice(head.lastIndexOf(';') + 1).trim();
    const close = selectors.startsWith('@') ? endOfGroup(text, open) : text.indexOf('}', open);
    at = close < 0 ? text.length : close + 1;
    if (selectors.startsWith('@')) continue;
    const declarations = readDeclarations(text.slice(open + 1, at - 1));
    if (declarations.size === 0) continue;
    for (const selector of selectors.split(',')) {
      rules.push({ selector, weight: weightOf(selector), declarations });
    }
  }
  return rules;
}

function endOfGroup(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function weightOf(selector: string): number {
  const count = (pattern: RegExp) => selector.match(pattern)?.length ?? 0;
  return count(/#[\w-]/g) * 10_000 + count(/[.[:][\w-]/g) * 100 + count(/(?:^|[\s>+~])[a-z]/gi);
}

function matching(page: Document, selector: string): Iterable<Element> {
  try {
    return page.querySelectorAll(selector);
  } catch {
    // No selector that this browser knows, as in sheets for one program only: it selects nothing.
    return [];
  }
}
