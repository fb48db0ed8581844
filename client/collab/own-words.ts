import * as Y from 'yjs';
import { sharedTypes } from '../../shared/document/index.ts';

/**
 * The words in `doc` that `clients` wrote and the server is not known to have: for each clientID
 * those from the clock in `saved` on. Stretches that stand apart are paragraphs of their own. Empty
 * where only deletions and formats are not saved.
 */
export function wordsBeyond(
  doc: Y.Doc,
  clients: ReadonlySet<number>,
  saved: ReadonlyMap<number, number>,
): string {
  const texts = [
    doc.getText(sharedTypes.title),
    doc.getText(sharedTypes.standfirst),
    doc.getText(sharedTypes.body),
    ...[...doc.getMap(sharedTypes.footnotes).values()].filter((value) => value instanceof Y.Text),
  ];
  return texts
    .flatMap((text) => stretches(text, clients, saved))
    .map((stretch) => stretch.trim())
    .filter((stretch) => stretch !== '')
    .join('\n\n');
}

function stretches(
  text: Y.Text,
  clients: ReadonlySet<number>,
  saved: ReadonlyMap<number, number>,
): string[] {
  const found: string[] = [];
  let together = false;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    const { client, clock } = item.id;
    const known = Math.max(0, (saved.get(client) ?? 0) - clock);
    const words = clients.has(client) ? item.content.str.slice(known) : '';
    if (words !== '' && together && known === 0) found.push((found.pop() ?? '') + words);
    else if (words !== '') found.push(words);
    together = words !== '';
  }
  return found;
}
