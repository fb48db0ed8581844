import * as Y from 'yjs';
import { Homes, sameHome, type Found, type Home } from './homes.ts';
import type { Decoded } from './read-update.ts';

/**
 * Whether new words of an update are said to stand where none can: in a letter, between two letters of
 * different texts, or as a value of a map; or a value in a text. Yjs throws the first away in silence,
 * puts the second into one text while it counts them in the other, and has the third replace the note
 * that was there. The fourth is counted and never shown, and whoever deletes across it runs into an error
 * of Yjs. The last two come of a client that goes on beside what another wrote under its own ids. Words in something
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
    if (isValue(struct) && isInText(homes, struct)) return true;
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

/** Whether an update has values of which it cannot be told yet whether they are in a text. */
export function mayStandNowhere(doc: Y.Doc, { structs, ds }: Decoded): boolean {
  if (!structs.some((struct) => struct instanceof Y.Item && isValue(struct))) return false;
  const homes = new Homes(doc, { structs, ds });
  return structs.some((struct) => {
    if (!(struct instanceof Y.Item) || !isValue(struct)) return false;
    if (struct.id.clock + struct.length <= Y.getState(doc.store, struct.id.client)) return false;
    const home = homes.of(struct);
    if (home === null) return true;
    return home !== 'gone' && home.key === null && holderOf(homes, home) === null;
  });
}

/** What is never in a text. */
function isValue({ content }: Y.Item): boolean {
  return (
    content instanceof Y.ContentAny ||
    content instanceof Y.ContentJSON ||
    content instanceof Y.ContentBinary ||
    content instanceof Y.ContentDoc
  );
}

function isInText(homes: Homes, item: Y.Item): boolean {
  const { origin, rightOrigin } = item;
  const places = item.parent === null ? [origin, rightOrigin] : [];
  const found = places.map((id) => (id === null ? null : homes.at(id)));
  return [homes.of(item), ...found].some((home) => {
    if (home === null || home === 'gone' || home.key !== null) return false;
    return holderOf(homes, home) instanceof Y.Text;
  });
}

/** The shared type that a place is, or `gone`; null: it is not there yet. */
function holderOf(homes: Homes, { place }: Home): unknown {
  if ('root' in place) return place.root;
  const holder = homes.structAt(Y.createID(place.client, place.clock));
  if (holder === undefined || holder instanceof Y.Skip) return null;
  const isThere = holder instanceof Y.Item && !holder.deleted;
  return isThere && holder.content instanceof Y.ContentType ? holder.content.type : 'gone';
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
