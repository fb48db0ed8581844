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
  readonly lookBackPieces?: number;
}

/** Nobody has written for this long: people have stopped. */
const quietMs = 10 * 60_000;
/** How often what was edited is noted: what a server that dies has not noted, the next start finds. */
const noteMs = 10_000;
/**
 * Pieces whose journals are looked at each time after a start: all at once they would be one long
 * statement, and so many jobs that claiming them sorts all that wait, for each.
 */
const lookBackPieces = 500;
/** Bytes of updates since the last version that are substantial work: some 40 words typed anew. */
const substantial = 5_000;

interface Edited {
  /** When the last edit at this server was, in ms of `performance.now()`. */
  last: number;
  /** At this server, since packing was last asked for. */
  edits: number;
  /**
   * How often there was a job since the last of them. Twice is enough: what was not committed yet the
   * first time, so that whoever did the job then did not see it, is so the second time.
   */
  noted: number;
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
  /** The journals of pieces up to this one were looked at; null: of all. */
  #lookedBackTo: string | null = '00000000-0000-0000-0000-000000000000';

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
      this.#edited.set(pieceId, { last: performance.now(), edits: 1, noted: 0 });
    } else {
      known.last = performance.now();
      known.edits++;
      known.noted = 0;
    }
  }

  async #noteOnce(): Promise<void> {
    try {
      await this.#noteEdited();
      await this.#lookBack();
    } catch (err) {
      this.#deps.log.warn({ err }, 'cannot look after histories yet');
    }
  }

  async #noteEdited(): Promise<void> {
    const { jobs } = this.#deps;
    const edited = [...this.#edited].filter(([, { noted }]) => noted < 2);
    // A row is an edit or more, so fewer edits fill no block.
    const full = edited.filter(([, { edits }]) => edits >= blockRows);
    for (const [, piece] of edited) piece.noted++;
    try {
      const quiet = edited.map(([pieceId]) => ofPiece(pieceId, this.#quietMs));
      await jobs.add(tendQuietPiece, quiet);
      const packs = full.map(([pieceId]) => ofPiece(pieceId, 0));
      await jobs.add(packPiece, packs);
    } catch (err) {
      for (const [, piece] of edited) piece.noted = 0;
      throw err;
    }
    for (const [, piece] of full) piece.edits = 0;
    const now = performance.now();
    for (const [pieceId, { last, noted }] of this.#edited) {
      if (noted >= 2 && now - last >= this.#quietMs) this.#edited.delete(pieceId);
    }
  }

  /**
   * Notes the pieces whose last rows nobody has packed, or whose stretches were counted by an older
   * server: such as a restored backup has, which is without jobs, and as an older version has left.
   */
  async #lookBack(): Promise<void> {
    const { sql, jobs, lookBackPieces: most = lookBackPieces } = this.#deps;
    if (this.#lookedBackTo === null) return;
    // Asked of each piece by itself: of all packs it would be a scan of the whole journal.
    const pieces = await sql<{ pieceId: string; age: number; left: boolean }[]>`
      select heads.piece_id as "pieceId", extract(epoch from now() - at)::float8 * 1000 as age,
        seq > 1 and (moments is null or coalesce((
          select true from journal as packs where packs.piece_id = heads.piece_id
            and packs.stretches is not null
            and packs.stretches->>'version' is distinct from ${String(stretchesVersion)}
          limit 1), false)) as left
      from (
        select piece_id, seq from journal_heads
        where piece_id > ${this.#lookedBackTo} order by piece_id limit ${most}
      ) as heads join journal using (piece_id, seq)
      order by heads.piece_id`;
    const left = pieces.filter((piece) => piece.left);
    await jobs.add(
      tendQuietPiece,
      left.map(({ pieceId, age }) => ofPiece(pieceId, this.#quietMs - Math.max(0, age))),
    );
    this.#lookedBackTo = pieces.length < most ? null : (pieces.at(-1)?.pieceId ?? null);
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
