import type { Stretch } from '../../../shared/anchors/index.ts';
import type { Documents } from '../../collab/engine.ts';
import type { Located, Look } from './look.ts';
import type { AnchorRow } from '../thread-store.ts';

/** Pieces whose places are remembered. */
const mostPieces = 1_000;

interface Place {
  /** Of the anchor as it is stored. */
  readonly version: number;
  readonly position: Stretch | null;
}

/**
 * Where anchors are in texts that have not changed since they were looked for: that search grows with
 * the text, most of all for passages that are nowhere, and a list of threads is read again and again.
 */
export class KnownPlaces {
  /** The map of a piece is another one as soon as its text has changed. */
  readonly #pieces = new Map<string, Map<string, Place>>();

  constructor(documents: Pick<Documents, 'onOutdated'>) {
    documents.onOutdated((pieceId) => this.#pieces.delete(pieceId));
  }

  /** Those that are all known; null: one or more have to be looked for. */
  of<Row extends AnchorRow>(pieceId: string, rows: readonly Row[]): Located<Row>[] | null {
    const known = this.#pieces.get(pieceId);
    const located: Located<Row>[] = [];
    for (const row of rows) {
      const place = known?.get(row.id);
      if (place?.version !== row.anchorVersion) return null;
      located.push({ row, position: place.position });
    }
    return located;
  }

  /**
   * To be called before the text is read: what is given to the answer is remembered if the text has
   * not changed by then.
   */
  looking(pieceId: string): (looks: readonly Look<AnchorRow>[]) => void {
    const known = this.#pieces.get(pieceId) ?? new Map<string, Place>();
    this.#pieces.delete(pieceId);
    this.#pieces.set(pieceId, known);
    if (this.#pieces.size > mostPieces) {
      const [oldest] = this.#pieces.keys();
      if (oldest !== undefined) this.#pieces.delete(oldest);
    }
    return (looks) => {
      if (this.#pieces.get(pieceId) !== known) return;
      for (const { row, position, change } of looks) {
        // What is to be stored has another version then, and is looked for once more.
        if (change === null) known.set(row.id, { version: row.anchorVersion, position });
      }
    };
  }
}
