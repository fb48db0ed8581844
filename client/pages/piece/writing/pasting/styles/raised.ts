import { pixels } from './boxes.ts';
import type { Declarations } from './style.ts';

/*
 * Raised and lowered letters: "10⁶" must not become "106". Most style sheets (normalize.css and all that
 * have it in them) put `sup` on the baseline and move it; Cocoa says how far in a length, Word in
 * `mso-text-raise`.
 */

type Script = 'super' | 'sub' | undefined;

const withinLines = /^(?:span|a|font|small|b|strong|i|em|cite|u|s)$/;
/** In px. What is moved less stands straight. */
const noticeable = 1;
/** In px: letters of this size are small beside the text of any page. */
const small = 11;

export function scriptOf(
  element: Element,
  style: Declarations,
  own: Script,
  around: Script,
): Script {
  const align = style.get('vertical-align');
  if (align === 'super' || align === 'sub') return align;
  const raised = raisedBy(style);
  const named = /^su[bp]$/.test(element.localName);
  if (named) return align === 'baseline' && Math.abs(raised) <= noticeable ? around : own;
  if (withinLines.test(element.localName) && (style.has('mso-text-raise') || isSmall(style))) {
    if (raised > noticeable) return 'super';
    if (raised < -noticeable) return 'sub';
  }
  return align === 'baseline' ? around : own;
}

/** How far up, in px. */
function raisedBy(style: Declarations): number {
  const align = style.get('vertical-align') ?? '';
  const length = /^(?:text-)?top$/.test(align) ? 4 : (pixels(align, 20) ?? 0);
  const shifts = /translatey?\((?:[^,)]*,)?([^,)]*)\)/.exec(style.get('transform') ?? '')?.[1];
  const shift = pixels(shifts?.trim(), 16) ?? 0;
  if (style.get('position') !== 'relative') return length - shift;
  const top = pixels(style.get('top'), 16);
  return length - shift + (top === undefined ? (pixels(style.get('bottom'), 16) ?? 0) : -top);
}

function isSmall(style: Declarations): boolean {
  const size = style.get('font-size') ?? '';
  if (/^(?:smaller|(?:x{1,2}-)?small)$/.test(size)) return true;
  if (/^[\d.]+(?:%|em|ex)$/.test(size)) return (pixels(size, 16) ?? Infinity) < 16;
  return (pixels(size) ?? Infinity) <= small;
}
