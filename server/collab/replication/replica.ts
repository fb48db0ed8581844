import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { RoomJournal } from '../journal/room-journal.ts';
import type { JournalRow, Log } from '../ports.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Line } from './line.ts';
import {
  decodeServerMessage,
  encodeServerMessage,
  sizeOfRows,
  type HeardState,
  type ServerMessage,
} from './messages.ts';

/** The presence of a room, as other servers share in it. */
export interface SharedPresence {
  /** The states of all who are here. */
  own(): readonly HeardState[];
  /** Those of clientIDs that are spoken for here; of those who have gone, that they have. */
  ownOf(clientIds: Iterable<number>): readonly HeardState[];
  /** Takes what another server says of those who are there. */
  hearFrom(server: string, states: readonly HeardState[]): void;
  /** At a server there are these clientIDs, and no others. */
  keep(server: string, clientIds: readonly number[]): void;
  /** Everybody who was at a server is gone. */
  drop(server: string): void;
}

export interface ReplicaDeps {
  readonly pieceId: string;
  readonly line: Line;
  /** The longest message, in bytes. */
  readonly mostBytes: number;
  readonly journal: Pick<RoomJournal, 'seq' | 'hear' | 'reach'>;
  readonly presence: SharedPresence;
  readonly log: Log;
  announce(event: PieceEvent, least: PieceRole): void;
}

/** Cursors are handed on together when this time has passed, in ms. */
const presenceMs = 15;
/** ClientIDs that are listed in one message, at most: 50 kB. */
const mostListed = 10_000;
/** Bytes of a state beside its JSON, at most. */
const stateHead = 64;

/**
 * An open piece among the other servers that have it open: what is committed here is told to them, and
 * what they have committed goes into the document here, in the journal's order (C1, C2).
 */
export class Replica {
  readonly #deps: ReplicaDeps;
  /** The servers that have the piece open. */
  readonly #others = new Set<string>();
  readonly #moved = new Set<number>();
  #presenceTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(deps: ReplicaDeps) {
    this.#deps = deps;
  }

  /** Hears others from now on, and asks who is there. */
  start(): void {
    this.#deps.line.listen((message, from) => this.#hear(message, from));
    this.#greet();
  }

  /** Whether others have the piece open now. */
  get isShared(): boolean {
    return this.#others.size > 0;
  }

  /** There are other servers, or what they said may have been missed: listens, and asks who is there. */
  async meet(): Promise<void> {
    await this.#deps.line.open();
    if (!this.#closed) this.#greet();
  }

  /** Rows of this server are committed. */
  committed(rows: readonly JournalRow[]): void {
    if (!this.isShared || this.#closed) return;
    const last = rows.at(-1);
    if (last === undefined) return;
    if (sizeOfRows(rows) <= this.#deps.mostBytes) this.#say({ kind: 'rows', rows });
    else this.#say({ kind: 'reached', seq: last.seq });
  }

  /** The presence of these clientIDs has changed here. */
  moved(clientIds: readonly number[]): void {
    if (!this.isShared || this.#closed) return;
    for (const clientId of clientIds) this.#moved.add(clientId);
    this.#presenceTimer ??= setTimeout(() => this.#tellMoved(), presenceMs);
  }

  /** A server has ended without a word. Whether it had the piece open. */
  lost(server: string): boolean {
    if (!this.#others.delete(server)) return false;
    this.#deps.presence.drop(server);
    // Some of its people may be at another already, which said so before they were gone from this one.
    if (!this.#closed) this.#greet();
    return true;
  }

  /** The piece is let go here. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#presenceTimer !== null) clearTimeout(this.#presenceTimer);
    if (this.#deps.line.isOpen) this.#say({ kind: 'bye' });
    this.#deps.line.close();
  }

  #greet(): void {
    if (this.#deps.line.isOpen) this.#tellAll('hello');
  }

  #tellAll(kind: 'hello' | 'here'): void {
    const states = this.#deps.presence.own();
    const clientIds = states.length > mostListed ? null : states.map(({ clientId }) => clientId);
    this.#say({ kind, seq: this.#deps.journal.seq, clientIds });
    this.#tellPresence(states);
  }

  #hear(bytes: Uint8Array, from: string): void {
    try {
      this.#act(bytes, from);
    } catch (err) {
      const { log, pieceId } = this.#deps;
      log.error({ err, pieceId, from }, 'cannot act on what another server says');
    }
  }

  #act(bytes: Uint8Array, from: string): void {
    const { journal, presence } = this.#deps;
    const message = decodeServerMessage(bytes);
    if (message === null) return;
    if (message.kind !== 'bye' && message.kind !== 'event') this.#meetOne(from, message.kind);
    switch (message.kind) {
      case 'hello':
        if (message.clientIds !== null) presence.keep(from, message.clientIds);
        this.#reach(message.seq);
        break;
      case 'here':
        if (message.clientIds !== null) presence.keep(from, message.clientIds);
        this.#reach(message.seq);
        break;
      case 'reached':
        this.#reach(message.seq);
        break;
      case 'rows':
        journal.hear(message.rows);
        break;
      case 'presence':
        presence.hearFrom(from, message.states);
        break;
      case 'event':
        this.#deps.announce(JSON.parse(message.json) as PieceEvent, message.least);
        break;
      case 'bye':
        this.#others.delete(from);
        presence.drop(from);
        break;
    }
  }

  /** A greeting is answered; what has changed since the own one has gone to nobody, if this is the first answer. */
  #meetOne(server: string, kind: ServerMessage['kind']): void {
    const isNew = !this.#others.has(server);
    this.#others.add(server);
    if (isNew || kind === 'hello') this.#tellAll('here');
  }

  #reach(seq: number): void {
    const { journal, log, pieceId } = this.#deps;
    journal.reach(seq).catch((err: unknown) => {
      log.warn({ err, pieceId }, 'cannot read what another server wrote');
    });
  }

  #tellMoved(): void {
    this.#presenceTimer = null;
    const states = this.#deps.presence.ownOf(this.#moved);
    this.#moved.clear();
    this.#tellPresence(states);
  }

  #tellPresence(states: readonly HeardState[]): void {
    let [some, size]: [HeardState[], number] = [[], 0];
    for (const state of states) {
      const bytes = stateHead + Buffer.byteLength(state.json);
      if (bytes > this.#deps.mostBytes) continue;
      if (size + bytes > this.#deps.mostBytes && some.length > 0) {
        this.#say({ kind: 'presence', states: some });
        [some, size] = [[], 0];
      }
      some.push(state);
      size += bytes;
    }
    if (some.length > 0) this.#say({ kind: 'presence', states: some });
  }

  #say(message: Parameters<typeof encodeServerMessage>[0]): void {
    this.#deps.line.say(encodeServerMessage(message));
  }
}
