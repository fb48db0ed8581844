import { closeCode } from '../close-codes.ts';
import type { Member } from '../member.ts';
import type { Asked, PieceStanding, Rights, RightsChange, Standing } from '../ports.ts';
import type { Room } from '../room/room.ts';

export interface RightsRecheckDeps {
  readonly rights: Rights;
  rooms(): Iterable<Room>;
  /** The pieces that are being opened: what was read of them may be old. */
  opening(): Iterable<string>;
  /** How often rights have changed here: what was asked before the last change may be old. */
  changesHere(): number;
  closePiece(pieceId: string): void;
  lockChanged(pieceId: string, locked: boolean): void;
}

/** Members that are asked about in one query. */
const mostAsked = 1_000;
const mostTries = 3;

/**
 * Acts on rights that were changed elsewhere (C4). It is not told what they are now: it looks, for
 * whoever they may concern. So nothing is wrong for long, whatever was missed, and in whatever order it came.
 */
export class RightsRecheck {
  readonly #deps: RightsRecheckDeps;

  constructor(deps: RightsRecheckDeps) {
    this.#deps = deps;
  }

  /**
   * Null: anything may have changed. Rejects where it cannot be looked up now.
   * @param isOver - whether it is not waited for any more: what it finds then may be old
   */
  async act(changes: readonly RightsChange[] | null, isOver: () => boolean): Promise<void> {
    const rooms = [...this.#deps.rooms()].filter(
      (room) => concerned(changes, room.pieceId).length > 0,
    );
    const opening = [...this.#deps.opening()].filter((one) => concerned(changes, one).length > 0);
    await this.#pieces([...rooms.map(({ pieceId }) => pieceId), ...opening], isOver);
    const members = rooms.flatMap((room) => {
      const here = concerned(changes, room.pieceId);
      return [...room.members]
        .filter(({ person }) => here.some(({ userId }) => userId === null || userId === person.id))
        .map((member) => ({ room, member }));
    });
    for (let from = 0; from < members.length; from += mostAsked) {
      await this.#members(members.slice(from, from + mostAsked), isOver);
    }
  }

  async #pieces(pieceIds: readonly string[], isOver: () => boolean): Promise<void> {
    if (pieceIds.length === 0) return;
    const standings = await this.#asOfNow(() => this.#deps.rights.ofPieces(pieceIds));
    if (isOver()) return;
    for (const pieceId of pieceIds) {
      const { deleted, locked }: PieceStanding = standings.get(pieceId) ?? gone;
      if (deleted) this.#deps.closePiece(pieceId);
      else this.#deps.lockChanged(pieceId, locked);
    }
  }

  async #members(
    all: readonly { readonly room: Room; readonly member: Member }[],
    isOver: () => boolean,
  ): Promise<void> {
    const asked: Asked[] = all.map(({ room, member }) => ({
      pieceId: room.pieceId,
      userId: member.person.id,
      credential: member.credential,
    }));
    const standings = await this.#asOfNow(() => this.#deps.rights.of(asked));
    if (isOver()) return;
    all.forEach(({ room, member }, i) => {
      const standing = standings[i];
      if (standing !== undefined && room.members.has(member)) apply(room, member, standing);
    });
  }

  /**
   * What was read while a right was changed here may be from before that. Where they change all the time it
   * is a moment old at last: each change is looked up by the next look at the servers, too.
   */
  async #asOfNow<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const before = this.#deps.changesHere();
      const answer = await ask();
      if (this.#deps.changesHere() === before || tries === mostTries) return answer;
    }
  }
}

const gone: PieceStanding = { deleted: true, locked: false };
const everything: readonly RightsChange[] = [{ pieceId: null, userId: null }];

/** The changes that concern a piece. */
function concerned(
  changes: readonly RightsChange[] | null,
  piece: string,
): readonly RightsChange[] {
  return (changes ?? everything).filter(({ pieceId }) => pieceId === null || pieceId === piece);
}

function apply(room: Room, member: Member, { ended, name, role }: Standing): void {
  const { id } = member.person;
  if (ended) {
    member.wire.close(closeCode.notSignedIn, 'signed out');
    return;
  }
  if (name !== member.person.name) room.rename(id, name);
  room.setRole(id, role);
}
