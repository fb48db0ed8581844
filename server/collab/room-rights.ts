import type { PieceRole } from '../../shared/roles.ts';
import type { Member } from './member.ts';
import { mayWrite } from './permission.ts';

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

  setLocked(locked: boolean): void {
    if (locked === this.#locked) return;
    this.#locked = locked;
    for (const member of this.#deps.members) {
      if (this.mayWrite(member)) this.#deps.askForState(member);
    }
  }

  setRole(userId: string, role: PieceRole | null): void {
    for (const member of [...this.#deps.members]) {
      if (member.person.id !== userId || member.role === role) continue;
      if (role === null) {
        member.wire.close(4403, 'your right to this piece was withdrawn');
        continue;
      }
      const couldWrite = this.mayWrite(member);
      member.role = role;
      this.#deps.restamp(member);
      if (!couldWrite && this.mayWrite(member)) this.#deps.askForState(member);
    }
  }
}
