import type { PieceRole } from '../../../shared/roles.ts';
import type { Credential, Log, Rights, RightsChange } from '../ports.ts';
import type { Room } from '../room/room.ts';
import { RightsRecheck } from './rights-recheck.ts';

/** How long rights may take to be looked up, in ms. */
const deadlineMs = 3_000;

export interface RoomsRightsDeps {
  readonly log: Log;
  /** Rights that have changed on other servers are looked up here; null: there are no others. */
  readonly rights: Rights | null;
  rooms(): Iterable<Room>;
  room(pieceId: string): Room | undefined;
  /** The pieces that are being opened, and what becomes of one. */
  opening(): Iterable<string>;
  opened(pieceId: string): Promise<Room> | undefined;
  closePiece(pieceId: string): void;
  /** The other servers look what has changed. */
  tell(): void;
}

/** What somebody may do, as it changes while people are in open pieces: here, or on another server (P1, C4). */
export class RoomsRights {
  readonly #deps: RoomsRightsDeps;
  readonly #recheck: RightsRecheck | null;
  /** Counts changes: who was admitted before one has to be admitted again. */
  changes = 0;
  /** Those of this server: what was asked before one may be old. */
  #changesHere = 0;
  /** What is to be looked up next; null: all. */
  #due: readonly RightsChange[] | null = [];
  #next: Promise<void> | null = null;
  #looking: Promise<void> | null = null;

  constructor(deps: RoomsRightsDeps) {
    this.#deps = deps;
    const { rights } = deps;
    this.#recheck =
      rights === null
        ? null
        : new RightsRecheck({
            rights,
            rooms: () => deps.rooms(),
            opening: () => deps.opening(),
            changesHere: () => this.#changesHere,
            closePiece: (pieceId) => deps.closePiece(pieceId),
            lockChanged: (pieceId, locked) => this.#setLocked(pieceId, locked),
          });
  }

  /**
   * They were changed on another server; null: any of them. One look at a time, and one more for all that has
   * come meanwhile. Rejects where they cannot be looked up now.
   */
  changedElsewhere(changes: readonly RightsChange[] | null): Promise<void> {
    this.changes++;
    this.#due = this.#due === null || changes === null ? null : [...this.#due, ...changes];
    this.#next ??= (this.#looking ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        const due = this.#due;
        this.#due = [];
        this.#looking = this.#next;
        this.#next = null;
        return this.#lookUp(due);
      });
    return this.#next;
  }

  /** A connection that has gone silent keeps nobody's right for longer than that. */
  async #lookUp(due: readonly RightsChange[] | null): Promise<void> {
    if (this.#recheck === null) return;
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isOver = true;
        reject(new Error(`Rights were not looked up within ${deadlineMs} ms`));
      }, deadlineMs);
    });
    try {
      await Promise.race([this.#recheck.act(due, () => isOver), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void {
    this.#changedHere();
    this.#deps.room(pieceId)?.setRole(userId, role);
    if (this.#recheck === null) return;
    // What was read before this call may have been changed on another server since.
    this.changedElsewhere([{ pieceId, userId }]).catch((err: unknown) => {
      this.#deps.log.warn({ err, pieceId }, 'cannot look up a right that has changed yet');
    });
  }

  lockChanged(pieceId: string, locked: boolean): void {
    this.#changedHere();
    this.#setLocked(pieceId, locked);
  }

  credentialEnded(kind: Credential['kind'], id: string): void {
    this.#changedHere();
    for (const room of this.#deps.rooms()) {
      for (const { credential, wire } of [...room.members]) {
        if (credential.kind !== kind || credential.id !== id) continue;
        wire.close(4401, kind === 'token' ? 'the token was withdrawn' : 'signed out');
      }
    }
  }

  async globalRoleChanged(
    userId: string,
    roleOn: (pieceId: string) => Promise<PieceRole | null>,
  ): Promise<void> {
    this.#changedHere();
    // Who joins from now on is admitted by what they are now.
    const pieces = this.#roomsOf(userId).map(({ pieceId }) => pieceId);
    for (const pieceId of pieces) this.roleChanged(pieceId, userId, await roleOn(pieceId));
  }

  renamed(userId: string, name: string): void {
    this.#changedHere();
    for (const room of this.#roomsOf(userId)) room.rename(userId, name);
  }

  personEnded(userId: string): void {
    this.#changedHere();
    for (const room of this.#roomsOf(userId)) {
      for (const { person, wire } of [...room.members]) {
        if (person.id === userId) wire.close(4401, 'signed out');
      }
    }
  }

  pieceClosed(pieceId: string): void {
    this.#changedHere();
    this.#deps.closePiece(pieceId);
  }

  #changedHere(): void {
    this.changes++;
    this.#changesHere++;
    this.#deps.tell();
  }

  #setLocked(pieceId: string, locked: boolean): void {
    this.#deps.room(pieceId)?.setLocked(locked);
    // A load that is under way may have read it before. What fails is told to who waits for it.
    void this.#deps.opened(pieceId)?.then(
      (room) => room.setLocked(locked),
      () => undefined,
    );
  }

  #roomsOf(userId: string): Room[] {
    return [...this.#deps.rooms()].filter(({ members }) =>
      [...members].some(({ person }) => person.id === userId),
    );
  }
}
