import { randomInt } from 'node:crypto';
import { v7 as newId } from 'uuid';
import * as Y from 'yjs';
import type { RestoreRequest } from '../../shared/api/versions.ts';
import { summariseChanges, type Comparison } from '../../shared/document/compare/index.ts';
import { record } from '../audit/store.ts';
import { Problem } from '../errors.ts';
import { saveSummary, summarise, type Summary } from '../pieces/summary.ts';
import { carryThrough, type Carried } from '../threads/carry-anchors.ts';
import { anchorsOf, saveAnchors } from '../threads/thread-store.ts';
import type { VersionDeps } from './routes.ts';

/** What is to be brought back: a piece as it was after a row of its journal. */
export interface Past {
  readonly pieceId: string;
  readonly seq: number;
  /** What the audit trail says that it was. */
  readonly told: { readonly versionId: string } | { readonly at: string };
}

export interface Restored {
  readonly restored: boolean;
  /** The id of the version of what was there before; null: nothing was changed. */
  readonly version: string | null;
  readonly changes: Comparison;
}

/**
 * Brings versions and moments back (S3). The edit is made, off the event loop, on a copy of the piece as it is when
 * it is asked for, and then merged like anybody's: what others type meanwhile stays, and nothing is
 * touched that is the same in both.
 */
export class Restores {
  readonly #deps: VersionDeps;
  /** Pieces that something is being brought back in. */
  readonly #underWay = new Set<string>();

  constructor(deps: VersionDeps) {
    this.#deps = deps;
  }

  async restore(row: Past, by: string, request: RestoreRequest): Promise<Restored> {
    const { pieceId } = row;
    if (request.preview) return this.#plan(row, request, null);
    if (this.#underWay.has(pieceId)) {
      const detail =
        'Something else is being brought back in this piece just now. Look at it first.';
      throw new Problem('restore_under_way', detail);
    }
    this.#underWay.add(pieceId);
    try {
      return await this.#plan(row, request, by);
    } finally {
      this.#underWay.delete(pieceId);
    }
  }

  /** `by` null: only tells. */
  async #plan(row: Past, request: RestoreRequest, by: string | null): Promise<Restored> {
    const { documents, history } = this.#deps;
    const { pieceId, seq } = row;
    const clientId = randomInt(1, 2 ** 32);
    const section = request.section ?? null;
    const now = await documents.read(pieceId, (doc) => Y.encodeStateAsUpdate(doc));
    const plan = await history.ask('restore', { pieceId, seq, now, clientId, section });
    if (plan === null) {
      throw new Problem('no_such_section', `No section of the version begins at ${section}.`);
    }
    const { update, changes } = plan;
    if (update === null || by === null) return { restored: false, version: null, changes };
    const version = newId();
    const carried = await this.#apply(pieceId, update, {
      ...{ by, credit: { clientId, userId: by, before: version } },
    });
    await this.#finish(row, { by, section, version, carried, changes });
    return { restored: true, version, changes };
  }

  async #apply(
    pieceId: string,
    update: Uint8Array,
    { by, credit }: { by: string; credit: { clientId: number; userId: string; before: string } },
  ): Promise<Carried & { readonly summary: Summary }> {
    const { sql, documents, check } = this.#deps;
    const anchors = await anchorsOf(sql, pieceId);
    const outcome: { is: (Carried & { readonly summary: Summary }) | null } = { is: null };
    await documents.editCredited(pieceId, by, credit, (doc) => {
      const threads = check.look(pieceId, doc, anchors);
      const edit = () => Y.applyUpdate(doc, update);
      carryThrough(doc, threads, edit, (carried) => {
        outcome.is = { ...carried, summary: summarise(doc) };
      });
    });
    if (outcome.is === null) throw new Error('A restored version was not applied');
    return outcome.is;
  }

  async #finish(
    { pieceId, told }: Past,
    {
      by,
      section,
      version,
      carried,
      changes,
    }: {
      readonly by: string;
      readonly section: number | null;
      readonly version: string;
      readonly carried: Carried & { readonly summary: Summary };
      readonly changes: Comparison;
    },
  ): Promise<void> {
    const { sql, documents, check } = this.#deps;
    await sql.begin(async (tx) => {
      await saveAnchors(tx, carried.changes);
      await record(tx, {
        ...{ pieceId, actor: by, kind: 'version.restored' },
        data: { ...told, section, before: version, changes: summariseChanges(changes) },
      });
      await saveSummary(tx, pieceId, carried.summary, new Date());
    });
    if (carried.moved.length > 0) check.announce(pieceId, carried.moved);
    const { title, standfirst } = carried.summary;
    documents.announce(pieceId, { type: 'title', title, standfirst });
  }
}
