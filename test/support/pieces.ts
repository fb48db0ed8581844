import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import type { JournalEntry } from '../../server/collab/ports.ts';
import type { Queryable } from '../../server/db/connect.ts';
import { insertPiece } from '../../server/store/new-piece.ts';

/** Stores a piece that nobody is a member of, with `text` as its body; gives its id. */
export async function makePiece(sql: Queryable, text = ''): Promise<string> {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, text);
  const id = randomUUID();
  const state = Y.encodeStateAsUpdate(doc);
  await insertPiece(sql, {
    id,
    ownerId: null,
    title: '',
    standfirst: '',
    words: 0,
    state,
    clientIds: [doc.clientID],
  });
  return id;
}

/** A journal entry of the server's own; its bytes need not be a Yjs update. */
export function entryOf(pieceId: string, update: Uint8Array | string): JournalEntry {
  return {
    pieceId,
    author: null,
    at: new Date(),
    update: typeof update === 'string' ? Buffer.from(update) : update,
  };
}
