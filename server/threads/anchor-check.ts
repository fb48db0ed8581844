import * as Y from 'yjs';
import {
  isWhole,
  type Placed,
  type StateVector,
  type Stretch,
} from '../../shared/anchors/index.ts';
import { DocumentFields } from '../../shared/document/fields.ts';
import type { Documents } from '../collab/engine.ts';
import { record, type Deed } from '../audit/store.ts';
import type { Sql } from '../db/connect.ts';
import { announce } from './announce.ts';
import { nowhere, placeInFields } from './place-in-fields.ts';
import { anchorsOf, saveAnchors, type AnchorChange, type AnchorRow } from './thread-store.ts';

/** A thread's anchor as it is at the moment of a check. */
export interface Located<Row extends AnchorRow> {
  /** The row with its anchor as it is now. */
  readonly row: Row;
  /** Indexes into its field; null: orphaned. */
  readonly position: Stretch | null;
}

export interface CheckDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'read' | 'announce'>;
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

  constructor(deps: CheckDeps) {
    this.#deps = deps;
  }

  /** Resolves with the threads as they are now, when what has changed of them is stored. */
  async locate<Row extends AnchorRow>(
    pieceId: string,
    rows: readonly Row[],
    { again = true } = {},
  ): Promise<Located<Row>[]> {
    const { sql, documents } = this.#deps;
    const looked = await documents.read(pieceId, (doc) => this.look(pieceId, doc, rows));
    const changes = looked.flatMap(({ change }) => change ?? []);
    if (changes.length === 0) return looked;
    const { moved, overtaken } = await sql.begin(async (tx) => {
      const stored = await saveAnchors(tx, changes);
      const moved = looked.filter(({ row, placed }) => placed.moved && stored.has(row.id));
      await record(tx, ...moved.flatMap((one) => deedOf(pieceId, one)));
      return { moved, overtaken: stored.size < changes.length };
    });
    if (moved.length > 0) this.announce(pieceId, moved);
    if (!overtaken || !again) return looked;
    // Somebody else has looked meanwhile, and knows newer places than those that this began from.
    const now = new Map((await anchorsOf(sql, pieceId)).map((row) => [row.id, row]));
    const fresh = rows.map((row) => ({ ...row, ...now.get(row.id) }));
    return this.locate(pieceId, fresh, { again: false });
  }

  /** The same, of a document at hand; nothing is stored. */
  look<Row extends AnchorRow>(pieceId: string, doc: Y.Doc, rows: readonly Row[]): Look<Row>[] {
    if (rows.length === 0) return [];
    const sightings = this.#sightingsOf(pieceId);
    const seenOf = (row: Row) =>
      row.seen === null ? (sightings.get(row.id) ?? null) : Y.decodeStateVector(row.seen);
    const places = placeInFields(new DocumentFields(doc), rows, seenOf);
    const nowSeen = Y.decodeStateVector(Y.encodeStateVector(doc));
    return rows.map((row) => {
      const { placed: one, field, position } = places.get(row) ?? nowhere(row);
      const whole = isWhole(one.anchor);
      const before = sightings.get(row.id);
      if (whole) sightings.set(row.id, nowSeen);
      // Lost just now: it was there up to the last sighting.
      const seen = whole ? null : (row.seen ?? (before ? encodeSeen(before) : null));
      const here = one.anchor === row && field === row.field;
      const same = here && (seen === null) === (row.seen === null);
      const change: AnchorChange | null = same
        ? null
        : { id: row.id, field, anchor: one.anchor, seen, version: row.anchorVersion };
      return {
        row: { ...row, ...one.anchor, field, seen },
        was: row,
        position,
        placed: one,
        change,
      };
    });
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

/** A thread that has been looked at. */
export interface Look<Row extends AnchorRow> extends Located<Row> {
  /** The row as it was. */
  readonly was: Row;
  readonly placed: Placed;
  /** What is to be stored; null: nothing has changed. */
  readonly change: AnchorChange | null;
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

/** As Yjs encodes one: a count, then each clientID with its clock. */
function encodeSeen(seen: StateVector): Uint8Array {
  return Y.encodeStateVector(new Map(seen));
}
