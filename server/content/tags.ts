import { Overloaded, type Documents } from '../collab/engine.ts';
import type { Person, Workers } from '../workers/pool.ts';
import { EditWatch } from './edit-watch.ts';

export interface TagsDeps {
  readonly documents: Pick<Documents, 'state' | 'onOutdated' | 'fresh'>;
  readonly workers: Pick<Workers, 'ask'>;
}

/** A tag that is being told, or has been. */
interface Telling {
  readonly tag: Promise<string>;
  /** Who waits for it. */
  readonly askers: Set<Person>;
}

/** Tags that are remembered. */
const most = 10_000;

/**
 * The entity tags of pieces (etag.ts), told on a thread and remembered until the text changes: each
 * is a reading of the whole document. Several who ask at a time share one reading, and each of them
 * waits no longer than for their own (B2).
 */
export class Tags {
  readonly #deps: TagsDeps;
  readonly #edits: EditWatch;
  readonly #known = new Map<string, Telling>();

  constructor(deps: TagsDeps) {
    this.#deps = deps;
    this.#edits = new EditWatch(deps.documents);
    deps.documents.onOutdated((pieceId) => this.#known.delete(pieceId));
  }

  /** To be sent back with `PUT …/content`; null while nothing can be opened. */
  async of(person: string, pieceId: string): Promise<string | null> {
    try {
      await this.#deps.documents.fresh(pieceId);
      const known = this.#known.get(pieceId);
      if (known !== undefined) return await this.#share(known, person, pieceId);
      return await this.#edits.during(pieceId, async (watched) => {
        const state = await this.#deps.documents.state(pieceId, person);
        // Others may have asked meanwhile: one of them reads it.
        const other = this.#known.get(pieceId);
        if (other !== undefined && !watched.edited) return this.#share(other, person, pieceId);
        const telling = this.#tell(person, state);
        if (!watched.edited) this.#remember(pieceId, telling);
        return telling.tag;
      });
    } catch (err) {
      if (err instanceof Overloaded) return null;
      throw err;
    }
  }

  #tell(person: string, state: Uint8Array): Telling {
    const askers = new Set<Person>([person]);
    return { askers, tag: this.#deps.workers.ask(person, 'etag', { state }, { askers }) };
  }

  /** What is being told for others as well, unless it fails: that was theirs. */
  async #share({ askers, tag }: Telling, person: string, pieceId: string): Promise<string> {
    askers.add(person);
    try {
      return await tag;
    } catch {
      const state = await this.#deps.documents.state(pieceId, person);
      return this.#tell(person, state).tag;
    }
  }

  #remember(pieceId: string, telling: Telling): void {
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(pieceId, telling);
    telling.tag.catch(() => {
      if (this.#known.get(pieceId) === telling) this.#known.delete(pieceId);
    });
  }
}
