import * as Y from 'yjs';
import { writeUpdate, type DeletedRanges } from '../../collab/updates/update-parts.ts';
import { Homes } from '../../collab/updates/homes.ts';
import type { Decoded, Struct } from '../../collab/updates/read-update.ts';

/** Where the words of one clientID go on under another: from `from` on, which becomes 0 of `to`. */
export interface Renaming {
  readonly from: number;
  readonly to: number;
}

/** By the clientID that is given up. */
export type Renamings = ReadonlyMap<number, Renaming>;

type Range = { readonly clock: number; readonly len: number };

/**
 * An update with words of some clientIDs under others instead, at the places where they stood. What is
 * below `from` of a renaming is in the document already, and left out.
 *
 * `left`: of these clientIDs the old ids are used up as well, by letters that are deleted as they come,
 * each right behind the one that stands for it. Who has the words under the old ids sees them once, and
 * what builds on those finds its place.
 */
export function rename(
  doc: Y.Doc,
  read: Decoded,
  names: Renamings,
  left: ReadonlySet<number>,
): Uint8Array {
  const homes = new Homes(doc, read);
  const structs = new Map<number, Struct[]>();
  const put = (struct: Struct) => {
    const list = structs.get(struct.id.client);
    if (list === undefined) structs.set(struct.id.client, [struct]);
    else list.push(struct);
  };
  const deletions = renamedDeletions(read.ds.clients, names);
  for (const struct of read.structs) {
    const name = names.get(struct.id.client);
    if (name === undefined) {
      put(struct instanceof Y.Item ? copyOf(struct, struct.id, refsOf(struct, names)) : struct);
      continue;
    }
    const part = from(struct, name.from);
    if (part === null) continue;
    const id = Y.createID(name.to, part.id.clock - name.from);
    const isLeft = left.has(struct.id.client);
    if (part instanceof Y.Item) {
      const inText = isLeft && standsInDocument(homes, part, names);
      put(copyOf(part, id, isLeft ? besides(part, inText, names) : refsOf(part, names)));
      if (isLeft) put(copyOf(part, part.id, part, new Y.ContentDeleted(part.length)));
    } else if (part instanceof Y.GC) {
      put(new Y.GC(id, part.length));
      if (isLeft) put(part);
    } else put(new Y.Skip(id, part.length));
    if (isLeft) addRange(deletions, part.id.client, { clock: part.id.clock, len: part.length });
  }
  return writeUpdate(structs, deletions);
}

interface Refs {
  readonly origin: Y.ID | null;
  readonly rightOrigin: Y.ID | null;
  readonly parent: Y.Item['parent'];
}

function renamed(id: Y.ID | null, names: Renamings): Y.ID | null {
  const name = id === null ? undefined : names.get(id.client);
  if (id === null || name === undefined || id.clock < name.from) return id;
  return Y.createID(name.to, id.clock - name.from);
}

function refsOf({ origin, rightOrigin, parent }: Y.Item, names: Renamings): Refs {
  return {
    origin: renamed(origin, names),
    rightOrigin: renamed(rightOrigin, names),
    parent: parent instanceof Y.ID ? renamed(parent, names) : parent,
  };
}

/** Right before what is left of it; a value of a map behind that, since the last one counts. */
function besides(item: Y.Item, inText: boolean, names: Renamings): Refs {
  if (inText) return { ...refsOf(item, new Map()), rightOrigin: item.id };
  if (item.parentSub === null) return refsOf(item, names);
  const origin = Y.createID(item.id.client, item.id.clock + item.length - 1);
  return { ...refsOf(item, names), origin };
}

/** Whether it is a part of a text that the document has, and not of one that it brings along. */
function standsInDocument(homes: Homes, item: Y.Item, names: Renamings): boolean {
  const home = homes.of(item);
  if (home === null || home === 'gone' || home.key !== null) return false;
  if ('root' in home.place) return true;
  const name = names.get(home.place.client);
  return name === undefined || home.place.clock < name.from;
}

function copyOf(item: Y.Item, id: Y.ID, refs: Refs, content = item.content): Y.Item {
  const { origin, rightOrigin, parent } = refs;
  return new Y.Item(id, null, origin, null, rightOrigin, parent, item.parentSub, content);
}

/** The part of a struct from a clock on; null where there is none. */
function from(struct: Struct, clock: number): Struct | null {
  const { id, length } = struct;
  const offset = Math.max(0, clock - id.clock);
  if (offset >= length) return null;
  if (offset === 0) return struct;
  const at = Y.createID(id.client, clock);
  if (struct instanceof Y.GC) return new Y.GC(at, length - offset);
  if (!(struct instanceof Y.Item)) return new Y.Skip(at, length - offset);
  const before = Y.createID(id.client, clock - 1);
  const refs = { ...refsOf(struct, new Map()), origin: before };
  return copyOf(struct, at, refs, struct.content.copy().splice(offset));
}

function renamedDeletions(clients: DeletedRanges, names: Renamings): Map<number, Range[]> {
  const all = new Map<number, Range[]>();
  for (const [client, ranges] of clients) {
    const name = names.get(client);
    for (const { clock, len } of ranges) {
      const end = clock + len;
      const known = name === undefined ? end : Math.min(end, Math.max(clock, name.from));
      if (known > clock) addRange(all, client, { clock, len: known - clock });
      if (name === undefined || known === end) continue;
      addRange(all, name.to, { clock: known - name.from, len: end - known });
    }
  }
  return all;
}

function addRange(all: Map<number, Range[]>, client: number, range: Range): void {
  const list = all.get(client);
  if (list === undefined) all.set(client, [range]);
  else list.push(range);
}
