import { BadFrame } from '../../../shared/protocol/messages.ts';
import { isGone, visitPresence } from '../../../shared/protocol/presence.ts';
import type { PresenceState } from '../frame.ts';
import { parsed, stamp, type Stamped } from './stamp.ts';

/** Who speaks: one connection. A higher `order` joined later. */
export interface Speaker extends Stamped {
  readonly order: number;
}

interface Known<S> {
  /** As the room was told. */
  clock: number;
  /** Of its last state, as its speaker said it; behind `clock` where the server has counted on since. */
  said: number;
  /** Null: it has left. What has left is remembered, so that late echoes do not bring it back. */
  owner: S | null;
  /** The stamped state, and its length in bytes of UTF-8. */
  json: string;
  size: number;
}

/** What came of one presence message: clientIDs to hand on, and ones to answer the speaker with. */
export interface Heard {
  readonly changed: readonly number[];
  readonly answer: readonly number[];
}

const none: number[] = [];
const noneKept: ReadonlySet<number> = new Set();
const nothingHeard: Heard = { changed: none, answer: none };
const maxClientsPerSpeaker = 16;
const maxGone = 1_000;
/**
 * Clients that one message may speak of. A stock client says again what it has heard of everybody,
 * which is never more than twice what is known here. 8,192 entries are passed over in 1 ms.
 */
const maxEntries = 8_192;
/** The server counts on from a client's clock, and no clock may leave what a number can hold. */
const maxClock = 2 ** 50;

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
  /** How many clientIDs belong to each connection. */
  readonly #owned = new Map<S, number>();
  /** Whether a clientID that nobody here speaks for may be spoken for by this one. */
  readonly #maySpeak: (speaker: S, clientId: number) => boolean;

  constructor(maySpeak: (speaker: S, clientId: number) => boolean = () => true) {
    this.#maySpeak = maySpeak;
  }

  /**
   * Takes a presence message. Throws `BadFrame` where it cannot be read, `TooMuch` where it speaks of
   * more clients than there can be. Of one message at most 16 states of 16 kB are read.
   */
  hear(speaker: S, presence: Uint8Array): Heard {
    let changed: number[] | null = null;
    let answer: number[] | null = null;
    const most = Math.max(maxEntries, 2 * this.#known.size);
    visitPresence(
      presence,
      (clientId, clock, from, to) => {
        const known = this.#known.get(clientId);
        // An echo, nearly always: what belongs to another and is not newer.
        if (known && known.owner !== speaker && known.owner !== null && clock <= known.clock)
          return;
        const gone = isGone(presence, from, to);
        const ruling = verdict(speaker, clock, gone, known);
        if (ruling === 'outdated' && (answer?.length ?? 0) < maxGone) {
          (answer ??= []).push(clientId);
        }
        if (ruling !== 'take' || (changed?.length ?? 0) >= maxClientsPerSpeaker) return;
        if (known?.owner !== speaker && this.#ownedBy(speaker) >= maxClientsPerSpeaker) return;
        if (!known?.owner && !this.#maySpeak(speaker, clientId)) return;
        if (clock > maxClock) throw new BadFrame('a presence clock that is too far on');
        const json = gone ? 'null' : stamp(speaker, presence.subarray(from, to));
        if (known !== undefined && clock <= known.clock && !gone) {
          // The server has counted on meanwhile; what only comes back from the speaker is no news.
          if (json === known.json) return;
          // It is to go on from there.
          (answer ??= []).push(clientId);
        }
        this.#set(clientId, clock, speaker, json);
        (changed ??= []).push(clientId);
      },
      most,
    );
    return changed === null && answer === null
      ? nothingHeard
      : { changed: changed ?? none, answer: answer ?? none };
  }

  /**
   * Takes what another server says of somebody there, whom it has stamped; whether it is news. Who is here
   * speaks for their clientIDs, unless the same person has gone there since.
   */
  hearFrom(speaker: S, { clientId, clock, json }: Omit<PresenceState, 'size'>): boolean {
    const known = this.#known.get(clientId);
    if (json === 'null') {
      if (known?.owner !== speaker || clock < known.said) return false;
      this.#set(clientId, clock, null, json);
      return true;
    }
    if (known !== undefined) {
      const { owner } = known;
      if (owner !== null && owner !== speaker && owner.person.id !== speaker.person.id)
        return false;
      // Servers send no echoes: whoever had left is back, with the clock that a lost connection left them.
      if (owner === null ? clock < known.said : clock <= heardBy(speaker, known)) return false;
    }
    this.#set(clientId, clock, speaker, json);
    return true;
  }

  /** Marks all that belonged to a connection as gone; returns the clientIDs to hand on. */
  leave(speaker: S): number[] {
    const left: number[] = [];
    for (const [clientId, known] of this.#known) {
      if (known.owner !== speaker) continue;
      this.#count(clientId, known, null, 'null');
      left.push(clientId);
    }
    return left;
  }

  /** Stamps a connection's states anew, after its role has changed; returns the clientIDs. */
  restamp(speaker: S): number[] {
    const changed: number[] = [];
    for (const [clientId, known] of this.#known) {
      if (known.owner !== speaker || known.json === 'null') continue;
      this.#count(clientId, known, speaker, parsed(speaker, known.json));
      changed.push(clientId);
    }
    return changed;
  }

  /** Who speaks for a clientID now; null where nobody does. */
  speakerOf(clientId: number): S | null {
    return this.#known.get(clientId)?.owner ?? null;
  }

  /** Marks what belongs to some connections as gone, but for what they keep; returns the clientIDs to hand on. */
  leaveAll(isLeaving: (speaker: S) => boolean, keeps: ReadonlySet<number> = noneKept): number[] {
    const left: number[] = [];
    for (const [clientId, known] of this.#known) {
      if (known.owner === null || keeps.has(clientId) || !isLeaving(known.owner)) continue;
      this.#count(clientId, known, null, 'null');
      left.push(clientId);
    }
    return left;
  }

  /** The current states of these clientIDs. */
  states(clientIds: Iterable<number>): PresenceState[] {
    const states: PresenceState[] = [];
    for (const clientId of clientIds) {
      const known = this.#known.get(clientId);
      if (known === undefined) continue;
      states.push({ clientId, clock: known.clock, json: known.json, size: known.size });
    }
    return states;
  }

  /** All clientIDs that somebody here speaks for, with whom that is. */
  speakers(): { readonly clientId: number; readonly speaker: S }[] {
    return [...this.#known].flatMap(([clientId, { owner }]) =>
      owner === null ? [] : [{ clientId, speaker: owner }],
    );
  }

  /** The states of everybody who is there, for a newcomer. */
  present(): PresenceState[] {
    const present: number[] = [];
    for (const [clientId, known] of this.#known) if (known.owner) present.push(clientId);
    return this.states(present);
  }

  /** The bytes of these clientIDs' states. */
  sizeOf(clientIds: Iterable<number>): number {
    let size = 0;
    for (const clientId of clientIds) size += this.#known.get(clientId)?.size ?? 0;
    return size;
  }

  #ownedBy(speaker: S): number {
    return this.#owned.get(speaker) ?? 0;
  }

  /** Takes what was said; the room is told a clock that its clients accept. */
  #set(clientId: number, clock: number, owner: S | null, json: string): void {
    const known = this.#known.get(clientId);
    const gone = json === 'null';
    // A leaving is accepted at the clock of what was there, too.
    const least = known === undefined ? 0 : gone ? known.clock : known.clock + 1;
    const said = gone ? (known?.said ?? clock) : clock;
    this.#put(clientId, { clock: Math.max(clock, least), said, owner, json });
  }

  /** The server says something of its own. */
  #count(clientId: number, { clock, said }: Known<S>, owner: S | null, json: string): void {
    this.#put(clientId, { clock: clock + 1, said, owner, json });
  }

  #put(clientId: number, now: Omit<Known<S>, 'size'>): void {
    const { owner, json } = now;
    const before = this.#known.get(clientId)?.owner ?? null;
    if (before !== owner) {
      if (before !== null) this.#own(before, -1);
      if (owner !== null) this.#own(owner, 1);
    }
    this.#known.set(clientId, { size: Buffer.byteLength(json), ...now });
    this.#gone.delete(clientId);
    if (owner !== null) return;
    this.#gone.add(clientId);
    if (this.#gone.size > maxGone) this.#forgetOldest();
  }

  #own(owner: S, more: 1 | -1): void {
    const owned = this.#ownedBy(owner) + more;
    if (owned === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, owned);
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
  clock: number,
  gone: boolean,
  known: Known<S> | undefined,
): 'take' | 'drop' | 'outdated' {
  if (known === undefined) return gone ? 'drop' : 'take';
  const newer = clock > heardBy(speaker, known);
  if (known.owner === speaker) return newer || (gone && clock === known.said) ? 'take' : 'drop';
  if (known.owner === null) return newer && !gone ? 'take' : gone ? 'drop' : 'outdated';
  // A client that has reconnected takes over from its own dead connection, which has yet to be
  // noticed. An echo is never newer than what the server sent.
  const sameHand = known.owner.person.id === speaker.person.id && speaker.order > known.owner.order;
  return sameHand && newer && !gone ? 'take' : 'drop';
}

/** What is newer than this clock is news from a speaker: from the owner, than what it said itself. */
function heardBy<S extends Speaker>(speaker: S, known: Known<S>): number {
  return known.owner === speaker ? known.said : known.clock;
}
