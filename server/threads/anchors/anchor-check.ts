import { isWhole, type StateVector, type Stretch } from '../../../shared/anchors/index.ts';
import type { Documents } from '../../collab/engine.ts';
import { record, type Deed } from '../../audit/store.ts';
import type { Sql } from '../../db/connect.ts';
import type { Person, Workers } from '../../workers/pool.ts';
import { announce } from '../announce.ts';
import { KnownPlaces } from './known-places.ts';
import type { Located, Look, Looked, Sought } from './look.ts';
import { anchorsOf, saveAnchors, type AnchorRow } from '../thread-store.ts';

export interface CheckDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'state' | 'announce' | 'onOutdated' | 'fresh'>;
  readonly workers: Pick<Workers, 'ask'>;
}

/** Pieces whose sightings are remembered; of one that is forgotten, nothing is known to be old. */
const mostPieces = 1_000;

/**
 * Looks where the anchors of threads are in the text as it is now (S2), and stores what has changed
 * of them. People who have the piece open are told of passages that were lost or found.
 */
export class AnchorCheck {
  readonly #deps: CheckDeps;
  /** By piece and thread: how far the document had come when the passage was last seen whole. */
  readonly #sightings = new Map<string, Map<string, StateVector>>();

  readonly #known: KnownPlaces;

  constructor(deps: CheckDeps) {
    this.#deps = deps;
    this.#known = new KnownPlaces(deps.documents);
  }

  /**
   * Resolves with the threads as they are now, when what has changed of them is stored. They are
   * sought on a thread, once for each state of the text: 30 orphans in 1 MB of repeated words took 4 s.
   *
   * @param person - who waits for it; null: nobody
   * @param stored - it is the answer to something that has been stored, and has to come
   */
  async locate<Row extends AnchorRow>(
    person: Person,
    pieceId: string,
    rows: readonly Row[],
    { again = true, stored = false } = {},
  ): Promise<Located<Row>[]> {
    const { sql, documents, workers } = this.#deps;
    await documents.fresh(pieceId);
    const known = this.#known.of(pieceId, rows);
    if (known !== null) return known;
    const remember = this.#known.looking(pieceId);
    const state = await documents.state(pieceId, person);
    const sought = this.sought(pieceId, rows);
    const looked = await workers.ask(person, 'look', { state, sought }, { stored });
    const looks = this.noted(pieceId, looked as unknown as Looked<Row>);
    remember(looks);
    const changes = looks.flatMap(({ change }) => change ?? []);
    if (changes.length === 0) return looks;
    const { moved, overtaken } = await sql.begin(async (tx) => {
      const stored = await saveAnchors(tx, changes);
      const moved = looks.filter(({ row, placed }) => placed.moved && stored.has(row.id));
      await record(tx, ...moved.flatMap((one) => deedOf(pieceId, one)));
      return { moved, overtaken: stored.size < changes.length };
    });
    if (moved.length > 0) this.announce(pieceId, moved);
    if (!overtaken || !again) return looks;
    // Somebody else has looked meanwhile, and knows newer places than those that this began from.
    const now = new Map((await anchorsOf(sql, pieceId)).map((row) => [row.id, row]));
    const fresh = rows.map((row) => ({ ...row, ...now.get(row.id) }));
    return this.locate(person, pieceId, fresh, { again: false, stored });
  }

  /** What a thread has to be told to look for these. */
  sought<Row extends AnchorRow>(pieceId: string, rows: readonly Row[]): Sought<Row> {
    const known = this.#sightingsOf(pieceId);
    const sightings = new Map<string, StateVector>();
    for (const { id } of rows) {
      const sighting = known.get(id);
      if (sighting !== undefined) sightings.set(id, sighting);
    }
    return { rows, sightings };
  }

  /** Remembers which passages have been seen whole; gives the looks. */
  noted<Row extends AnchorRow>(pieceId: string, { looks, seen }: Looked<Row>): Look<Row>[] {
    const known = this.#sightingsOf(pieceId);
    for (const { row, placed } of looks) if (isWhole(placed.anchor)) known.set(row.id, seen);
    return looks;
  }

  /** Tells who has the piece open that anchors have other positions now. */
  announce(pieceId: string, moved: readonly Located<AnchorRow>[]): void {
    const threads = moved.map(({ row, position }) => ({
      id: row.id,
      ...presentAnchor(row, position),
    }));
    announce(this.#deps.documents, pieceId, { type: 'thread-anchors', threads });
  }

  /** A passage is there at this moment, as its thread is begun. */
  saw(pieceId: string, threadId: string, at: StateVector): void {
    this.#sightingsOf(pieceId).set(threadId, at);
  }

  #sightingsOf(pieceId: string): Map<string, StateVector> {
    const known = this.#sightings.get(pieceId) ?? new Map<string, StateVector>();
    // The last of the map is the last that was looked at.
    this.#sightings.delete(pieceId);
    this.#sightings.set(pieceId, known);
    if (this.#sightings.size > mostPieces) {
      const [oldest] = this.#sightings.keys();
      if (oldest !== undefined) this.#sightings.delete(oldest);
    }
    return known;
  }
}

/** The anchor of a thread as the API shows it. */
export function presentAnchor(row: AnchorRow, position: Stretch | null) {
  return {
    field: row.field,
    quote: row.quote,
    position,
    orphaned: row.orphaned,
    anchor: row.orphaned ? null : { start: base64(row.start), end: base64(row.end) },
  };
}

function deedOf(pieceId: string, { row, was }: Look<AnchorRow>): Deed[] {
  if (row.orphaned === was.orphaned) return [];
  const kind = row.orphaned ? 'thread.orphaned' : 'thread.found';
  return [{ pieceId, actor: null, kind, data: { threadId: row.id } }];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
