import * as Y from 'yjs';
import { hydrateInTurns, type Hydrated } from './hydrate.ts';
import type { Askers, Log, PieceStore, StateWork } from '../ports.ts';
import type { RoomJournal } from '../journal/room-journal.ts';

export interface ReloadDeps {
  readonly journal: RoomJournal;
  readonly store: PieceStore;
  readonly log: Log;
  readonly work: StateWork;
  /** Who waits for it now. */
  askers(): Askers;
  /** Whether the room is gone, and nobody waits any more. */
  closed(): boolean;
}

const retryMs = 1_000;

/** A piece's document, anew from the journal, when all is in it. Tries until it can. */
export async function reload(deps: ReloadDeps): Promise<Hydrated> {
  const { journal, store, log } = deps;
  const { pieceId } = journal;
  while (!deps.closed()) {
    try {
      await journal.whenSaved();
      const stored = await store.load(pieceId);
      if (stored !== null) return await hydrateInTurns(stored, deps.work, deps.askers());
      log.error({ pieceId }, 'the piece is gone from the database');
    } catch (err) {
      log.error({ err, pieceId }, 'cannot rebuild a document yet');
    }
    if (!deps.closed()) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  return { doc: new Y.Doc(), base: null, since: [] };
}
