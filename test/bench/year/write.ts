/** Puts the year into the journal, in bulk: a row for each edit, packed as the running server packs it. */
import type { Database } from '../../../server/db/open.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { blockRows } from '../../../server/history/stretches.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { insertVersion } from '../../../server/versions/store.ts';
import * as Y from 'yjs';
import { silentLog } from '../../support/silent-log.ts';
import { Discussion } from './discussion.ts';
import type { Newsroom } from './newsroom.ts';

const rowsAtOnce = 2_000;
/** Edits for each thread, and for each version that somebody names; threads come some at a time. */
const perThread = 1_040;
const threadsEvery = 26_000;
const perVersion = 10_000;
/** As the server writes snapshots: of the last rows there is none. */
const unsnapshotted = 250;

/** What a size of the piece has to give back. */
export interface Moment {
  readonly at: Date;
  readonly text: string;
}

export interface Packed {
  /** Rows that were packed, and how long all of it took, in ms. */
  readonly rows: number;
  readonly took: number;
  /** Of one block more, as the server packs while people write. */
  readonly oneMore: number;
}

export class YearWriter {
  readonly #newsroom: Newsroom;
  readonly #pieceId: string;
  readonly #middles: readonly number[];
  readonly moments = new Map<number, Moment>();
  readonly discussion: Discussion;

  /** `sizes`: where it will stop, in edits. */
  constructor(newsroom: Newsroom, pieceId: string, sizes: readonly number[]) {
    this.#newsroom = newsroom;
    this.#pieceId = pieceId;
    this.#middles = sizes.map((size) => size / 2);
    this.discussion = new Discussion(pieceId, newsroom);
  }

  /** Goes on to so many edits. */
  async writeTo(db: Database, size: number): Promise<Packed> {
    const journal = createJournalStore(db.url, { log: silentLog });
    const write = (to: number) => this.#write({ db, journal }, to);
    const from = this.#newsroom.edits;
    // Blocks are counted from the first row, which is none of these edits.
    const full = size - (size % blockRows) - 1;
    await write(full - blockRows);
    const took = await timed(() => this.#pack(db));
    await write(full);
    const oneMore = await timed(() => this.#pack(db));
    await write(size - unsnapshotted);
    await this.#snapshot(db);
    await write(size);
    await journal.close();
    // As the server does some seconds after the last edit: some passages are found again.
    await this.discussion.goOn(db.sql, 0);
    return { rows: full - blockRows - from, took, oneMore };
  }

  async #write(into: Into, to: number): Promise<void> {
    const newsroom = this.#newsroom;
    while (newsroom.edits < to) {
      const stops = [to, ...this.#middles, next(newsroom.edits, threadsEvery)];
      const stop = Math.min(...stops.filter((each) => each > newsroom.edits));
      const rows = newsroom.write(Math.min(rowsAtOnce, stop - newsroom.edits));
      await into.journal.append(rows.map((row) => ({ ...row, pieceId: this.#pieceId })));
      await this.#beside(into, newsroom.edits - rows.length);
    }
  }

  /** Threads and versions, and what the middle of a size reads. */
  async #beside({ db }: Into, before: number): Promise<void> {
    const { edits, text, now, people } = this.#newsroom;
    if (this.#middles.includes(edits)) this.moments.set(edits, { at: new Date(now), text });
    if (Math.floor(edits / perVersion) > Math.floor(before / perVersion)) {
      const [createdBy = null] = people;
      const name = `After ${edits} edits`;
      await insertVersion(db.sql, { pieceId: this.#pieceId, kind: 'named', name, createdBy });
    }
    if (edits % threadsEvery === 0) await this.discussion.goOn(db.sql, threadsEvery / perThread);
  }

  #pack({ sql }: Database) {
    return packPiece(sql, this.#pieceId, { unfilled: false });
  }

  async #snapshot({ sql }: Database): Promise<void> {
    const [head] = await sql<{ seq: number }[]>`
      select seq from journal_heads where piece_id = ${this.#pieceId}`;
    if (head === undefined) throw new Error('the piece has gone');
    const state = Y.encodeStateAsUpdate(this.#newsroom.doc);
    await createPieceStore(sql).saveSnapshot(this.#pieceId, head.seq, state);
  }
}

interface Into {
  readonly db: Database;
  readonly journal: ReturnType<typeof createJournalStore>;
}

const next = (edits: number, every: number) => (Math.floor(edits / every) + 1) * every;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
