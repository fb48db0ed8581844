import { growsWithWords, isBox, isPlaced, pixels } from './boxes.ts';
import type { Declarations } from './style.ts';

/* What is on a page and yet not seen: it is for search engines, for screen readers, or waits. */

/** Elements that nobody sees, whatever is in them. */
const neverSeen = new Set(
  'head,title,style,script,template,noscript,noembed,noframes,xml,rp,datalist,area,param,source,track,col,colgroup,meta,link,base,w:sdtpr'.split(
    ',',
  ),
);

/** In px. What is smaller shows no letter. */
const smallest = 2;
/** So far to the left or above a page begins nothing; behind its other edges there is more of it. */
const far = 900;
const farBehind = 5_000;
/** The width of a column, of which shares are taken. */
const column = 800;

/** Whether nothing of an element is seen, whatever the elements within say. */
export function isHidden(element: Element, style: Declarations, apart = false): boolean {
  const tag = element.localName;
  if (neverSeen.has(tag)) return true;
  const display = style.get('display');
  if (display === 'none' || style.get('mso-hide') === 'all') return true;
  if (element.hasAttribute('hidden') && display === undefined) return true;
  if (tag === 'dialog' && !element.hasAttribute('open')) return true;
  if (style.size === 0) return false;
  const box = isBox(element, style, apart);
  return isClipped(style) || isElsewhere(style, box) || (box && isContracted(style));
}

function isClipped(style: Declarations): boolean {
  if (isTransparent(style.get('opacity'))) return true;
  const filter = /opacity\(\s*([^)]*?)\s*\)/.exec(style.get('filter') ?? '')?.[1];
  if (filter !== undefined && isTransparent(filter)) return true;
  if (isPlaced(style) && isNoRectangle(style.get('clip'))) return true;
  return isNoShape(style.get('clip-path') ?? '');
}

function isTransparent(opacity = ''): boolean {
  const share = /^[+-]?(?:\d+\.?\d*|\.\d+)%$/.test(opacity)
    ? Number.parseFloat(opacity) / 100
    : Number(opacity || '1');
  return share <= 0.01;
}

/** "rect(top, right, bottom, left)", all from the upper left corner. */
function isNoRectangle(clip = ''): boolean {
  const sides =
    /^rect\(([^)]*)\)/
      .exec(clip)?.[1]
      ?.trim()
      .split(/[\s,]+/) ?? [];
  if (sides.length !== 4) return false;
  const [top = 0, right = Infinity, bottom = Infinity, left = 0] = sides.map((side) =>
    pixels(side),
  );
  return right - left <= smallest || bottom - top <= smallest;
}

function isNoShape(path: string): boolean {
  const [, shape, all = ''] = /^(inset|circle|ellipse|polygon)\(([^)]*)\)/.exec(path) ?? [];
  if (shape === undefined) return false;
  if (shape === 'polygon') {
    const points = all.split(',').map((point) => point.trim().replace(/(?<=\b0)(?:px|%)/g, ''));
    return new Set(points.filter((point) => /\d/.test(point))).size <= 2;
  }
  const parts = (all.split(/\bround\b|\bat\b/)[0] ?? '').trim().split(/\s+/);
  if (shape !== 'inset') return parts.some((part) => (pixels(part, column) ?? 100) <= 0);
  const [top = '', right = top, bottom = top, left = right] = parts;
  const share = (side: string) => (side.endsWith('%') ? (pixels(side, 1) ?? 0) : 0);
  const sum = (one: string, other: string) => Math.round((share(one) + share(other)) * 1e4) / 1e4;
  return sum(top, bottom) >= 1 || sum(left, right) >= 1;
}

/** Moved out of sight. */
function isElsewhere(style: Declarations, box: boolean): boolean {
  const before = (name: string, whole?: number) => (pixels(style.get(name), whole) ?? 0) <= -far;
  if (box && (before('margin-left', column) || before('text-indent', column))) return true;
  if (isPlaced(style) || style.get('position') === 'relative') {
    if (before('left', 1_000) || before('top')) return true;
    const behind = (name: string, other: string) =>
      pixels(style.get(other), 1_000) === undefined && (pixels(style.get(name)) ?? 0) >= farBehind;
    if (behind('right', 'left') || behind('bottom', 'top')) return true;
  }
  return box && isMovedAway(style);
}

function isMovedAway(style: Declarations): boolean {
  const moves = /translate(?:x|y|3d)?\(([^)]*)\)/.exec(style.get('transform') ?? '')?.[1];
  const all = `${moves ?? ''},${(style.get('translate') ?? '').replace(/\s+/g, ',')}`.split(',');
  return all.some((part) => (pixels(part.trim()) ?? 0) <= -far);
}

function isContracted(style: Declarations): boolean {
  if (style.get('content-visibility') === 'hidden') return true;
  if (/^0?\.?0+(?:\s|$)/.test(style.get('scale') ?? '')) return true;
  return /scale(?:x|y|3d)?\(\s*0?\.?0+\s*[,)]/.test(style.get('transform') ?? '');
}

/**
 * Whether what is in an element is cut off by a box without room: not at all; all but what is placed by
 * an element outside of that box; all but what is placed in the box's padding; all of it.
 */
export type Cut = 'no' | 'flow' | 'unpadded' | 'all';

/** What is cut off within an element; `around`: where it stands. */
export function cutWithin(
  element: Element,
  style: Declarations,
  around: { readonly cut: Cut; readonly apart: boolean },
): Cut {
  if (style.size === 0) return around.cut;
  const position = style.get('position') ?? '';
  const box = isBox(element, style, around.apart);
  const transformed = box && (style.get('transform') ?? 'none') !== 'none';
  const positioned = transformed || /^(?:absolute|fixed|relative|sticky)/.test(position);
  let cut = around.cut;
  const set = style.has('top') || style.has('bottom');
  const escapes = cut === 'flow' || (cut === 'unpadded' && set);
  if (position === 'fixed' || (position === 'absolute' && escapes)) cut = 'no';
  else if (positioned && cut !== 'no') cut = 'all';
  if (cut === 'all' || !box) return cut;
  if (growsWithWords(element, style)) return cut;
  const own = cutByItself(style, around.apart);
  if (own === 'all') return positioned ? 'all' : 'flow';
  if (own === 'flow') return positioned ? 'unpadded' : 'flow';
  return cut;
}

/** A padding has room, too: for what is in the flow the one behind it, for what is placed in it each. */
function cutByItself(style: Declarations, apart: boolean): Cut {
  const [x, y] = ['overflow-x', 'overflow-y'].map((name) => style.get(name) ?? 'visible');
  const both = [x, y].some((each) => /^(?:hidden|auto|scroll|overlay)/.test(each ?? ''));
  const grows = apart && (Number.parseFloat(style.get('flex-grow') ?? '') || 0) > 0;
  const along = (size: string, whole: number | undefined, first: string, last: string): Cut => {
    const low = (name: string) => (pixels(style.get(name), whole) ?? Infinity) <= smallest;
    const contracted = low(`max-${size}`) || (low(size) && !grows);
    if (!contracted || (pixels(style.get(`min-${size}`), whole) ?? 0) > smallest) return 'no';
    const room = (name: string) => (pixels(style.get(name), column) ?? 0) > smallest;
    if (room(last)) return 'no';
    return room(first) ? 'flow' : 'all';
  };
  const cuts = [
    both || y === 'clip' ? along('height', undefined, 'padding-top', 'padding-bottom') : 'no',
    both || x === 'clip' ? along('width', column, 'padding-left', 'padding-right') : 'no',
  ];
  return cuts.includes('all') ? 'all' : cuts.includes('flow') ? 'flow' : 'no';
}
