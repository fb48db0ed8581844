import * as Y from 'yjs';
import { applyStored, newDocument } from '../../shared/document/new-document.ts';
import type { Queryable } from '../db/connect.ts';

/**
 * What a piece was at the end of its last full block is kept, as a snapshot beside the latest one: so
 * who asks for the history while people write waits for the rows that are in no full block yet, and
 * not for all that there ever were (of 260,000, 0.4 s of a core).
 */
export async function keepBlockEnd(
  sql: Queryable,
  pieceId: string,
  seq: number,
  doc: Y.Doc,
): Promise<void> {
  const lean = newDocument();
  applyStored(lean, [Y.encodeStateAsUpdate(doc)]);
  const state = Y.encodeStateAsUpdate(lean);
  lean.destroy();
  await sql`
    insert into snapshots (piece_id, seq, state)
    select piece_id, ${seq}, ${state} from journal_heads where piece_id = ${pieceId}
    on conflict (piece_id, seq) do nothing`;
}

/** The state of a piece after a row, as an update; null where it is not kept. */
export async function blockEnd(
  sql: Queryable,
  pieceId: string,
  seq: number,
): Promise<Uint8Array | null> {
  const [row] = await sql<{ state: Uint8Array }[]>`
    select state from snapshots where piece_id = ${pieceId} and seq = ${seq}`;
  return row?.state ?? null;
}
