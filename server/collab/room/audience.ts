import { encodeEvent } from '../../../shared/protocol/messages.ts';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import { pieceRoles, type PieceRole } from '../../../shared/roles.ts';
import { frame, roomFrames } from '../frame.ts';
import type { Member } from '../member.ts';
import type { Bound, Log } from '../ports.ts';
import { Elsewhere, PresenceElsewhere } from '../presence/elsewhere.ts';
import { PresencePace } from '../presence/presence-pace.ts';
import { Presence } from '../presence/presence.ts';
import type { HeardState } from '../replication/messages.ts';
import type { SharedPresence } from '../replication/replica.ts';
import type { Authorship } from '../writing/authorship.ts';
import { Delivery } from './delivery.ts';
import { Outbox, type OutboxDelivery } from './outbox.ts';

export interface AudienceDeps {
  readonly pieceId: string;
  readonly members: ReadonlySet<Member>;
  readonly authorship: Authorship;
  readonly log: Log;
  /** The presence of these clientIDs has changed here: other servers are told. */
  readonly moved: (clientIds: readonly number[]) => void;
}

/**
 * Who of a room is told what: text and presence go to all but whoever they are of, events to those who
 * understand them. What somebody says of their presence is heard here too, since it is handed on at once.
 */
export class Audience implements SharedPresence {
  readonly #members: ReadonlySet<Member>;
  readonly #presence: Presence<Member | Elsewhere>;
  readonly #elsewhere: PresenceElsewhere<Member>;
  readonly #moved: AudienceDeps['moved'];
  readonly #pace: PresencePace<Member>;
  readonly #outbox: Outbox<Member>;
  readonly #delivery: Delivery<Member>;

  constructor({ pieceId, members, authorship, log, moved }: AudienceDeps) {
    this.#members = members;
    this.#moved = moved;
    this.#presence = new Presence<Member | Elsewhere>(
      ({ person }, clientId) => (authorship.ownerOf(clientId) ?? person.id) === person.id,
    );
    this.#elsewhere = new PresenceElsewhere(this.#presence);
    this.#delivery = new Delivery(members, (err) =>
      log.error({ err, pieceId }, 'a frame has not gone to everybody'),
    );
    this.#outbox = new Outbox<Member>({
      members: () => members.size,
      presenceOf: (clientIds) => this.#presence.states(clientIds),
      deliver: (delivery) => this.#deliver(delivery),
      isDelivering: () => this.#delivery.busy,
    });
    this.#pace = new PresencePace<Member>({
      members: () => members.size,
      sizeOf: (clientIds) => this.#presence.sizeOf(clientIds),
      handOn: (clientIds, speaker) => {
        this.#outbox.addPresence(clientIds, speaker);
        this.#moved(clientIds);
      },
      answer: (member) => this.sendPresent(member),
    });
  }

  /** Who speaks for a clientID, as an id of a user; null: nobody who is here. */
  speakerOf(clientId: number): string | null {
    return this.#presence.speakerOf(clientId)?.person.id ?? null;
  }

  /** Whose cursor goes by which clientID just now. */
  spoken(): Bound[] {
    return this.#presence
      .speakers()
      .map(({ clientId, speaker }) => ({ clientId, userId: speaker.person.id }));
  }

  /** Hands text on; `author`: the member who sent it, null where it came from elsewhere. */
  addText(update: Uint8Array, author: Member | null): void {
    this.#outbox.addText(update, author);
  }

  /** Takes what a member says of presence, and hands it on. Throws `BadFrame` where it cannot be read. */
  hear(member: Member, presence: Uint8Array): void {
    const heard = this.#presence.hear(member, presence);
    this.#pace.say(heard.changed, member);
    if (heard.answer.length > 0) {
      member.wire.write(roomFrames(null, this.#presence.states(heard.answer)).both);
    }
  }

  /** A member asks for everybody's presence. */
  ask(member: Member): void {
    this.#pace.ask(member);
  }

  /** Sends a member everybody's presence. */
  sendPresent(member: Member): void {
    const present = this.#presence.present();
    if (present.length > 0) member.wire.write(roomFrames(null, present).both);
  }

  /** A member's role or name has changed: others are shown it. */
  restamp(member: Member): void {
    this.#changed(this.#presence.restamp(member));
  }

  /** A member has gone, and is none any more. */
  left(member: Member): void {
    this.#changed(this.#presence.leave(member));
    this.#pace.leave(member, !this.#isHere(member.person.id));
  }

  own(): HeardState[] {
    const speakers = this.#presence.speakers().map(({ clientId }) => clientId);
    return this.ownOf(speakers);
  }

  ownOf(clientIds: Iterable<number>): HeardState[] {
    const states: HeardState[] = [];
    for (const { clientId, clock, json } of this.#presence.states(clientIds)) {
      const owner = this.#presence.speakerOf(clientId);
      if (owner instanceof Elsewhere) continue;
      states.push({ clientId, clock, json, userId: owner?.person.id ?? '' });
    }
    return states;
  }

  hearFrom(server: string, states: readonly HeardState[]): void {
    this.#outbox.addPresence(this.#elsewhere.hear(server, states), null);
  }

  keep(server: string, clientIds: readonly number[]): void {
    this.#outbox.addPresence(this.#elsewhere.keep(server, clientIds), null);
  }

  drop(server: string): void {
    this.#outbox.addPresence(this.#elsewhere.drop(server), null);
  }

  /** Tells everybody here who understands it; `least`: from which role on. */
  announce(event: PieceEvent, least: PieceRole): void {
    const told = frame(encodeEvent(event));
    const rank = pieceRoles.indexOf(least);
    this.#delivery.send(({ ledger, role, wire }) => {
      if (ledger !== null && pieceRoles.indexOf(role) <= rank) wire.write(told);
    });
  }

  /** Sends what waits, and stops. */
  close(): void {
    this.#delivery.flush();
    this.#outbox.flush();
    this.#delivery.flush();
    this.#outbox.close();
    this.#pace.close();
  }

  #changed(clientIds: readonly number[]): void {
    this.#outbox.addPresence(clientIds, null);
    this.#moved(clientIds);
  }

  #isHere(userId: string): boolean {
    for (const { person } of this.#members) if (person.id === userId) return true;
    return false;
  }

  #deliver({ frames, textBy, presenceBy }: OutboxDelivery<Member>): void {
    const { both, hasText, hasPresence } = frames;
    this.#delivery.send((member) => {
      const needsText = hasText && member !== textBy;
      const needsPresence = hasPresence && member !== presenceBy;
      if (needsText === hasText && needsPresence === hasPresence) member.wire.write(both);
      else if (needsText) member.wire.write(frames.text);
      else if (needsPresence) member.wire.write(frames.presence);
    });
  }
}
