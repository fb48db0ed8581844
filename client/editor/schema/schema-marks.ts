import type { MarkSpec } from 'prosemirror-model';
import { linkAddress, type Attributes } from '../../../shared/document/index.ts';
import { read, readJson, writeJson, type ElementLike } from './parse-dom.ts';

/**
 * The `href` of a link's element, by the one judge of addresses (`shared/document/link-address.ts`).
 * A link without one is shown as words that lead nowhere.
 */
export function safeHref(address: string): { href?: string } {
  const { href } = linkAddress(address);
  return href === undefined ? {} : { href };
}

/** How text looks, in the order in which marks are nested; `other` holds what is not known here. */
export const marks = {
  link: {
    attrs: { href: { validate: 'string' } },
    inclusive: false,
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (dom: ElementLike) => {
          const { href } = linkAddress(read(dom, 'href'));
          return href === undefined ? false : { href };
        },
      },
    ],
    toDOM: (mark) => [
      'a',
      { ...safeHref(mark.attrs['href'] as string), rel: 'noopener noreferrer nofollow' },
      0,
    ],
  },
  bold: {
    parseDOM: [
      { tag: 'strong' },
      // Google Docs wraps a whole paste into a <b> that is not bold.
      { tag: 'b:not([style*="font-weight: normal"]):not([style*="font-weight:normal"])' },
      { style: 'font-weight', getAttrs: (value) => /^(bold(er)?|[6-9]\d\d)$/.test(value) && null },
    ],
    toDOM: () => ['strong', 0],
  },
  italic: {
    parseDOM: [{ tag: 'em' }, { tag: 'i' }, { style: 'font-style=italic' }],
    toDOM: () => ['em', 0],
  },
  strike: {
    parseDOM: [
      { tag: 's' },
      { tag: 'del' },
      { tag: 'strike' },
      { style: 'text-decoration=line-through' },
    ],
    toDOM: () => ['s', 0],
  },
  code: { parseDOM: [{ tag: 'code' }], toDOM: () => ['code', 0] },
  other: {
    attrs: { attributes: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: 'span[data-attributes]',
        getAttrs: (dom: ElementLike) => {
          const attributes = readJson(dom, 'data-attributes');
          return attributes ? { attributes } : false;
        },
      },
    ],
    toDOM: (mark) => [
      'span',
      { 'data-attributes': writeJson(mark.attrs['attributes'] as Attributes) },
      0,
    ],
  },
} satisfies Record<string, MarkSpec>;
