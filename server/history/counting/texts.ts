import * as Y from 'yjs';
import { sharedTypes } from '../../../shared/document/schema.ts';

/** Something that letters stand in. */
export type AnyText = { readonly _start: Y.Item | null };

/** All texts of a document, also of footnotes that were taken out or replaced. */
export function* textsOf(doc: Y.Doc): Generator<AnyText> {
  for (const name of [sharedTypes.title, sharedTypes.standfirst, sharedTypes.body]) {
    yield doc.getText(name);
  }
  for (const last of doc.getMap(sharedTypes.footnotes)._map.values()) {
    // What an entry was before stands to its left.
    for (let item: Y.Item | null = last; item !== null; item = item.left) {
      if (item.content instanceof Y.ContentType) yield item.content.type;
    }
  }
}
