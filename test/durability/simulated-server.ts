import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import * as Y from 'yjs';
import { bytesOf } from '../../server/collab/rooms/hydrate.ts';
import { Journal } from '../../server/collab/journal/journal.ts';
import type {
  ClientIds,
  Held,
  JournalEntry,
  JournalRow,
  KeptRefused,
  OpenPieces,
  PieceStore,
  RefusedKey,
  RefusedStore,
  StateWork,
  StoredPiece,
} from '../../server/collab/ports.ts';
import type { Room } from '../../server/collab/room/room.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { holdsWords } from '../../server/collab/updates/thrown-away.ts';
import { pack } from '../../server/history/pack.ts';
import { replay } from '../../server/history/replay.ts';
import type { StoredRows } from '../../server/history/rows.ts';
import { newDocument } from '../../shared/document/new-document.ts';
import { NotedPieces } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';
import { neverHeld } from '../support/alone.ts';

interface Append {
  readonly entries: readonly JournalEntry[];
  readonly done: (commits: Map<string, { last: number; rows: number }>) => void;
}

interface Settings {
  readonly maxPieceBytes?: number;
  readonly work?: StateWork;
  readonly openPieces?: OpenPieces;
}

const pieceId = 'piece';

/**
 * The engine over a database that the test commits by hand: what the server of one piece is, without
 * sockets and Postgres, so that it can crash a thousand times a minute.
 */
export class SimulatedServer {
  /** What is in the database. */
  readonly #rows: JournalRow[] = [];
  readonly #clientIds = new Map<number, string | null>();
  readonly #kept = new KeptWords();
  #snapshot: StoredPiece['snapshot'] = null;
  readonly #noted = new NotedPieces();
  #life = 0;
  #append: Append | null = null;
  #room: Room | null = null;
  #rooms: Rooms | null = null;
  readonly #settings: Settings;

  constructor(settings: Settings = {}) {
    this.#settings = settings;
  }

  get room(): Room {
    if (this.#room === null) throw new Error('the server is down');
    return this.#room;
  }

  /** Whether an append is on its way to the database. */
  get saving(): boolean {
    return this.#append !== null;
  }

  async start(): Promise<void> {
    const life = ++this.#life;
    const journal = new Journal(
      {
        ...neverHeld,
        append: (entries) =>
          new Promise((done) => {
            if (life === this.#life) this.#append = { entries, done };
          }),
      },
      { maxPendingBytes: Infinity, gapMs: 0, log: silentLog, onPressure: () => undefined },
    );
    const rooms = new Rooms({
      journal,
      store: this.#pieceStore(life),
      openPieces: this.#settings.openPieces ?? this.#noted.of(`life ${life}`),
      reader: { holds: (_pieceId, asked) => this.#holds(asked) },
      refused: this.#kept,
      maxRefusedBytes: Infinity,
      maxPieceBytes: this.#settings.maxPieceBytes ?? Infinity,
      work: this.#settings.work ?? workInProcess,
      log: silentLog,
      idleMs: 1_000_000,
      snapshotEvery: 4,
      onChanged: async () => undefined,
    });
    this.#rooms = rooms;
    this.#room = await rooms.open(pieceId, null);
  }

  /** It ends in order, with all that it has committed (D5). */
  async stop(): Promise<void> {
    let stopped = false;
    const ended = this.#rooms?.stop().finally(() => (stopped = true));
    while (!stopped) {
      this.commit();
      await turn();
    }
    await ended;
    this.#life++;
    this.#room = null;
  }

  /** The append that is on its way is committed, and the server told. */
  commit(): void {
    const append = this.#append;
    if (append === null) return;
    this.#append = null;
    this.#store(append.entries);
    append.done(new Map([[pieceId, { last: this.#rows.length, rows: append.entries.length }]]));
  }

  /** All that is in memory is gone. What is on its way may have been committed, unheard. */
  crash({ committed }: { committed: boolean }): void {
    this.#life++;
    this.#room = null;
    if (committed && this.#append !== null) this.#store(this.#append.entries);
    this.#append = null;
  }

  /** What is kept as unconfirmed, by who passed it on. */
  get unconfirmed(): ReadonlyMap<string, KeptRefused> {
    return this.#kept.rows;
  }

  get rows(): readonly JournalRow[] {
    return this.#rows;
  }

  get clientIds(): ClientIds {
    return this.#clientIds;
  }

  /** What the journal holds, and nothing else (D1). */
  journalled(): Y.Doc {
    const doc = new Y.Doc();
    for (const { update } of this.#rows) Y.applyUpdate(doc, update);
    return doc;
  }

  /** The piece as it would be opened: the snapshot, and the rows after it (D6). */
  opened(): Y.Doc {
    const doc = new Y.Doc();
    const { snapshot, tail } = this.#stored();
    if (snapshot !== null) Y.applyUpdate(doc, snapshot.state);
    for (const { update } of tail) Y.applyUpdate(doc, update);
    return doc;
  }

  #store(entries: readonly JournalEntry[]): void {
    for (const { author, at, update, bound = [] } of entries) {
      this.#rows.push({ seq: this.#rows.length + 1, author, at, update: update.slice() });
      for (const { clientId, userId } of bound) {
        if (!this.#clientIds.has(clientId)) this.#clientIds.set(clientId, userId);
      }
    }
  }

  /** The same, with all that was thrown away since. */
  everWritten(): Y.Doc {
    const doc = newDocument({ gc: false });
    for (const { update } of this.#rows) Y.applyUpdate(doc, update);
    return doc;
  }

  /** Asks the rows, and a pack of them: packing must not change the answer. */
  async #holds(asked: readonly (readonly Uint8Array[])[]): Promise<Held[]> {
    const rows = this.#rows.map((row) => ({ ...row, at: row.at.getTime() }));
    const packed = pack(rows);
    const answers: Held[][] = [];
    const forms: StoredRows[][] = [
      rows.map((row) => ({ row })),
      packed === null ? [] : [{ packed }],
    ];
    for (const stored of forms) {
      if (stored.length === 0) continue;
      const { doc } = await replay(each(stored), null, { doc: newDocument({ gc: false }) });
      answers.push(asked.map((updates) => holdsWords(doc, updates.map(readUpdate))));
    }
    expect(new Set(answers.map(String)).size, 'packed or not').toBe(1);
    return answers[0]!;
  }

  #stored(): StoredPiece {
    return {
      snapshot: this.#snapshot,
      tail: this.#rows.slice(this.#snapshot?.seq ?? 0),
      clientIds: new Map(this.#clientIds),
      locked: false,
    };
  }

  #pieceStore(life: number): PieceStore {
    return {
      load: async () => this.#stored(),
      sizeOf: async () => bytesOf(this.#stored()),
      rowsAfter: async (_pieceId, after) => this.#rows.slice(after),
      saveSnapshot: async (_pieceId, seq, state) => {
        if (life === this.#life) this.#snapshot = { seq, state };
      },
    };
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Nobody in these tests writes anything that may be refused, but for what they pass on. */
class KeptWords implements RefusedStore {
  readonly rows = new Map<string, KeptRefused>();

  async find({ author }: RefusedKey): Promise<KeptRefused | null> {
    return this.rows.get(author) ?? null;
  }

  async keep({ author, reason, ...kept }: RefusedKey & Omit<KeptRefused, 'id'>): Promise<string> {
    if (reason !== 'unconfirmed') throw new Error(`an edit was refused: ${reason}`);
    this.rows.set(author, { ...kept, id: author });
    return author;
  }

  async forget({ author }: RefusedKey): Promise<void> {
    this.rows.delete(author);
  }
}
