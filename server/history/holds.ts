import type { Held, JournalReader } from '../collab/ports.ts';
import { readUpdate } from '../collab/updates/read-update.ts';
import { holdsWords } from '../collab/updates/thrown-away.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import type { Queryable } from '../db/connect.ts';
import type { Workers } from '../workers/pool.ts';
import { readRows } from './read-rows.ts';
import { replay } from './replay.ts';

/**
 * Of each list of updates, whether a piece's journal, put together with nothing thrown away, has all
 * their words where they say. Those that an update itself deletes do not count.
 */
export async function holds(
  sql: Queryable,
  pieceId: string,
  asked: readonly (readonly Uint8Array[])[],
): Promise<Held[]> {
  const { doc } = await replay(readRows(sql, pieceId), null, { doc: newDocument({ gc: false }) });
  const held = asked.map((updates) => holdsWords(doc, updates.map(readUpdate)));
  doc.destroy();
  return held;
}

/** Reads the journal on a thread of the history. */
export function createJournalReader(workers: Pick<Workers, 'ask'>): JournalReader {
  return { holds: (pieceId, updates) => workers.ask(null, 'holds', { pieceId, updates }) };
}
