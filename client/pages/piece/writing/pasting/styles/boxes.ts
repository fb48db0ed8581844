import type { Declarations } from './style.ts';

/* What an element is for the layout of a page: a block, a box with a size, or a part of a line. */

const blockTags = new Set(
  'p,div,h1,h2,h3,h4,h5,h6,ul,ol,li,dl,dt,dd,blockquote,pre,table,caption,tbody,thead,tfoot,tr,td,th,section,article,aside,header,footer,main,nav,figure,figcaption,details,summary,fieldset,legend,form,address,center,hgroup,search,menu,dir,listing,xmp,body,html,dialog'.split(
    ',',
  ),
);
const tableTags = /^(?:table|thead|tbody|tfoot|tr|td|th)$/;

export function isBlock(element: Element, style: Declarations): boolean {
  const display = style.get('display');
  if (display === undefined || display === 'contents') return blockTags.has(element.localName);
  return !display.startsWith('inline') && display !== 'ruby';
}

/** Whether an element is a box with a size of its own; `apart`: its parent lays out boxes. */
export function isBox(element: Element, style: Declarations, apart = false): boolean {
  const display = style.get('display');
  if (display === 'contents') return false;
  if (apart || isBlock(element, style) || /^inline-./.test(display ?? '')) return true;
  if (/^(?:button|textarea|select)$/.test(element.localName)) return true;
  return isPlaced(style) || /^(?:left|right|inline-)/.test(style.get('float') ?? '');
}

/** Whether the sizes of an element are only its least: a table takes the room that its words need. */
export function growsWithWords(element: Element, style: Declarations): boolean {
  const display = style.get('display');
  return display === undefined ? tableTags.test(element.localName) : /table/.test(display);
}

/** Taken out of the flow, to a place of its own. */
export function isPlaced(style: Declarations): boolean {
  return /^(?:absolute|fixed)/.test(style.get('position') ?? '');
}

const px: Readonly<Record<string, number>> = {
  ...{ '': 1, px: 1, pt: 4 / 3, pc: 16, in: 96, cm: 37.8, mm: 3.78, q: 0.94 },
  ...{ em: 16, rem: 16, lh: 20, rlh: 20, ex: 8, ch: 8, ic: 16 },
  ...{ vw: 12, vi: 12, vmax: 12, vh: 8, vb: 8, vmin: 8 },
};

/**
 * A length in px, about: how large letters and windows are is not known. `whole`: what 100 % are;
 * undefined where a text is no length.
 */
export function pixels(value: string | undefined, whole?: number): number | undefined {
  const [, number, unit = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*|%)$/.exec(value ?? '') ?? [];
  if (number === undefined) return undefined;
  const one =
    unit === '%'
      ? whole === undefined
        ? undefined
        : whole / 100
      : px[unit.replace(/^[dls](?=v)/, '')];
  return one === undefined ? undefined : Number(number) * one;
}
