import { BadFrame } from '../../shared/protocol/messages.ts';
import {
  encodePresenceEntry,
  isGone,
  joinPresence,
  readPresence,
  type PresenceEntry,
} from '../../shared/protocol/presence.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Person } from './ports.ts';

/** Who speaks: one connection. A higher `order` joined later. */
export interface Speaker {
  readonly person: Person;
  readonly role: PieceRole;
  readonly order: number;
}

interface Known<S> {
  clock: number;
  /** Null: it has left. What has left is remembered, so that late echoes do not bring it back. */
  owner: S | null;
  encoded: Uint8Array;
}

/** What came of one presence message: clientIDs to hand on, and ones to answer the speaker with. */
export interface Heard {
  readonly changed: number[];
  readonly answer: number[];
}

const maxStateBytes = 16_384;
const maxClientsPerSpeaker = 16;
const maxGone = 1_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The presence of one room: which clientID belongs to which connection, and its last state, stamped
 * with the person whom the server knows behind it (P2).
 *
 * Stock clients send every state that they hear back to the server, so in a room of 100 one cursor
 * move brings 99 messages that mean nothing. A state is taken from the connection that its clientID
 * belongs to, and from nobody else; the rest is passed over, unparsed.
 */
export class Presence<S extends Speaker> {
  readonly #known = new Map<number, Known<S>>();
  readonly #gone = new Set<number>();

  /** Takes a presence message. Throws `BadFrame` where it cannot be read. */
  hear(speaker: S, presence: Uint8Array): Heard {
    const heard: Heard = { changed: [], answer: [] };
    for (const entry of readPresence(presence)) {
      const known = this.#known.get(entry.clientId);
      switch (verdict(speaker, entry, known)) {
        case 'take':
          if (!known?.owner && this.#owned(speaker) >= maxClientsPerSpeaker) break;
          this.#take(speaker, entry);
          heard.changed.push(entry.clientId);
          break;
        case 'outdated':
          heard.answer.push(entry.clientId);
          break;
        case 'drop':
          break;
      }
    }
    return heard;
  }

  /** Marks all that belonged to a connection as gone; returns the clientIDs to hand on. */
  leave(speaker: S): number[] {
    const left: number[] = [];
    for (const [clientId, known] of this.#known) {
      if (known.owner !== speaker) continue;
      this.#set(clientId, known.clock + 1, null, 'null');
      left.push(clientId);
    }
    return left;
  }

  /** Stamps a connection's states anew, after its role has changed; returns the clientIDs. */
  restamp(speaker: S): number[] {
    const changed: number[] = [];
    for (const [clientId, known] of this.#known) {
      if (known.owner !== speaker) continue;
      const [entry] = readPresence(joinPresence([known.encoded]));
      if (entry === undefined) continue;
      this.#set(clientId, known.clock + 1, speaker, stamp(speaker, entry.json));
      changed.push(clientId);
    }
    return changed;
  }

  /** A presence update with the current states of these clientIDs. */
  encode(clientIds: Iterable<number>): Uint8Array {
    const entries: Uint8Array[] = [];
    for (const clientId of clientIds) {
      const known = this.#known.get(clientId);
      if (known !== undefined) entries.push(known.encoded);
    }
    return joinPresence(entries);
  }

  /** Everybody who is there, for a newcomer; null where nobody is. */
  encodePresent(): Uint8Array | null {
    const present: number[] = [];
    for (const [clientId, known] of this.#known) if (known.owner) present.push(clientId);
    return present.length > 0 ? this.encode(present) : null;
  }

  #owned(speaker: S): number {
    let count = 0;
    for (const known of this.#known.values()) if (known.owner === speaker) count++;
    return count;
  }

  #take(speaker: S, entry: PresenceEntry): void {
    if (isGone(entry.json)) this.#set(entry.clientId, entry.clock, speaker, 'null');
    else this.#set(entry.clientId, entry.clock, speaker, stamp(speaker, entry.json));
  }

  #set(clientId: number, clock: number, owner: S | null, json: string): void {
    this.#known.set(clientId, {
      clock,
      owner,
      encoded: encodePresenceEntry(clientId, clock, json),
    });
    this.#gone.delete(clientId);
    if (owner !== null) return;
    this.#gone.add(clientId);
    if (this.#gone.size > maxGone) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const clientId of this.#gone) {
      this.#gone.delete(clientId);
      this.#known.delete(clientId);
      return;
    }
  }
}

/**
 * Whether a connection may say this of this clientID.
 *
 * `outdated`: the clientID had left, and the speaker's clock is behind that. Either it is a late
 * echo, or the client itself is back after a lost connection, with the clock it had. Being told of
 * its leaving does nothing to the first; the second answers with its state under a higher clock, as
 * y-protocols has it.
 */
function verdict<S extends Speaker>(
  speaker: S,
  entry: PresenceEntry,
  known: Known<S> | undefined,
): 'take' | 'drop' | 'outdated' {
  const gone = isGone(entry.json);
  if (known === undefined) return gone ? 'drop' : 'take';
  const newer = entry.clock > known.clock;
  if (known.owner === speaker)
    return newer || (gone && entry.clock === known.clock) ? 'take' : 'drop';
  if (known.owner === null) return newer && !gone ? 'take' : gone ? 'drop' : 'outdated';
  // A client that has reconnected takes over from its own dead connection, which has yet to be
  // noticed. An echo is never newer than what the server sent.
  const sameHand = known.owner.person.id === speaker.person.id && speaker.order > known.owner.order;
  return sameHand && newer && !gone ? 'take' : 'drop';
}

function stamp(speaker: Speaker, json: Uint8Array): string {
  if (json.length > maxStateBytes)
    throw new BadFrame(`a presence state over ${maxStateBytes} bytes`);
  let state: unknown;
  try {
    state = JSON.parse(utf8.decode(json));
  } catch (cause) {
    throw new BadFrame('a presence state that is not JSON', { cause });
  }
  if (typeof state !== 'object' || Array.isArray(state)) state = {};
  const { id, name, color } = speaker.person;
  return JSON.stringify({ ...(state as object), user: { id, name, color, role: speaker.role } });
}
