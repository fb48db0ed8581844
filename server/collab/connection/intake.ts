import type { Socket } from 'node:net';
import type { PieceSocket } from './piece-socket.ts';

/** Why a socket is not read for now. */
export type Hold = 'admission' | 'early' | 'pressure' | 'room' | 'answer' | 'share';

/** So much may still come after the close frame, in bytes, and so long the peer has to answer it. */
export interface Farewell {
  readonly bytes: number;
  readonly ms: number;
}

/**
 * What comes in by a socket: whether it is read, and how much of what has been read is no message
 * yet. Nothing is read of who is not admitted, beyond what Node reads by itself (64 KiB); and what
 * comes after the end is bounded, whether the peer answers or not.
 */
export class Intake {
  readonly #ws: PieceSocket;
  readonly #holds = new Set<Hold>(['admission']);
  #unfinished = 0;
  /** Bytes that may still come; null: any number, it is open. */
  #left: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `grew` is called after each chunk that brought no end of a message. */
  constructor(ws: PieceSocket, socket: Socket, grew: () => void) {
    this.#ws = ws;
    ws.pause();
    // Before the one of `ws`, which then says whether a message has ended with it.
    socket.prependListener('data', (chunk: Buffer) => {
      this.#unfinished += chunk.length;
      if (this.#left === null) {
        if (this.#unfinished > chunk.length) grew();
        return;
      }
      this.#left -= chunk.length;
      if (this.#left < 0) ws.terminate();
    });
    ws.on('close', () => {
      if (this.#timer !== null) clearTimeout(this.#timer);
    });
  }

  /** Bytes of a message that has not ended and may yet do so. */
  get unfinished(): number {
    return this.#left === null ? this.#unfinished : 0;
  }

  /** A message, a ping or a pong has ended. */
  ended(): void {
    this.#unfinished = 0;
  }

  hold(why: Hold, on: boolean): void {
    if (this.#left !== null) return;
    const held = this.#holds.size > 0;
    if (on) this.#holds.add(why);
    else this.#holds.delete(why);
    // Most often for all sockets of a person, and each time a call for Node to look at the stream again.
    if (this.#holds.size > 0 === held) return;
    if (held) this.#ws.resume();
    else this.#ws.pause();
  }

  /** The connection is being closed: the peer's answer is read, and not much more. */
  end({ bytes, ms }: Farewell): void {
    if (this.#left !== null) return;
    this.#left = bytes;
    this.#ws.resume();
    this.#timer = setTimeout(() => this.#ws.terminate(), ms);
  }
}
