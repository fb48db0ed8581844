import type { PieceRole } from '../../shared/roles.ts';
import type { Credential, Person } from './ports.ts';
import type { Speaker } from './presence/presence.ts';
import type { Refusal, Told } from './writing/refusals.ts';
import { encodeEvent } from '../../shared/protocol/messages.ts';
import type { RefusedEvent } from '../../shared/protocol/events.ts';
import { frame } from './frame.ts';
import { SavedLedger } from './journal/saved.ts';

/** What a room sees of a socket. */
export interface Wire {
  /** Sends ready frames, in order. A peer that does not read is closed by the wire itself. */
  write(frames: Buffer): void;
  close(code: number, reason: string): void;
  /** Stops and starts reading from the peer. */
  pause(): void;
  resume(): void;
  /** Neither reads from the peer nor passes on what it has said, until `work` is done. */
  hold(work: Promise<void>): void;
}

/** Who is joining, and what their client understands. */
export interface Joining {
  readonly person: Person;
  readonly credential: Credential;
  readonly role: PieceRole;
  readonly order: number;
  readonly ext: boolean;
}

/** One connection in a room. */
export class Member implements Speaker, Told {
  person: Person;
  readonly wire: Wire;
  readonly credential: Credential;
  /** Grows with each connection of the server. */
  readonly order: number;
  role: PieceRole;
  /** Null for stock clients, which are told nothing about saving. */
  readonly ledger: SavedLedger | null;

  constructor(wire: Wire, who: Joining) {
    this.wire = wire;
    this.person = who.person;
    this.credential = who.credential;
    this.role = who.role;
    this.order = who.order;
    this.ledger = who.ext ? new SavedLedger() : null;
  }

  refused(refusal: Refusal): void {
    if (this.ledger === null) return;
    refusedTeller(this.wire)(refusal);
  }
}

/** Tells the peer of a wire, which must have asked for events, of its refused edits. */
export function refusedTeller(wire: Pick<Wire, 'write'>): Told['refused'] {
  return ({ id, reason, kept, change }) => {
    const [added, removed] = [beginning(change?.added ?? ''), beginning(change?.removed ?? '')];
    const event: RefusedEvent = { type: 'refused', id, reason, kept, added, removed };
    wire.write(frame(encodeEvent(event)));
  };
}

/** So much of a refused text goes into an event, in UTF-16 units. All of it is in the list. */
const mostTold = 280;

function beginning(text: string): string {
  // Half a surrogate pair is no text.
  return text.slice(0, mostTold).replace(/[\uD800-\uDBFF]$/, '');
}
