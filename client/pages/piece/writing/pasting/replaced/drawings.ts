import { isHidden } from '../styles/out-of-sight.ts';
import type { Styles } from '../styles/style.ts';

/** Parts of a drawing that are drawn elsewhere, or never. */
const undrawn = new Set(
  'defs,symbol,clippath,mask,pattern,marker,lineargradient,radialgradient,filter,title,desc,metadata,style,script'.split(
    ',',
  ),
);

/** The elements of an SVG drawing whose words are seen, in the order of its source. */
export function seenTexts(drawing: Element, styles: Styles): Element[] {
  return [...drawing.children].flatMap((element) => {
    const name = element.localName.toLowerCase();
    if (undrawn.has(name) || isHidden(element, styles.of(element))) return [];
    const said = (attribute: string) => element.getAttribute(attribute)?.trim() ?? '';
    const unseen = said('display') === 'none' || /^(?:hidden|collapse)$/.test(said('visibility'));
    if (unseen || /^0?\.?0+$/.test(said('opacity'))) return [];
    return name === 'text' || name === 'foreignobject' ? [element] : seenTexts(element, styles);
  });
}
