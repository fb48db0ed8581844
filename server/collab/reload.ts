import * as Y from 'yjs';
import { hydrate } from './hydrate.ts';
import type { Log, PieceStore } from './ports.ts';
import type { RoomJournal } from './room-journal.ts';

export interface ReloadDeps {
  readonly journal: RoomJournal;
  readonly store: PieceStore;
  readonly log: Log;
  /** Whether the room is gone, and nobody waits any more. */
  closed(): boolean;
}

const retryMs = 1_000;

/** A piece's document, anew from the journal, when all is in it. Tries until it can. */
export async function reload(deps: ReloadDeps): Promise<Y.Doc> {
  const { journal, store, log } = deps;
  const { pieceId } = journal;
  while (!deps.closed()) {
    try {
      await journal.whenSaved();
      const stored = await store.load(pieceId);
      if (stored !== null) return hydrate(stored);
      log.error({ pieceId }, 'the piece is gone from the database');
    } catch (err) {
      log.error({ err, pieceId }, 'cannot rebuild a document yet');
    }
    if (!deps.closed()) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  return new Y.Doc();
}
