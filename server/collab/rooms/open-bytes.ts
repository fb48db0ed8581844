import { closeCode } from '../close-codes.ts';
import { Overloaded, OverShare } from '../engine.ts';
import type { Askers, Log } from '../ports.ts';
import type { Room } from '../room/room.ts';

/** A piece that is open. */
export interface Open {
  readonly room: Pick<Room, 'pieceId' | 'bytes' | 'people' | 'members' | 'lastUsed'>;
  /** Who has opened or joined it last. */
  readonly lastBy: string | null;
}

/** A piece that is being opened. */
export interface Opening {
  /** Who waits for it. */
  readonly askers: Set<string | null>;
  /** What it will have, as far as is known. */
  bytes: number;
}

export interface OpenBytesDeps<Piece extends Open> {
  /** In bytes, as stored. */
  readonly max: number;
  readonly maxPieceBytes: number;
  readonly log: Log;
  sizeOf(pieceId: string): Promise<number>;
  open(): Iterable<Piece>;
  opening(): Iterable<Opening>;
  /** Whether nobody needs it. */
  isIdle(piece: Piece): boolean;
  /** Unloads a piece that nobody is in, if all of it can be stored soon. */
  letGo(piece: Piece): Promise<void>;
}

/** How often it is looked at whether what is open has grown too large: by a few MiB meanwhile. */
const lookMs = 1_000;

/**
 * How much is open at a time, in bytes as stored, of which the heap takes some multiple (`config.ts`);
 * shared fairly (B2). One person may have all of it while nobody else needs it. For whoever comes when
 * there is no room, idle pieces are let go first, and then those of whoever holds the most, if that is
 * more than the newcomer would hold: who is in them is closed with 1013, and comes back when there is
 * room. Nobody can be made to leave by somebody who has more, so nobody is by the one they made leave.
 * A piece is divided among those who are in it, and is otherwise of whoever had it last.
 *
 * Rejected: a share for each person, which is too small for who is alone, or too large for many.
 */
export class OpenBytes<Piece extends Open> {
  readonly #deps: OpenBytesDeps<Piece>;
  readonly #look: NodeJS.Timeout;
  readonly #going = new Map<string, Promise<void>>();

  constructor(deps: OpenBytesDeps<Piece>) {
    this.#deps = deps;
    this.#look = setInterval(() => this.#relieve(), lookMs);
    this.#look.unref();
  }

  stop(): void {
    clearInterval(this.#look);
  }

  /** Of what is open, and of what is being opened, as far as is known. */
  get used(): number {
    let used = 0;
    for (const { room } of this.#deps.open()) used += room.bytes;
    for (const { bytes } of this.#deps.opening()) used += bytes;
    return used;
  }

  /** Whether a piece is just being let go, and cannot be joined: resolves when that is over. */
  going(pieceId: string): Promise<void> | undefined {
    return this.#going.get(pieceId);
  }

  /**
   * Resolves when there is room for a piece, which is then taken. Rejects with `OverShare` where those
   * who ask have something open that they could close, else with `Overloaded`.
   */
  async makeRoom(pieceId: string, opening: Opening): Promise<void> {
    const { max, maxPieceBytes } = this.#deps;
    // Mostly there is room for it whatever its size is, which spares a question.
    let bytes = Math.min(maxPieceBytes, max);
    if (this.#free() < bytes) {
      // What is larger than that, of an older build, can be opened when nothing else is.
      bytes = Math.min(await this.#deps.sizeOf(pieceId), max);
      const tried = new Set<Piece>();
      while (this.#free() < bytes) {
        const piece = this.#idle(tried) ?? this.#heaviest(tried, this.#wouldHold(opening, bytes));
        if (piece === undefined) throw this.#refusal(opening.askers);
        tried.add(piece);
        await this.#letGo(piece);
      }
    }
    opening.bytes = bytes;
  }

  /** What is open may have grown. */
  #relieve(): void {
    let excess = -this.#free();
    if (excess <= 0) return;
    const gone = new Set<Piece>();
    for (const piece of this.#deps.open()) {
      if (!this.#going.has(piece.room.pieceId)) continue;
      gone.add(piece);
      excess -= piece.room.bytes;
    }
    while (excess > 0) {
      const piece = this.#idle(gone) ?? this.#heaviest(gone, 0);
      if (piece === undefined) return;
      gone.add(piece);
      excess -= piece.room.bytes;
      void this.#letGo(piece);
    }
  }

  /** It looks at each piece: 0.1 ms where there are 1,000. */
  #free(): number {
    return this.#deps.max - this.used;
  }

  /** The idle piece that was used the longest ago. */
  #idle(but: ReadonlySet<Piece>): Piece | undefined {
    let oldest: Piece | undefined;
    for (const piece of this.#deps.open()) {
      if (but.has(piece) || !this.#deps.isIdle(piece)) continue;
      if (oldest === undefined || piece.room.lastUsed < oldest.room.lastUsed) oldest = piece;
    }
    return oldest;
  }

  /** Of whoever holds the most, and more than `least`, the piece that the fewest others are in. */
  #heaviest(but: ReadonlySet<Piece>, least: number): Piece | undefined {
    const [most] = [...this.#held(but)].sort(([, a], [, b]) => b - a);
    if (most === undefined || most[1] <= least) return undefined;
    const theirs = [...this.#deps.open()].filter(
      (piece) => !but.has(piece) && holdersOf(piece).has(most[0]),
    );
    const [first] = theirs.sort(
      (a, b) => a.room.people.size - b.room.people.size || b.room.bytes - a.room.bytes,
    );
    return first;
  }

  /** It looks at each socket: 1 ms where there are 5,000. */
  #held(but: ReadonlySet<Piece> = new Set()): Map<string | null, number> {
    const held = new Map<string | null, number>();
    const add = (bytes: number, holders: Askers) => {
      for (const person of holders)
        held.set(person, (held.get(person) ?? 0) + bytes / holders.size);
    };
    for (const piece of this.#deps.open()) {
      if (!but.has(piece)) add(piece.room.bytes, holdersOf(piece));
    }
    for (const { bytes, askers } of this.#deps.opening()) add(bytes, askers);
    return held;
  }

  /** What whoever asks and has the least would hold; the server itself makes nobody leave. */
  #wouldHold({ askers }: Opening, bytes: number): number {
    const held = this.#held();
    const own = [...askers].map((one) => (one === null ? Infinity : (held.get(one) ?? 0)));
    return Math.min(...own) + bytes;
  }

  #refusal(askers: Askers): Overloaded {
    const held = this.#held();
    const couldClose = [...askers].every(
      (person) => person !== null && (held.get(person) ?? 0) > 0,
    );
    return couldClose
      ? new OverShare('The pieces that you have open are too long together; close some')
      : new Overloaded('Too much is open; try again shortly');
  }

  #letGo(piece: Piece): Promise<void> {
    const { pieceId } = piece.room;
    const known = this.#going.get(pieceId);
    if (known !== undefined) return known;
    const going = this.#closed(piece).finally(() => this.#going.delete(pieceId));
    this.#going.set(pieceId, going);
    return going;
  }

  async #closed(piece: Piece): Promise<void> {
    const { pieceId, members } = piece.room;
    // Whoever comes back must find that it is going.
    await Promise.resolve();
    if (members.size > 0) this.#deps.log.info({ pieceId }, 'closed, since too much is open');
    for (const { wire } of [...members]) {
      wire.close(closeCode.overloaded, 'too much is open; come back shortly');
    }
    try {
      await this.#deps.letGo(piece);
    } catch (err) {
      this.#deps.log.warn({ err, pieceId }, 'a piece could not be let go');
    }
  }
}

function holdersOf({ room: { people }, lastBy }: Open): Askers {
  return people.size > 0 ? people : new Set([lastBy]);
}
