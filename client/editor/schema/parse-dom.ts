import {
  blockAttributes,
  maxIndent,
  type Attributes,
  type RawFormat,
} from '../../../shared/document/index.ts';

/* Reading pasted elements, our own and those of other programs. */

/** The part of a DOM element that parsing needs, so that the schema compiles without a DOM. */
export interface ElementLike {
  readonly nodeName: string;
  readonly parentElement: ElementLike | null;
  getAttribute(name: string): string | null;
  querySelector(selectors: string): unknown;
  closest(selectors: string): unknown;
}

export function read(dom: ElementLike, name: string): string {
  return dom.getAttribute(name) ?? '';
}

export function readJson(dom: ElementLike, name: string): Attributes | undefined {
  try {
    const value: unknown = JSON.parse(read(dom, name));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Attributes;
    }
  } catch {
    // Somebody else's attribute of this name: not ours, so there is nothing to carry.
  }
  return undefined;
}

/** As JSON, by name: attributes that came in another order are the same. */
export function writeJson(attributes: Attributes): string {
  const names = Object.keys(attributes).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, attributes[name]])));
}

/** The unknown attributes that a copied line brought with it; its kind is said by its element. */
export function readRest(dom: ElementLike): Attributes {
  const known: readonly string[] = blockAttributes;
  const entries = Object.entries(readJson(dom, 'data-attributes') ?? {});
  return Object.fromEntries(entries.filter(([name]) => !known.includes(name)));
}

/**
 * What the element of each line has: the attributes that nobody here knows, and a direction of its own,
 * that of its first letter which has one. Code runs from left to right.
 */
export function lineAttributes(
  attrs: { readonly [name: string]: unknown },
  dir: 'auto' | 'ltr' = 'auto',
): Record<string, string> {
  const value = attrs['rest'] as Attributes;
  return {
    dir,
    ...(Object.keys(value).length > 0 && { 'data-attributes': writeJson(value) }),
  };
}

/** What the source in a copied raw line is. */
export function readRaw(dom: ElementLike): RawFormat {
  return read(dom, 'data-raw') === 'html' ? 'html' : 'markdown';
}

export function plainAttributes(dom: ElementLike) {
  return { rest: readRest(dom) };
}

export function ownListAttributes(dom: ElementLike) {
  return {
    style: read(dom, 'data-list') === 'ordered' ? 'ordered' : 'bullet',
    indent: Number.parseInt(read(dom, 'data-indent'), 10) || 0,
    rest: readRest(dom),
  };
}

export function listAttributes(dom: ElementLike) {
  let depth = 0;
  let ordered: boolean | undefined;
  for (let at = dom.parentElement; at; at = at.parentElement) {
    if (at.nodeName !== 'UL' && at.nodeName !== 'OL') continue;
    ordered ??= at.nodeName === 'OL';
    depth += 1;
  }
  return {
    style: ordered ? 'ordered' : 'bullet',
    indent: Math.min(maxIndent, Math.max(0, depth - 1)),
  };
}
