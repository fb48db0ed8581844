import * as Y from 'yjs';
import { Homes, sameHome } from './homes.ts';
import type { Decoded } from './read-update.ts';

/**
 * Whether words of an update are said to stand where none can: in a letter, or between two letters of
 * different texts. Yjs throws the ones away in silence, and puts the others into one text while it
 * counts them in the other. Words in something that was deleted are another matter: they go where that
 * went.
 */
export function standsNowhere(doc: Y.Doc, read: Decoded): boolean {
  const homes = new Homes(doc, read);
  return read.structs.some((struct) => {
    if (!(struct instanceof Y.Item)) return false;
    const { parent, origin, rightOrigin } = struct;
    if (parent instanceof Y.ID) return !canHold(homes, parent);
    return origin !== null && rightOrigin !== null && standApart(homes, origin, rightOrigin);
  });
}

function canHold(homes: Homes, id: Y.ID): boolean {
  const home = homes.structAt(id);
  if (!(home instanceof Y.Item)) return true;
  return home.content instanceof Y.ContentType || home.content instanceof Y.ContentDeleted;
}

function standApart(homes: Homes, left: Y.ID, right: Y.ID): boolean {
  const [one, other] = [homes.at(left), homes.at(right)];
  if (one === null || other === null || one === other) return false;
  // All that stood in what is gone is gone.
  if (one === 'gone') return other !== 'gone' && homes.stands(other);
  if (other === 'gone') return homes.stands(one);
  return !sameHome(one, other);
}
