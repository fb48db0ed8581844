import * as Y from 'yjs';
import { putStored } from '../collab/rooms/hydrate.ts';
import type { Transaction } from '../db/connect.ts';
import { readRows } from '../history/read-rows.ts';
import { textDigest } from '../store/text-digest.ts';
import type { PieceText } from './manifest.ts';

const piecesAtOnce = 500;

/** What each piece reads at the transaction's moment, opened as a room opens it; by id. */
export async function* textsOf(tx: Transaction): AsyncGenerator<PieceText> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await tx<{ id: string; seq: number }[]>`
      select id, coalesce(seq, 0) as seq from pieces left join journal_heads on piece_id = id
      where id > ${last} order by id limit ${piecesAtOnce}`;
    for (const { id, seq } of page) {
      yield { id, seq, digest: await digestOf(tx, id) };
      last = id;
    }
    if (page.length < piecesAtOnce) return;
  }
}

async function digestOf(tx: Transaction, pieceId: string): Promise<string> {
  const [snapshot] = await tx<{ seq: number; state: Uint8Array }[]>`
    select seq, state from snapshots where piece_id = ${pieceId} order by seq desc limit 1`;
  const doc = new Y.Doc();
  if (snapshot !== undefined) putStored(doc, snapshot.state);
  for await (const stored of readRows(tx, pieceId, { after: snapshot?.seq ?? 0 })) {
    putStored(doc, 'row' in stored ? stored.row.update : stored.packed.update);
  }
  const digest = textDigest(doc);
  doc.destroy();
  return digest;
}
