import { pixels } from './boxes.ts';
import { scriptOf } from './raised.ts';
import type { Cut } from './out-of-sight.ts';
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
  /** Drawn in other letters than it is written in. */
  readonly capitals: 'uppercase' | 'lowercase' | undefined;
  readonly space: 'normal' | 'lines' | 'kept';
  /** By `visibility` or a font size of nothing, which an element within can take back. */
  readonly unseen: boolean;
  readonly tiny: boolean;
  /** In a colour that is none. */
  readonly clear: boolean;
  /** By a box around it that has no room. */
  readonly cut: Cut;
}

export const plainLook: Look = {
  bold: false,
  drawnBold: false,
  italic: false,
  strike: false,
  code: false,
  link: undefined,
  script: undefined,
  capitals: undefined,
  space: 'normal',
  unseen: false,
  tiny: false,
  clear: false,
  cut: 'no',
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
  textarea: { space: 'kept' },
};

/** Whether letters of this look are seen. */
export function isSeen({ unseen, tiny, clear, cut }: Look): boolean {
  return !unseen && !tiny && !clear && cut === 'no';
}

/** The look of what is in an element. */
export function lookWithin(element: Element, around: Look, style: Declarations): Look {
  const tag = byTag[element.localName];
  if (!tag && style.size === 0) return around;
  const weight = style.get('font-weight');
  const slant = style.get('font-style');
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
    script: scriptOf(element, style, own.script, around.script),
    capitals: capitalsOf(style.get('text-transform'), around.capitals),
    space: spaceOf(style, own.space),
    unseen: unseen(style.get('visibility'), around.unseen),
    tiny: tiny(style.get('font-size'), around.tiny),
    clear: clear(style, around.clear),
  };
}

function isBold(weight: string, around: boolean): boolean {
  if (weight === 'inherit' || weight === 'lighter') return weight === 'inherit' && around;
  return /^bold(er)?$/.test(weight) || Number.parseInt(weight, 10) >= 600;
}

function strikes(element: Element, decoration: string): boolean {
  if (decoration.includes('line-through')) return true;
  const struck = byTag[element.localName]?.strike === true;
  return struck && !/(?:^|\s)(?:none|underline)(?:\s|$)/.test(decoration);
}

function capitalsOf(transform: string | undefined, around: Look['capitals']): Look['capitals'] {
  if (transform === undefined || transform === 'inherit') return around;
  return transform === 'uppercase' || transform === 'lowercase' ? transform : undefined;
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

/** In px. Letters of this size are dust. */
const dust = 1;

function tiny(size: string | undefined, around: boolean): boolean {
  if (size === undefined || /^(?:inherit|unset|smaller|larger)$/.test(size)) return around;
  const small = (pixels(size, 16) ?? Infinity) <= dust;
  return small || (around && /(?:%|[^r]em|ex|ch)$/.test(size));
}

const noAlpha = String.raw`0*\.?0+%?\s*\)`;
const noColour = new RegExp(
  String.raw`^(?:transparent|#[\da-f]{3}0|#[\da-f]{6}00|[a-z-]+\((?:(?:[^,)]+,){3}|[^)]*/)\s*${noAlpha})$`,
);

function clear(style: Declarations, around: boolean): boolean {
  const colour = style.get('-webkit-text-fill-color') ?? style.get('color');
  if (colour === undefined || colour === 'inherit') return around;
  if (!noColour.test(colour)) return false;
  // Its letters are cut out of what is behind them, or cast a shadow.
  return !/text/.test(style.get('background-clip') ?? '') && !style.has('text-shadow');
}
