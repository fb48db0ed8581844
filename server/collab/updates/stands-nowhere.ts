import * as Y from 'yjs';
import { Homes, sameHome, type Found } from './homes.ts';
import type { Decoded } from './read-update.ts';

/**
 * Whether words of an update are said to stand where none can: in a letter, between two letters of
 * different texts, or as a value of a map. Yjs throws the first away in silence, puts the second into
 * one text while it counts them in the other, and has the third replace the note that was there. The
 * last come of a client that goes on beside what another wrote under its own ids. Words in something
 * that was deleted are another matter: they go where that went.
 */
export function standsNowhere(doc: Y.Doc, read: Decoded): boolean {
  const homes = new Homes(doc, read);
  return read.structs.some((struct) => {
    if (!(struct instanceof Y.Item)) return false;
    const { parent, origin, rightOrigin } = struct;
    if (parent instanceof Y.ID && !canHold(homes, parent)) return true;
    if (origin !== null && rightOrigin !== null && standApart(homes, origin, rightOrigin)) {
      return true;
    }
    return isOfText(struct) && isKeyed(homes.of(struct));
  });
}

/** What is only in texts. */
function isOfText({ content }: Y.Item): boolean {
  return (
    content instanceof Y.ContentString ||
    content instanceof Y.ContentFormat ||
    content instanceof Y.ContentEmbed
  );
}

const isKeyed = (home: Found) => home !== null && home !== 'gone' && home.key !== null;

function canHold(homes: Homes, id: Y.ID): boolean {
  const home = homes.structAt(id);
  if (!(home instanceof Y.Item)) return true;
  return home.content instanceof Y.ContentType || home.content instanceof Y.ContentDeleted;
}

function standApart(homes: Homes, left: Y.ID, right: Y.ID): boolean {
  const [one, other] = [homes.at(left), homes.at(right)];
  if (one === null || other === null || one === other) return false;
  // Roots are never gone. What stands in a note may be that of one whose deletion is yet to come.
  if (one === 'gone') return other !== 'gone' && 'root' in other.place;
  if (other === 'gone') return 'root' in one.place;
  return !sameHome(one, other);
}
