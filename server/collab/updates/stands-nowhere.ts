import * as Y from 'yjs';
import type { Decoded, Struct } from './read-update.ts';
import { byClient, firstEndingAfter, type Structs } from './structs.ts';

/**
 * Whether words of an update are said to stand in something that can hold none, such as a letter. Yjs
 * throws such words away in silence. Words in something that was deleted are another matter: they go
 * where that went.
 */
export function standsNowhere(doc: Y.Doc, read: Decoded): boolean {
  let own: Structs | null = null;
  for (const struct of read.structs) {
    if (!(struct instanceof Y.Item) || !(struct.parent instanceof Y.ID)) continue;
    own ??= byClient(read);
    const home = find(doc.store.clients, struct.parent) ?? find(own, struct.parent);
    if (home instanceof Y.Item && !canHold(home)) return true;
  }
  return false;
}

function canHold({ content }: Y.Item): boolean {
  return content instanceof Y.ContentType || content instanceof Y.ContentDeleted;
}

function find(structs: Structs, { client, clock }: Y.ID): Struct | undefined {
  const list = structs.get(client) ?? [];
  const found = list[firstEndingAfter(list, clock)];
  return found !== undefined && found.id.clock <= clock ? found : undefined;
}
