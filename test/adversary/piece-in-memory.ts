import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { Overloaded, PieceLocked } from '../../server/collab/engine.ts';
import { Journal } from '../../server/collab/journal/journal.ts';
import { Member } from '../../server/collab/member.ts';
import type {
  JournalEntry,
  KeptRefused,
  RefusedKey,
  StoredPiece,
} from '../../server/collab/ports.ts';
import type { Room } from '../../server/collab/room/room.ts';
import { Rooms } from '../../server/collab/rooms/rooms.ts';
import { planRefused, type KeptEdit, type Plan } from '../../server/refused/effect/plan.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import type { PieceRole } from '../../shared/roles.ts';
import { BadFrame, type ClientMessage } from '../../shared/protocol/messages.ts';
import { NotedPieces } from '../support/open-pieces.ts';
import { silentLog } from '../support/silent-log.ts';
import { lettersBy } from './letters-by.ts';
import { neverHeld } from '../support/alone.ts';

const pieceId = 'piece';
let order = 0;

export interface KeptRow extends RefusedKey, KeptRefused {
  renamed: KeptEdit['renamed'];
}

/** One piece of a server that can crash at any moment, with its journal and what it keeps as lists. */
export class PieceInMemory {
  readonly rows: JournalEntry[] = [];
  readonly kept = new Map<string, KeptRow>();
  readonly clientIds = new Map<number, string | null>();
  room!: Room;
  readonly #noted = new NotedPieces();
  #snapshot: StoredPiece['snapshot'] = null;
  #rooms: Rooms | null = null;
  #life = 0;

  /** Opens the piece; what was in memory alone before is gone, unless the last server ended `inOrder`. */
  async open({ inOrder = false } = {}): Promise<void> {
    if (inOrder) await this.#rooms?.stop();
    const life = ++this.#life;
    const journal = new Journal(
      {
        ...neverHeld,
        append: (entries) => {
          if (life !== this.#life) return new Promise(() => undefined);
          this.rows.push(...entries);
          for (const { clientId, userId } of entries.flatMap(({ bound = [] }) => bound)) {
            if (!this.clientIds.has(clientId)) this.clientIds.set(clientId, userId);
          }
          const done = { last: this.rows.length, rows: entries.length };
          return Promise.resolve(new Map([[pieceId, done]]));
        },
      },
      { maxPendingBytes: 1e8, gapMs: 0, log: silentLog, onPressure: () => undefined },
    );
    const rows = this.rows.map(({ author, at, update }, i) => ({ seq: i + 1, author, at, update }));
    const snapshot = this.#snapshot;
    const tail = rows.slice(snapshot?.seq ?? 0);
    const rooms = new Rooms({
      journal,
      store: {
        load: async () => ({
          ...{ snapshot, tail, clientIds: new Map(this.clientIds), locked: false },
        }),
        sizeOf: async () => 0,
        rowsAfter: async () => [],
        saveSnapshot: async (_pieceId, seq, state) => {
          this.#snapshot = { seq, state };
        },
      },
      openPieces: this.#noted.of(`life ${life}`),
      reader: { holds: async (_pieceId, asked) => asked.map(() => 'held' as const) },
      refused: {
        find: async (key) => this.kept.get(nameOf(key)) ?? null,
        keep: async (edit) => {
          const id = nameOf(edit);
          this.kept.set(id, { ...edit, id, renamed: this.kept.get(id)?.renamed ?? new Map() });
          return id;
        },
        forget: async (key) => void this.kept.delete(nameOf(key)),
      },
      ...{ maxRefusedBytes: 1e7, maxPieceBytes: 1e8, work: workInProcess, log: silentLog },
      ...{ idleMs: 600_000, snapshotEvery: 1e6 },
      onChanged: async () => undefined,
    });
    this.#rooms = rooms;
    this.room = await rooms.open(pieceId, null);
  }

  join(id: string, role: PieceRole = 'writer'): Sender {
    const member: Member = new Member(
      {
        write() {},
        close: () => this.room.leave(member),
        pause() {},
        resume() {},
        hold() {},
      },
      {
        person: { id, name: id, color: '#123456' },
        credential: { kind: 'token', id: `t-${id}`, expiresAt: null, readOnly: false },
        ...{ role, order: ++order, ext: true },
      },
    );
    this.room.join(member);
    return (message) => {
      if (!this.room.members.has(member)) return false;
      try {
        this.room.receive(member, message);
      } catch (err) {
        if (!(err instanceof BadFrame) && !(err instanceof Overloaded)) throw err;
        this.room.leave(member);
      }
      return this.room.members.has(member);
    };
  }

  /** What a refused edit would do now. */
  plan(row: KeptRow, spoken: readonly number[] = []): Plan {
    return planRefused(
      {
        state: this.rows.map(({ update }) => update),
        clientIds: this.clientIds,
        spoken: new Set(spoken),
      },
      row,
    );
  }

  /**
   * An owner applies it; false where it cannot be, or (`shown`) would do something else than that stands
   * for. `planned` is called whenever it has been planned, before it is known whether that still holds.
   */
  async apply(
    row: KeptRow,
    { shown, planned }: { shown?: string; planned?: () => void } = {},
  ): Promise<boolean> {
    const blocked = new Error('it cannot be applied now');
    try {
      await this.room.edits.applyRefused(
        { author: row.author, asker: row.author },
        async (spoken) => {
          const others = spoken.filter(({ userId }) => userId !== row.author);
          const plan = this.plan(
            row,
            others.map(({ clientId }) => clientId),
          );
          if (plan.effect === null || (shown !== undefined && plan.shown !== shown)) throw blocked;
          const { update, bound, renamings } = plan.effect;
          row.renamed = renamings;
          const seq = this.rows.length;
          planned?.();
          return { seq, update, bound };
        },
      );
    } catch (err) {
      if (err !== blocked && !(err instanceof PieceLocked)) throw err;
      return false;
    }
    return true;
  }

  /** By user id, the letters that stand, as the journal has it. */
  lettersBy(): Promise<Map<string | null, string>> {
    return lettersBy(this.rows, this.clientIds);
  }
}

/** Sends a message; false where the connection is closed. */
export type Sender = (message: ClientMessage) => boolean;

function nameOf({ author, clientId, reason }: RefusedKey): string {
  return createHash('sha256').update(`${author} ${clientId} ${reason}`).digest('hex').slice(0, 16);
}

/** What `change` does to a document that writes with a clientID, as an update. */
export function writtenWith(doc: Y.Doc, clientID: number, change: () => void): Uint8Array {
  const before = Y.encodeStateVector(doc);
  doc.clientID = clientID;
  change();
  return Y.encodeStateAsUpdate(doc, before);
}
