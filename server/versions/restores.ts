import { randomInt } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { RestoreRequest } from '../../shared/api/versions.ts';
import type { ChangeSummary } from '../../shared/document/compare/index.ts';
import { record } from '../audit/store.ts';
import { Problem } from '../errors.ts';
import { saveSummary, type Summary } from '../pieces/summary.ts';
import type { Carried } from '../threads/anchors/carry-anchors.ts';
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
  /** A comparison, as JSON. */
  readonly changes: Uint8Array;
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
    if (request.preview) return this.#plan(row, by, request);
    if (this.#underWay.has(pieceId)) {
      const detail =
        'Something else is being brought back in this piece just now. Look at it first.';
      throw new Problem('restore_under_way', detail);
    }
    this.#underWay.add(pieceId);
    try {
      return await this.#plan(row, by, request);
    } finally {
      this.#underWay.delete(pieceId);
    }
  }

  async #plan(row: Past, by: string, request: RestoreRequest): Promise<Restored> {
    const { documents, workers } = this.#deps;
    const { pieceId, seq } = row;
    const clientId = randomInt(1, 2 ** 32);
    const section = request.section ?? null;
    const now = await documents.state(pieceId, by);
    const plan = await workers.ask(by, 'restore', { pieceId, seq, now, clientId, section });
    if (plan === null) {
      throw new Problem('no_such_section', `No section of the version begins at ${section}.`);
    }
    const { update, changes, summary } = plan;
    if (update === null || request.preview) return { restored: false, version: null, changes };
    const version = newId();
    const carried = await this.#apply(
      pieceId,
      { state: now, update },
      {
        ...{ by, credit: { clientId, userId: by, before: version } },
      },
    );
    await this.#finish(row, { by, section, version, carried, changes: summary });
    return { restored: true, version, changes };
  }

  async #apply(
    pieceId: string,
    { state, update }: { readonly state: Uint8Array; readonly update: Uint8Array },
    { by, credit }: { by: string; credit: { clientId: number; userId: string; before: string } },
  ): Promise<Carried & { readonly summary: Summary }> {
    const { sql, documents, workers, check } = this.#deps;
    const sought = check.sought(pieceId, await anchorsOf(sql, pieceId));
    const { carried, summary } = await workers.ask(by, 'carry', { state, update, sought });
    await documents.merge(pieceId, by, credit, { update, still: null });
    return { ...carried, summary };
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
      readonly changes: ChangeSummary;
    },
  ): Promise<void> {
    const { sql, documents, check } = this.#deps;
    await sql.begin(async (tx) => {
      await saveAnchors(tx, carried.changes);
      await record(tx, {
        ...{ pieceId, actor: by, kind: 'version.restored' },
        data: { ...told, section, before: version, changes },
      });
      await saveSummary(tx, pieceId, carried.summary, new Date());
    });
    if (carried.moved.length > 0) check.announce(pieceId, carried.moved);
    const { title, standfirst } = carried.summary;
    documents.announce(pieceId, { type: 'title', title, standfirst });
  }
}
