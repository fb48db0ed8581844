import type { Documents } from '../collab/engine.ts';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import type { Jobs, NewJob } from '../jobs/jobs.ts';
import { packPiece, tendQuietPiece, type OfPiece } from '../jobs/kinds.ts';
import { automaticVersions, deleteVersions, insertVersion } from '../versions/store.ts';
import { thinned } from '../versions/thinning.ts';
import type { Workers } from '../workers/pool.ts';
import { blockRows, stretchesVersion } from './stretches.ts';

export interface KeeperDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'onEdited' | 'saved' | 'announce'>;
  readonly jobs: Pick<Jobs, 'handle' | 'add'>;
  /** One of its own: packing must not hold up who asks. */
  readonly packing: Workers;
  readonly log: Log;
  /** Milliseconds, where they are not the usual ones. */
  readonly quietMs?: number;
  readonly noteMs?: number;
}

/** Nobody has written for this long: people have stopped. */
const quietMs = 10 * 60_000;
/** How often what was edited is noted: what a server that dies has not noted, the next start finds. */
const noteMs = 10_000;
/** Bytes of updates since the last version that are substantial work: some 40 words typed anew. */
const substantial = 5_000;

interface Edited {
  /** When the last edit at this server was, in ms of `performance.now()`. */
  last: number;
  /** At this server, since packing was last asked for. */
  edits: number;
  /** Whether there is a job for the last of them. */
  noted: boolean;
}

/**
 * Looks after the history of pieces while servers run: keeps a version where people have stopped after
 * much work, thins old ones, and packs the journal, a block as soon as it is full and the rest when it
 * is quiet. What is edited here is noted as a job within seconds, and done once, by any server; what was
 * left without one is looked for at the start.
 */
export class HistoryKeeper {
  readonly #deps: KeeperDeps;
  readonly #edited = new Map<string, Edited>();
  readonly #quietMs: number;
  readonly #timer: NodeJS.Timeout;
  #noting: Promise<void> | null = null;
  #lookedBack = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#quietMs = deps.quietMs ?? quietMs;
    deps.jobs.handle(packPiece, ({ pieceId }) => this.#pack(pieceId, false));
    deps.jobs.handle(tendQuietPiece, ({ pieceId }) => this.#tendQuiet(pieceId));
    deps.documents.onEdited((pieceId) => this.#heed(pieceId));
    this.#timer = setInterval(() => void this.noteJobs(), deps.noteMs ?? noteMs);
    this.#timer.unref();
  }

  /** Notes as jobs what was edited here; what cannot be noted yet is when it is called again. */
  noteJobs(): Promise<void> {
    this.#noting ??= this.#noteOnce().finally(() => {
      this.#noting = null;
    });
    return this.#noting;
  }

  /** Notes what is not noted yet, and ends the packing thread. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#deps.packing.close();
    await this.#noting;
    await this.#noteEdited().catch((err: unknown) => {
      this.#deps.log.info({ err }, 'what was edited last is looked after from the next start on');
    });
  }

  /** Called at each keystroke. */
  #heed(pieceId: string): void {
    const known = this.#edited.get(pieceId);
    if (known === undefined) {
      this.#edited.set(pieceId, { last: performance.now(), edits: 1, noted: false });
    } else {
      known.last = performance.now();
      known.edits++;
      known.noted = false;
    }
  }

  async #noteOnce(): Promise<void> {
    try {
      if (!this.#lookedBack) await this.#lookBack();
      await this.#noteEdited();
    } catch (err) {
      this.#deps.log.warn({ err }, 'cannot look after histories yet');
    }
  }

  async #noteEdited(): Promise<void> {
    const { jobs } = this.#deps;
    const edited = [...this.#edited].filter(([, { noted }]) => !noted);
    // A row is an edit or more, so fewer edits fill no block.
    const full = edited.filter(([, { edits }]) => edits >= blockRows);
    for (const [, piece] of edited) piece.noted = true;
    try {
      const quiet = edited.map(([pieceId]) => ofPiece(pieceId, this.#quietMs));
      await jobs.add(tendQuietPiece, quiet);
      const packs = full.map(([pieceId]) => ofPiece(pieceId, 0));
      await jobs.add(packPiece, packs);
    } catch (err) {
      for (const [, piece] of edited) piece.noted = false;
      throw err;
    }
    for (const [, piece] of full) piece.edits = 0;
    const now = performance.now();
    for (const [pieceId, { last, noted }] of this.#edited) {
      if (noted && now - last >= this.#quietMs) this.#edited.delete(pieceId);
    }
  }

  /**
   * Notes the pieces whose last rows nobody has packed, or whose stretches were counted by an older
   * server: such as a restored backup has, which is without jobs, and as an older version has left.
   */
  async #lookBack(): Promise<void> {
    const left = await this.#deps.sql<{ pieceId: string; age: number }[]>`
      select heads.piece_id as "pieceId", extract(epoch from now() - at)::float8 * 1000 as age
      from journal_heads as heads join journal using (piece_id, seq)
      where seq > 1 and (moments is null or exists (
        select 1 from journal as packs where packs.piece_id = heads.piece_id
          and packs.stretches is not null
          and packs.stretches->>'version' is distinct from ${String(stretchesVersion)}))`;
    await this.#deps.jobs.add(
      tendQuietPiece,
      left.map(({ pieceId, age }) => ofPiece(pieceId, this.#quietMs - Math.max(0, age))),
    );
    this.#lookedBack = true;
  }

  /** What the job of a piece does whose time has come; where somebody writes in it, it comes again. */
  async #tendQuiet(pieceId: string): Promise<void> {
    const { sql, documents, jobs } = this.#deps;
    await documents.saved(pieceId);
    const [row] = await sql<{ age: number }[]>`
      select extract(epoch from now() - at)::float8 * 1000 as age
      from journal_heads join journal using (piece_id, seq) where piece_id = ${pieceId}`;
    // It has been deleted for good.
    if (row === undefined) return;
    const age = Math.max(0, row.age);
    if (age < this.#quietMs) {
      await jobs.add(tendQuietPiece, [ofPiece(pieceId, this.#quietMs - age)]);
      return;
    }
    await this.#keepVersion(pieceId);
    const versions = await automaticVersions(sql, pieceId);
    await deleteVersions(sql, thinned(versions, Date.now()));
    // Of a quiet piece all, so that its history is there to be read, and need not be computed.
    await this.#pack(pieceId, true);
  }

  async #pack(pieceId: string, unfilled: boolean): Promise<void> {
    const { documents, packing } = this.#deps;
    await documents.saved(pieceId);
    await packing.ask(null, 'pack', { pieceId, unfilled });
  }

  async #keepVersion(pieceId: string): Promise<void> {
    const { sql, documents } = this.#deps;
    // Of a pack that began before the last version, the part that its rows since then make up.
    const [work] = await sql<{ bytes: number }[]>`
      select coalesce(sum(octet_length(update)::float8 * (journal.seq - greatest(first - 1, kept))
        / (journal.seq - first + 1)), 0) as bytes
      from (
        select coalesce(max(seq), 1) as kept from versions where piece_id = ${pieceId}
      ) as last_version,
      journal, coalesce(first_seq, journal.seq) as first
      where piece_id = ${pieceId} and journal.seq > kept`;
    if ((work?.bytes ?? 0) < substantial) return;
    const id = await insertVersion(sql, { pieceId, kind: 'quiet', createdBy: null });
    documents.announce(pieceId, { type: 'version', kind: 'quiet', id, by: null });
  }
}

const ofPiece = (pieceId: string, afterMs: number): NewJob<OfPiece> => ({
  ...{ key: pieceId, payload: { pieceId }, afterMs },
});
