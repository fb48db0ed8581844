import type { Declarations } from './style.ts';

/** How text looks where it stands: what is inherited from the elements around it. */
export interface Look {
  readonly bold: boolean;
  /** Bold by a style and not by its element: so headings are drawn. */
  readonly drawnBold: boolean;
  readonly italic: boolean;
  readonly strike: boolean;
  readonly code: boolean;
  readonly link: string | undefined;
  readonly script: 'super' | 'sub' | undefined;
  readonly space: 'normal' | 'lines' | 'kept';
  /** By `visibility` or a font size of nothing, which an element within can take back. */
  readonly unseen: boolean;
  readonly tiny: boolean;
}

export const plainLook: Look = {
  bold: false,
  drawnBold: false,
  italic: false,
  strike: false,
  code: false,
  link: undefined,
  script: undefined,
  space: 'normal',
  unseen: false,
  tiny: false,
};

/** What browsers do with elements that nobody has styled. */
const byTag: Readonly<Record<string, Partial<Look>>> = {
  b: { bold: true, drawnBold: false },
  strong: { bold: true, drawnBold: false },
  i: { italic: true },
  em: { italic: true },
  cite: { italic: true },
  dfn: { italic: true },
  var: { italic: true },
  s: { strike: true },
  strike: { strike: true },
  del: { strike: true },
  code: { code: true },
  kbd: { code: true },
  samp: { code: true },
  tt: { code: true },
  sup: { script: 'super' },
  sub: { script: 'sub' },
  pre: { space: 'kept' },
  listing: { space: 'kept' },
  xmp: { space: 'kept' },
};

/** Elements that nobody sees, whatever is in them. */
const neverSeen = new Set(
  'head,title,style,script,template,noscript,noembed,noframes,xml,rp,datalist,area,param,source,track,col,colgroup,canvas,meta,link,base,svg,w:sdtpr'.split(
    ',',
  ),
);

/** The look of what is in an element. */
export function lookWithin(element: Element, around: Look, style: Declarations): Look {
  const tag = byTag[element.localName];
  if (!tag && style.size === 0) return around;
  const font = style.get('font');
  const weight = style.get('font-weight') ?? (font === undefined ? undefined : weightIn(font));
  const slant = style.get('font-style') ?? (font === undefined ? undefined : slantIn(font));
  const own = { ...around, ...tag };
  const struck = `${style.get('text-decoration') ?? ''} ${style.get('text-decoration-line') ?? ''}`;
  return {
    ...own,
    bold: weight === undefined ? own.bold : isBold(weight, around.bold),
    drawnBold: weight === undefined ? own.drawnBold : isBold(weight, around.bold),
    italic:
      slant === undefined || slant === 'inherit' ? own.italic : /^(italic|oblique)/.test(slant),
    // A decoration is drawn through what is within, whatever that says.
    strike: around.strike || strikes(element, struck),
    script: scriptOf(style.get('vertical-align'), own.script, around.script),
    space: spaceOf(style, own.space),
    unseen: unseen(style.get('visibility'), around.unseen),
    tiny: tiny(style.get('font-size'), around.tiny),
  };
}

function isBold(weight: string, around: boolean): boolean {
  if (weight === 'inherit' || weight === 'lighter') return weight === 'inherit' && around;
  return /^bold(er)?$/.test(weight) || Number.parseInt(weight, 10) >= 600;
}

function weightIn(font: string): string {
  return /(?:^|\s)(bold(?:er)?|[1-9]00)(?=\s)/.exec(font)?.[1] ?? 'normal';
}

function slantIn(font: string): string {
  return /(?:^|\s)(italic|oblique)(?=\s)/.exec(font)?.[1] ?? 'normal';
}

function strikes(element: Element, decoration: string): boolean {
  if (decoration.includes('line-through')) return true;
  const struck = byTag[element.localName]?.strike === true;
  return struck && !/(?:^|\s)(?:none|underline)(?:\s|$)/.test(decoration);
}

function scriptOf(align: string | undefined, own: Look['script'], around: Look['script']) {
  if (align === 'super' || align === 'sub') return align;
  return align === 'baseline' ? around : own;
}

function spaceOf(style: Declarations, around: Look['space']): Look['space'] {
  const said = style.get('white-space') ?? style.get('white-space-collapse');
  if (said === undefined || said === 'inherit') return around;
  if (/^(pre|pre-wrap|break-spaces|preserve)(\s|$)/.test(said)) return 'kept';
  return /^(pre-line|preserve-breaks)(\s|$)/.test(said) ? 'lines' : 'normal';
}

function unseen(visibility: string | undefined, around: boolean): boolean {
  if (visibility === undefined || visibility === 'inherit') return around;
  return visibility === 'hidden' || visibility === 'collapse';
}

function tiny(size: string | undefined, around: boolean): boolean {
  if (size === undefined || /(?:%|em|inherit|smaller|larger)$/.test(size)) {
    return around || (size !== undefined && isNothing(size));
  }
  return isNothing(size);
}

/** Whether nothing of an element is seen, whatever the elements within say. */
export function isHidden(element: Element, style: Declarations): boolean {
  const tag = element.localName;
  if (neverSeen.has(tag)) return true;
  const display = style.get('display');
  if (display === 'none' || style.get('mso-hide') === 'all') return true;
  if (element.hasAttribute('hidden') && display === undefined) return true;
  if (tag === 'dialog' && !element.hasAttribute('open')) return true;
  return style.size > 0 && (isClipped(style) || isElsewhere(style));
}

function isClipped(style: Declarations): boolean {
  if (/^0?\.?0*%?$/.test(style.get('opacity') ?? '1')) return true;
  if (/^inset\((?:50|100)%/.test(style.get('clip-path') ?? '')) return true;
  return /^rect\((?:[01](?:px)?[\s,]*){4}\)/.test(style.get('clip') ?? '');
}

/** Whether a box has no room for what is in it, which is cut off. Lines of text have no size to set. */
export function hasNoRoom(style: Declarations): boolean {
  if (!/hidden|clip/.test(style.get('overflow') ?? '')) return false;
  return ['max-height', 'height', 'width'].some((side) => isNothing(style.get(side) ?? '1px'));
}

/** Moved out of sight. */
function isElsewhere(style: Declarations): boolean {
  const far = (value = '') => Number.parseFloat(value) <= -900;
  if (far(style.get('text-indent'))) return true;
  const moved = /absolute|fixed/.test(style.get('position') ?? '');
  return moved && (far(style.get('left')) || far(style.get('top')));
}

function isNothing(size: string): boolean {
  return /^[+-]?0*\.?0+(?:[a-z]*|%)$/.test(size);
}
