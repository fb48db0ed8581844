import { NoSuchPiece, type Documents } from '../collab/engine.ts';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { automaticVersions, deleteVersions, insertVersion } from '../versions/store.ts';
import { thinned } from '../versions/thinning.ts';
import type { Workers } from '../workers/pool.ts';
import { blockRows, stretchesVersion } from './stretches.ts';

export interface KeeperDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'onEdited' | 'saved' | 'announce'>;
  /** One of its own: packing must not hold up who asks. */
  readonly packing: Workers;
  readonly log: Log;
  /** Milliseconds, where they are not the usual ones. */
  readonly quietMs?: number;
  readonly sweepMs?: number;
}

/** Nobody has written for this long: people have stopped. */
const quietMs = 10 * 60_000;
const sweepMs = 30_000;
/** Bytes of updates since the last version that are substantial work: some 40 words typed anew. */
const substantial = 5_000;

interface Edited {
  /** When the last edit was, in ms of `performance.now()`. */
  last: number;
  /** Since the piece was last looked at. */
  edits: number;
}

/**
 * Looks after the history of pieces while the server runs: keeps a version where people have stopped
 * after much work, thins old ones, and packs the journal, a block as soon as it is full and the rest
 * when it is quiet. What a server that was stopped has left is done by the next one.
 */
export class HistoryKeeper {
  readonly #deps: KeeperDeps;
  readonly #edited = new Map<string, Edited>();
  readonly #quietMs: number;
  readonly #timer: NodeJS.Timeout;
  #sweeping: Promise<void> | null = null;
  #lookedBack = false;
  #stopped = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#quietMs = deps.quietMs ?? quietMs;
    deps.documents.onEdited((pieceId) => this.#note(pieceId));
    this.#timer = setInterval(() => void this.sweep(), deps.sweepMs ?? sweepMs);
    this.#timer.unref();
  }

  /** Does what is due; one sweep at a time. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = null;
    });
    return this.#sweeping;
  }

  /** Ends what is under way, and the packing thread. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#deps.packing.close();
    await this.#sweeping;
  }

  /** Called at each keystroke. */
  #note(pieceId: string): void {
    const known = this.#edited.get(pieceId);
    if (known === undefined) this.#edited.set(pieceId, { last: performance.now(), edits: 1 });
    else {
      known.last = performance.now();
      known.edits++;
    }
  }

  async #sweepOnce(): Promise<void> {
    if (!this.#lookedBack) await this.#lookBack();
    for (const [pieceId, edited] of [...this.#edited]) {
      if (this.#stopped) return;
      const quiet = performance.now() - edited.last >= this.#quietMs;
      // A row is an edit or more, so fewer edits fill no block.
      if (!quiet && edited.edits < blockRows) continue;
      if (quiet) this.#edited.delete(pieceId);
      else edited.edits = 0;
      try {
        await this.#tend(pieceId, quiet);
      } catch (err) {
        if (this.#stopped || err instanceof NoSuchPiece) continue;
        this.#deps.log.warn({ err, pieceId }, 'cannot look after a history yet');
        if (!this.#edited.has(pieceId)) this.#edited.set(pieceId, edited);
      }
    }
  }

  /**
   * Notes the pieces whose last rows nobody has packed, or whose stretches were counted by an older
   * server, as if they had been written under this one.
   */
  async #lookBack(): Promise<void> {
    try {
      const left = await this.#deps.sql<{ pieceId: string; age: number }[]>`
        select heads.piece_id as "pieceId", extract(epoch from now() - at)::float8 * 1000 as age
        from journal_heads as heads join journal using (piece_id, seq)
        where seq > 1 and (moments is null or exists (
          select 1 from journal as packs where packs.piece_id = heads.piece_id
            and packs.stretches is not null
            and packs.stretches->>'version' is distinct from ${String(stretchesVersion)}))`;
      for (const { pieceId, age } of left) {
        const last = performance.now() - Math.max(0, age);
        if (!this.#edited.has(pieceId)) this.#edited.set(pieceId, { last, edits: 1 });
      }
      this.#lookedBack = true;
    } catch (err) {
      if (!this.#stopped) this.#deps.log.warn({ err }, 'cannot look for unpacked histories yet');
    }
  }

  async #tend(pieceId: string, quiet: boolean): Promise<void> {
    const { sql, documents, packing } = this.#deps;
    await documents.saved(pieceId);
    if (quiet) {
      await this.#keepVersion(pieceId);
      const versions = await automaticVersions(sql, pieceId);
      await deleteVersions(sql, thinned(versions, Date.now()));
    }
    // Of a quiet piece all, so that its history is there to be read, and need not be computed.
    await packing.ask(null, 'pack', { pieceId, unfilled: quiet });
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
