/** A newsroom's database as years of work leave it: many pieces, each with a journal of keystrokes. */
import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import type { Sql } from '../../../server/db/connect.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { insertPiece } from '../../../server/store/new-piece.ts';
import { silentLog } from '../../support/silent-log.ts';
import { seeded } from '../../support/random.ts';

/** As the server writes snapshots. */
const snapshotEvery = 500;
const rowsAtOnce = 2_000;
const words =
  'the city pays for buses that nobody rides at night and yet it should keep them'.split(' ');

/** Makes pieces with so many journal rows in all. */
export async function fillDatabase(sql: Sql, url: string, pieces: number, rows: number) {
  const journal = createJournalStore(url, { log: silentLog });
  const store = createPieceStore(sql);
  const random = seeded(20_261_130);
  const each = Math.max(2, Math.round(rows / pieces));
  for (let piece = 0; piece < pieces; piece++) {
    const id = randomUUID();
    const doc = new Y.Doc();
    const body = doc.getText('body');
    body.insert(0, `Piece ${piece}.\n`);
    const state = Y.encodeStateAsUpdate(doc);
    const head = { title: `Piece ${piece}`, standfirst: '', words: 2, ownerId: null };
    await insertPiece(sql, { id, ...head, state, clientIds: [doc.clientID] });
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    let at = Date.parse('2026-01-05T09:00:00Z') + piece * 3_600_000;
    for (let row = 1; row < each; row++) {
      if (row % 25 === 0) body.delete(random.int(body.length - 1), 1);
      else body.insert(random.int(body.length), `${random.pick(words)} `);
    }
    for (let from = 0; from < updates.length; from += rowsAtOnce) {
      const entries = updates.slice(from, from + rowsAtOnce).map((update) => {
        at += 400;
        return { pieceId: id, author: null, at: new Date(at), update };
      });
      await journal.append(entries);
    }
    const snapshotAt = each - (each % snapshotEvery);
    if (snapshotAt > 1) {
      const upTo = new Y.Doc();
      for (const update of [state, ...updates.slice(0, snapshotAt - 1)])
        Y.applyUpdate(upTo, update);
      await store.saveSnapshot(id, snapshotAt, Y.encodeStateAsUpdate(upTo));
    }
    if ((piece + 1) % 100 === 0) console.log(`  made ${piece + 1} of ${pieces} pieces`);
  }
  await journal.close();
}
