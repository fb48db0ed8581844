import type { PieceRole } from '../../shared/roles.ts';
import type { Person } from './ports.ts';
import type { Speaker } from './presence.ts';
import { SavedLedger } from './saved.ts';

/** What a room sees of a socket. */
export interface Wire {
  /** Sends ready frames, in order. A peer that does not read is closed by the wire itself. */
  write(frames: Buffer): void;
  close(code: number, reason: string): void;
  /** Stops and starts reading from the peer. */
  pause(): void;
  resume(): void;
}

/** One connection in a room. */
export class Member implements Speaker {
  readonly person: Person;
  readonly wire: Wire;
  /** Grows with each connection of the server. */
  readonly order: number;
  role: PieceRole;
  /** Null for stock clients, which are told nothing about saving. */
  readonly ledger: SavedLedger | null;

  constructor(wire: Wire, who: { person: Person; role: PieceRole; order: number; ext: boolean }) {
    this.wire = wire;
    this.person = who.person;
    this.role = who.role;
    this.order = who.order;
    this.ledger = who.ext ? new SavedLedger() : null;
  }
}
