import * as Y from 'yjs';
import type { ClientIds, JournalEntry } from '../../server/collab/ports.ts';
import { attribute } from '../../server/history/attribution.ts';
import { momentsOf } from '../../server/history/read-rows.ts';
import { replay } from '../../server/history/replay.ts';
import { newDocument } from '../../shared/document/new-document.ts';

/** By user id, the letters of the body that stand, as the journal has it. */
export async function lettersBy(
  rows: readonly Pick<JournalEntry, 'author' | 'at' | 'update'>[],
  clientIds: ClientIds,
): Promise<Map<string | null, string>> {
  const stored = rows.map(({ author, at, update }, i) => ({
    row: { seq: i + 1, author, at: at.getTime(), update },
  }));
  const doc = newDocument({ gc: false });
  await replay(each(stored), null, { doc });
  const text = signsOf(doc);
  const letters = new Map<string | null, string>();
  for (const { from, to, userId } of attribute(doc, momentsOf(stored), clientIds)) {
    letters.set(userId, (letters.get(userId) ?? '') + text.slice(from, to));
  }
  return letters;
}

/** The body as its indexes count: a sign for whatever is no letter. */
function signsOf(doc: Y.Doc): string {
  let text = '';
  for (let item = doc.getText('body')._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { content } = item;
    text += content instanceof Y.ContentString ? content.str : '\ufffc'.repeat(item.length);
  }
  return text;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
