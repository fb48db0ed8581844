import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { encodePresence } from '../../../shared/protocol/messages.ts';
import { joinPresence } from '../../../shared/protocol/presence.ts';
import type { Share } from '../fair/turns.ts';
import { frame } from '../frame.ts';
import type { Log } from '../ports.ts';
import type { PieceSocket } from './piece-socket.ts';

/** Bytes that a member may leave unread before it is closed, to come back when it can keep up. */
const maxBacklog = 32 * 1024 * 1024;
/** Bytes that wait to be read by the peer above which it is not read from, until it has read them. */
const mostUnread = 1024 * 1024;
/** Beats that a peer may take to read them. */
const mostUnreadBeats = 30;
/** Bytes that all of a person's clients together may leave unread; looked at where one is behind. */
const maxPersonBacklog = 4 * maxBacklog;
const behind = 64 * 1024;
/** A newcomer who does not read holds up the opening for everybody by this much, and no more. */
const mostEarlyMs = 200;
/** Means nothing to a client, but that the server is there: a presence update of nobody. */
const nothingNew = frame(encodePresence(joinPresence([])));

export interface OutgoingDeps {
  readonly log: Log;
  /** Null until it is known who it is. */
  share(): Share | null;
  /** Neither reads from the peer nor passes on what it has said, until `work` is done. */
  hold(work: Promise<void>): void;
}

/**
 * What goes out by a socket, past `ws`: ready frames, and a sign of life where there have been none. A
 * peer that does not read is not read from (B2), and is closed where it goes on like that.
 */
export class Outgoing {
  readonly #ws: PieceSocket;
  readonly #socket: Socket;
  readonly #deps: OutgoingDeps;
  /** Whether something was sent since the last beat. */
  #hasSent = true;
  /** Beats since the peer has left too much unread; null: it has not. */
  #unreadBeats: number | null = null;

  constructor(ws: PieceSocket, socket: Socket, deps: OutgoingDeps) {
    this.#ws = ws;
    this.#socket = socket;
    this.#deps = deps;
  }

  /** Bytes that the peer has not read. */
  get unread(): number {
    return this.#socket.writableLength;
  }

  write(frames: Buffer): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#hasSent = true;
    this.#socket.write(frames);
    const { unread } = this;
    if (unread <= behind) return;
    if (unread > mostUnread && this.#unreadBeats === null) this.#deps.hold(this.#whenRead());
    if (unread <= maxBacklog && (this.#deps.share()?.unread ?? 0) <= maxPersonBacklog) return;
    this.#deps.log.info({ backlog: unread }, 'a client does not read; closed');
    this.#ws.terminate();
  }

  /** Sends; resolves when the system has it all, or the peer has taken too long or gone. */
  async sent(frames: Buffer): Promise<void> {
    this.#hasSent = true;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, mostEarlyMs);
      this.#socket.once('close', resolve);
      this.#socket.write(frames, () => {
        this.#socket.off('close', resolve);
        resolve();
      });
    });
    clearTimeout(timer);
  }

  /** Called at times: gives a sign of life where there was none since, and ends what is not read. */
  beat(): void {
    if (!this.#hasSent) this.write(nothingNew);
    this.#hasSent = false;
    if (this.#unreadBeats !== null && ++this.#unreadBeats > mostUnreadBeats) this.#ws.terminate();
  }

  /** Resolves when the peer has read what was sent, or is gone. */
  async #whenRead(): Promise<void> {
    this.#unreadBeats = 0;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
    this.#unreadBeats = null;
  }
}
