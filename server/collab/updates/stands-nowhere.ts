import * as Y from 'yjs';
import { Homes, sameHome, type Found } from './homes.ts';
import type { Decoded } from './read-update.ts';

/**
 * Whether new words of an update are said to stand where none can: in a letter, between two letters of
 * different texts, or as a value of a map. Yjs throws the first away in silence, puts the second into
 * one text while it counts them in the other, and has the third replace the note that was there. The
 * last come of a client that goes on beside what another wrote under its own ids. Words in something
 * that was deleted are another matter: they go where that went. `known`: words that the document has
 * are looked at, too.
 */
export function standsNowhere(doc: Y.Doc, read: Decoded, { known = false } = {}): boolean {
  let homes: Homes | null = null;
  for (const struct of read.structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { id, parent, origin, rightOrigin } = struct;
    if (!known && id.clock + struct.length <= Y.getState(doc.store, id.client)) continue;
    homes ??= new Homes(doc, read);
    if (parent instanceof Y.ID && !canHold(homes, parent)) return true;
    if (parent !== null) {
      if (struct.parentSub !== null && isOfText(struct)) return true;
      continue;
    }
    const left = origin === null ? null : homes.at(origin);
    const right = rightOrigin === null ? null : homes.at(rightOrigin);
    if (areApart(homes, left, right)) return true;
    if ((isKeyed(left) || isKeyed(right)) && isOfText(struct)) return true;
  }
  return false;
}

function canHold(homes: Homes, id: Y.ID): boolean {
  const home = homes.structAt(id);
  if (!(home instanceof Y.Item)) return true;
  return home.content instanceof Y.ContentType || home.content instanceof Y.ContentDeleted;
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

function areApart(homes: Homes, one: Found, other: Found): boolean {
  if (one === null || other === null || one === other) return false;
  // All that stood in what is gone is gone.
  if (one === 'gone') return other !== 'gone' && homes.stands(other);
  if (other === 'gone') return homes.stands(one);
  return !sameHome(one, other);
}
