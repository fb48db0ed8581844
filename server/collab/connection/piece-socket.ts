import { WebSocket } from 'ws';
import { closeCode } from '../close-codes.ts';

/**
 * Messages of one socket that are read in a turn of the event loop. 64 KiB that were read at once can be
 * 8,000 messages of one byte, whose frames alone take 80 ms to tell apart, before a person's share is
 * looked at (B2). Each in a turn of its own would be simpler, and cost a writer the one write for text
 * and presence together.
 */
const mostInTurn = 64;

/** Counts the turns of the event loop in which something was read. */
const loop = { turn: 0, counted: false };

function turn(): number {
  if (!loop.counted) {
    loop.counted = true;
    setImmediate(() => {
      loop.turn++;
      loop.counted = false;
    });
  }
  return loop.turn;
}

/** `ws` reads the next message in a later turn where this is off; it looks at it with each message. */
interface Reader {
  _allowSynchronousEvents: boolean;
}

/** `ws` closes what is too large with 1009; the contract's code for it is 4413. */
export class PieceSocket extends WebSocket {
  /** Set by `ws` when the socket is open. */
  declare private readonly _receiver: Reader | null;
  /** Set by `ws` when the peer has sent its close frame. */
  declare private readonly _closeFrameReceived: boolean;
  /** The code that this side has closed with; null: it has not, or the peer was the first. */
  closedWith: number | null = null;
  #turn = -1;
  #inTurn = 0;

  override close(code?: number, reason?: string | Buffer): void {
    const told = code === 1009 ? closeCode.tooLarge : code;
    if (!this._closeFrameReceived) this.closedWith ??= told ?? null;
    super.close(told, reason);
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'message' || event === 'ping' || event === 'pong') this.#count();
    return super.emit(event, ...args);
  }

  #count(): void {
    const now = turn();
    if (this.#turn !== now) {
      this.#turn = now;
      this.#inTurn = 0;
    }
    this.#inTurn++;
    if (this._receiver) this._receiver._allowSynchronousEvents = this.#inTurn < mostInTurn;
  }
}
