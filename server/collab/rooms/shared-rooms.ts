import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Log, Person, RightsChange } from '../ports.ts';
import { encodeServerMessage } from '../replication/messages.ts';
import type { Servers } from '../replication/servers.ts';
import type { Room } from '../room/room.ts';
import type { OpenRoom } from './room-loader.ts';

/** Pieces whose rows are read at a time. */
const mostAtOnce = 4;

export interface SharedRoomsDeps {
  readonly servers: Servers;
  readonly log: Log;
  open(): Iterable<OpenRoom>;
  opening(): Promise<unknown>[];
  room(pieceId: string): Room | undefined;
  /** Rights were changed on another server. Rejects where they cannot be looked up now. */
  rightsChanged(changes: readonly RightsChange[]): Promise<void>;
}

/** The open rooms among other servers that have the same pieces open (C1–C6). */
export class SharedRooms {
  readonly #deps: SharedRoomsDeps;

  constructor(deps: SharedRoomsDeps) {
    this.#deps = deps;
  }

  /** Resolves when a piece that is open holds all that others had committed by now. */
  async fresh(pieceId: string): Promise<void> {
    const { servers } = this.#deps;
    const room = this.#deps.room(pieceId);
    if (room === undefined || !(servers.hasOthers || room.edits.inDoubt)) return;
    const heads = await servers.headsOf([pieceId]);
    await this.#deps.room(pieceId)?.journal.reach(heads.get(pieceId) ?? 0);
  }

  meetOthers(): void {
    for (const { room } of this.#deps.open()) {
      void room.meetOthers();
      this.tellPeople(room);
    }
  }

  wasAlone(): void {
    for (const { room } of this.#deps.open()) room.forgetClaims();
  }

  /** Resolves when all that was taken by now is committed. */
  async settled(): Promise<void> {
    await Promise.all([...this.#deps.open()].map(({ room }) => room.whenSettled()));
  }

  async release(pieceId: string, clientIds: readonly number[]): Promise<void> {
    const room = this.#deps.room(pieceId);
    if (room === undefined) await this.#deps.servers.owners.release(pieceId, clientIds);
    else await room.release(clientIds);
  }

  lostServer(server: string): void {
    for (const { room, note } of this.#deps.open()) {
      if (room.lostServer(server)) note.lostServer();
    }
    // It may have opened pieces of which nothing has been heard here.
    this.#noteLost(server).catch((err: unknown) => {
      this.#deps.log.warn({ err, server }, 'cannot look what a lost server had open');
    });
  }

  async #noteLost(server: string): Promise<void> {
    const pieces = new Set(await this.#deps.servers.openAt(server));
    for (const { room, note } of this.#deps.open()) {
      if (pieces.has(room.pieceId)) note.lostServer();
    }
  }

  async lookAtJournal({ all }: { readonly all: boolean }): Promise<void> {
    // What they have read may be older.
    if (all) await Promise.allSettled(this.#deps.opening());
    const rooms = [...this.#deps.open()].map(({ room }) => room);
    const heads = await this.#deps.servers.headsOf(rooms.map(({ pieceId }) => pieceId));
    const behind = rooms.filter(({ pieceId, journal }) => {
      // What is being committed here is on its way.
      const isStill = journal.committed === journal.position;
      return (all || isStill) && journal.seq < (heads.get(pieceId) ?? 0);
    });
    const failures: unknown[] = [];
    const reach = async () => {
      for (let room = behind.pop(); room !== undefined; room = behind.pop()) {
        await room.journal.reach(heads.get(room.pieceId) ?? 0).catch((err: unknown) => {
          const fields = { err, pieceId: room?.pieceId };
          this.#deps.log.warn(fields, 'cannot read what another server wrote');
          failures.push(err);
        });
      }
    };
    await Promise.all(Array.from({ length: mostAtOnce }, reach));
    if (failures.length > 0) {
      throw new AggregateError(failures, 'What other servers wrote is not all here yet');
    }
  }

  /** Tells those who have a piece open on other servers. */
  announce(pieceId: string, event: PieceEvent, least: PieceRole): void {
    const { servers } = this.#deps;
    if (!servers.hasOthers) return;
    const message = encodeServerMessage({ kind: 'event', least, json: JSON.stringify(event) });
    // Only a title can be as long, and that stands in the document too.
    if (message.length <= servers.mostBytes) servers.publish(pieceId, message);
  }

  /** Another server tells of something. Who is told that a right has changed may reckon with it. */
  heard(pieceId: string, event: PieceEvent, least: PieceRole): void {
    const announce = () => this.#deps.room(pieceId)?.announce(event, least);
    if (event.type !== 'members' && event.type !== 'lock') {
      announce();
      return;
    }
    const userId = event.type === 'members' ? event.userId : null;
    this.#deps.rightsChanged([{ pieceId, userId }]).then(announce, (err: unknown) => {
      // It is looked at again (C4).
      this.#deps.log.warn({ err, pieceId }, 'cannot look up a right that has changed yet');
      announce();
    });
  }

  /** Who is in a piece, here or on another server. */
  present(pieceId: string): Person[] {
    const people = new Map<string, Person>();
    for (const person of this.#deps.servers.presentElsewhere(pieceId)) {
      people.set(person.id, person);
    }
    for (const { person } of this.#deps.room(pieceId)?.members ?? []) people.set(person.id, person);
    return [...people.values()];
  }

  /** Tells other servers who is in a piece here. */
  tellPeople(room: Room): void {
    const { servers } = this.#deps;
    if (!servers.hasOthers) return;
    const people = new Map([...room.members].map(({ person }) => [person.id, person]));
    servers.present(room.pieceId, [...people.values()]);
  }
}
