import type { RefusalReason } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Member } from '../member.ts';
import { mayWrite, roleBy } from '../permission.ts';

export interface RoomRightsDeps {
  readonly members: ReadonlySet<Member>;
  /** The role of a member has changed: others are shown it. */
  restamp(member: Member): void;
  /** Asks a member for what the document does not have. */
  askForState(member: Member): void;
}

/**
 * What the members of a room may do, as it changes while they are here (P1). What they wrote while
 * they might not is in their copies, and what they write from now on builds on it: who may write
 * again is asked for all that they have.
 */
export class RoomRights {
  readonly #deps: RoomRightsDeps;
  #locked: boolean;

  constructor(locked: boolean, deps: RoomRightsDeps) {
    this.#locked = locked;
    this.#deps = deps;
  }

  get locked(): boolean {
    return this.#locked;
  }

  mayWrite({ role }: Pick<Member, 'role'>): boolean {
    return mayWrite(role, this.#locked);
  }

  /** Why a member may not write now; null: they may. */
  mayNot(member: Pick<Member, 'role'>): RefusalReason | null {
    if (this.mayWrite(member)) return null;
    return mayWrite(member.role, false) ? 'piece_locked' : 'may_not_edit';
  }

  setLocked(locked: boolean): void {
    if (locked === this.#locked) return;
    this.#locked = locked;
    for (const member of this.#deps.members) {
      if (this.mayWrite(member)) this.#deps.askForState(member);
    }
  }

  rename(userId: string, name: string): void {
    for (const member of this.#deps.members) {
      if (member.person.id !== userId) continue;
      member.person = { ...member.person, name };
      this.#deps.restamp(member);
    }
  }

  setRole(userId: string, newRole: PieceRole | null): void {
    for (const member of [...this.#deps.members]) {
      if (member.person.id !== userId) continue;
      if (newRole === null) {
        member.wire.close(4403, 'your right to this piece was withdrawn');
        continue;
      }
      const role = roleBy(member.credential, newRole);
      if (member.role === role) continue;
      const couldWrite = this.mayWrite(member);
      member.role = role;
      this.#deps.restamp(member);
      if (!couldWrite && this.mayWrite(member)) this.#deps.askForState(member);
    }
  }
}
