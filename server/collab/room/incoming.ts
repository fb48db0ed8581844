import type { ClientMessage } from '../../../shared/protocol/messages.ts';
import type { SavedReports } from '../journal/saved-reports.ts';
import type { Member } from '../member.ts';
import type { Claims } from '../replication/claims.ts';
import type { OpenNote } from '../rooms/open-note.ts';
import type { LargeUpdates } from '../writing/large-update.ts';
import { NeedsSlices, type Refusal, type SyncMessage, type Taken } from '../writing/outcome.ts';
import { largeUpdateBytes } from '../writing/put-in-slices.ts';
import type { Taking } from '../writing/taking.ts';
import type { Writing } from '../writing/writing.ts';
import type { Audience } from './audience.ts';
import type { PieceSize } from './piece-size.ts';
import type { RoomPause } from './room-pause.ts';
import type { RoomRights } from './room-rights.ts';
import type { SyncProtocol } from './sync-protocol.ts';

export interface IncomingDeps {
  readonly members: ReadonlySet<Member>;
  readonly pause: RoomPause;
  readonly note: OpenNote;
  readonly size: PieceSize;
  readonly rights: RoomRights;
  readonly sync: SyncProtocol;
  readonly audience: Audience;
  readonly writing: Writing;
  readonly large: LargeUpdates;
  readonly reports: SavedReports;
  readonly claims: Claims;
  readonly taking: Pick<Taking, 'read' | 'typed'>;
}

/**
 * What comes in from the members of a room: it goes to the part of the room that it concerns, at once or
 * as soon as it can.
 */
export class Incoming {
  readonly #deps: IncomingDeps;

  constructor(deps: IncomingDeps) {
    this.#deps = deps;
  }

  /** Acts on a message of a member. Throws `BadFrame` where it cannot be applied (R3). */
  receive(member: Member, message: ClientMessage): void {
    if (!this.#deps.pause.sound) {
      // As a hold of its connection, so that what comes by it stays in order, also when it has gone.
      member.wire.hold(this.#receiveOnceSound(member, message));
      return;
    }
    switch (message.type) {
      case 'step1':
        this.#deps.sync.hear(member, message.stateVector);
        break;
      case 'step2':
      case 'update':
        if (this.#deps.note.waits) {
          member.wire.hold(this.#receiveOnceNoted(member, message));
          break;
        }
        if (this.#deps.size.isInDoubt(message.update.length)) {
          member.wire.hold(this.#receiveOnceMeasured(member, message));
          break;
        }
        this.#receiveText(member, message);
        break;
      case 'presence':
        this.#deps.audience.hear(member, message.presence);
        break;
      case 'queryPresence':
        this.#deps.audience.ask(member);
        break;
    }
  }

  #receiveText(member: Member, message: SyncMessage): void {
    const { large, reports, claims, rights, taking } = this.#deps;
    if (message.type === 'update' && rights.mayNot(member) === null) {
      const typed = taking.typed(member, message.update);
      if (typed !== null) {
        reports.account(member, typed, message.update);
        return;
      }
    }
    if (message.update.length > largeUpdateBytes) {
      member.wire.hold(large.receive(member, message));
      return;
    }
    // Another server may take words under them (C6).
    if (claims.matter && rights.mayNot(member) === null) {
      const bringer = claims.bringer(member.person.id, message.type);
      const missing = claims.missingIn(taking.read(message.update), bringer);
      if (missing !== null) {
        member.wire.hold(this.#receiveOnceClaimed(member, message, missing));
        return;
      }
    }
    let outcome: Taken | Refusal;
    try {
      outcome = this.#write(member, message);
    } catch (err) {
      if (!(err instanceof NeedsSlices)) throw err;
      member.wire.hold(large.receive(member, message));
      return;
    }
    reports.account(member, outcome, message.update);
  }

  #write(member: Member, message: SyncMessage): Taken | Refusal {
    const { rights, writing } = this.#deps;
    const reason = rights.mayNot(member);
    if (reason === null) return writing.write(member, message);
    return writing.readOnly(member, message, reason);
  }

  async #receiveOnceSound(member: Member, message: ClientMessage): Promise<void> {
    await this.#deps.pause.whenSound();
    if (this.#deps.members.has(member)) this.receive(member, message);
  }

  /** A message with words under clientIDs that this server does not hold. */
  async #receiveOnceClaimed(
    member: Member,
    message: SyncMessage,
    clientIds: ReadonlySet<number>,
  ): Promise<void> {
    const { members, claims } = this.#deps;
    const bringer = claims.bringer(member.person.id, message.type);
    await claims.settle({ ...bringer, clientIds }, () => members.has(member));
    if (members.has(member)) this.receive(member, message);
  }

  /** A message that may be too much for the piece, when it is known how large that is. */
  async #receiveOnceMeasured(member: Member, message: ClientMessage): Promise<void> {
    await this.#deps.size.measured(member.person.id);
    if (this.#deps.members.has(member)) this.receive(member, message);
  }

  /** A message that comes before the piece is noted as open (open-note.ts). */
  async #receiveOnceNoted(member: Member, message: ClientMessage): Promise<void> {
    await this.#deps.note.settled();
    if (this.#deps.members.has(member)) this.receive(member, message);
  }
}
