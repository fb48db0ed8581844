import type { Documents } from '../collab/engine.ts';

/** What is known of a piece since it began to be watched. */
export interface Watched {
  edited: boolean;
}

/** Tells whether a piece has been edited since some moment, up to the turn in which that is asked. */
export class EditWatch {
  readonly #watched = new Map<string, Set<Watched>>();

  constructor(documents: Pick<Documents, 'onOutdated'>) {
    documents.onOutdated((pieceId) => {
      for (const one of this.#watched.get(pieceId) ?? []) one.edited = true;
    });
  }

  /** Watches a piece while `work` is done. */
  async during<T>(pieceId: string, work: (watched: Watched) => Promise<T>): Promise<T> {
    const watched: Watched = { edited: false };
    const all = this.#watched.get(pieceId) ?? new Set();
    this.#watched.set(pieceId, all.add(watched));
    try {
      return await work(watched);
    } finally {
      all.delete(watched);
      if (all.size === 0) this.#watched.delete(pieceId);
    }
  }
}
