import type { Socket } from 'node:net';
import { WebSocket, type RawData } from 'ws';
import {
  BadFrame,
  decodeClientMessage,
  encodePresence,
  encodeSync,
  isEmptyStateVector,
  type ClientMessage,
} from '../../shared/protocol/messages.ts';
import { joinPresence } from '../../shared/protocol/presence.ts';
import { closeCode } from './close-codes.ts';
import { NoSuchPiece, Overloaded } from './engine.ts';
import { frame } from './frame.ts';
import { Member, refusedTeller, type Wire } from './member.ts';
import { Expiry } from './expiry.ts';
import type { Admission, Credential, Log, StoredPiece } from './ports.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** `ws` closes what is too large with 1009; the contract's code for it is 4413. */
export class PieceSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === 1009 ? closeCode.tooLarge : code, reason);
  }
}

export interface ConnectionRequest {
  readonly pieceId: string;
  readonly token: string | null;
  /** The secret of the session's cookie. It counts where there is no token. */
  readonly session: string | null;
  /** Where the connection comes from, as an IP address. */
  readonly address: string;
  /** The client's document schema version, where it names one. */
  readonly schema: string | null;
  /** Whether the client understands `saved` and `event`. */
  readonly ext: boolean;
  readonly order: number;
}

export interface ConnectionDeps {
  readonly rooms: Rooms;
  readonly log: Log;
  admit(request: ConnectionRequest): Promise<Admission>;
  /** When a credential ends, asked anew: a session in use lasts longer. Null: never by itself. */
  lastsUntil(credential: Credential): Promise<Date | null | 'ended'>;
  readonly onClosed: (connection: Connection) => void;
}

/** Bytes that a member may leave unread before it is closed, to come back when it can keep up. */
const maxBacklog = 32 * 1024 * 1024;
/** What a client may say while it is being admitted; a stock client says some 200 bytes. */
const maxEarlyMessages = 64;
/** Unanswered beats after which a connection is dead. */
const mostSilentBeats = 4;
/** A state smaller than this goes into a document faster than it would be sent on its own. */
const earlyAnswerBytes = 32 * 1024;
/** A newcomer who does not read holds up the opening for everybody by this much, and no more. */
const mostEarlyMs = 200;
/** How long somebody without a right has for what they wrote before they knew, and it to be kept. */
const lastWordsMs = 5_000;
/** Means nothing to a client, but that the server is there: a presence update of nobody. */
const nothingNew = frame(encodePresence(joinPresence([])));

/**
 * One WebSocket, from its opening to its end. While it is `joining`, it is being admitted and its
 * room opened, and what it says waits. While it is `leaving`, it has no right to be here, and is
 * heard once with what it wrote before it knew.
 */
type State =
  | { readonly at: 'joining'; readonly early: ClientMessage[] }
  | { readonly at: 'joined'; readonly room: Room; readonly member: Member }
  | { readonly at: 'leaving'; readonly say: (update: Uint8Array | null) => void }
  | { readonly at: 'closed' };

export class Connection implements Wire {
  readonly #ws: PieceSocket;
  readonly #socket: Socket;
  readonly #deps: ConnectionDeps;
  readonly #expiry: Expiry;
  #state: State = { at: 'joining', early: [] };
  #lastWrite = performance.now();
  /** Beats since the peer was last heard of. */
  #silent = 0;

  constructor(ws: PieceSocket, socket: Socket, deps: ConnectionDeps) {
    this.#ws = ws;
    this.#socket = socket;
    this.#deps = deps;
    this.#expiry = new Expiry({
      log: deps.log,
      lastsUntil: (credential) => deps.lastsUntil(credential),
      ended: (kind) => this.close(closeCode.notSignedIn, `the ${kind} has expired`),
    });
    ws.on('message', (data, isBinary) => this.#message(data, isBinary));
    ws.on('pong', () => {
      this.#silent = 0;
    });
    ws.on('close', () => this.#ended());
    // What follows is always 'close'; a peer that vanishes or sends too much is its own affair.
    ws.on('error', (err) => deps.log.debug({ err }, 'a connection failed'));
  }

  /** Admits the connection and takes it into its room, or closes it with the reason. */
  async join(request: ConnectionRequest): Promise<void> {
    try {
      const { rooms } = this.#deps;
      const asOf = rooms.rightsChanged;
      const admission = await this.#deps.admit(request);
      if (!admission.ok) {
        const { code, reason, lastWordsOf } = admission;
        if (lastWordsOf !== undefined) await this.#hearLastWords(request, lastWordsOf);
        this.close(code, reason);
        return;
      }
      const room = await rooms.open(request.pieceId, (stored) => this.#early(stored));
      // A right that changed meanwhile found no member here to change.
      if (rooms.rightsChanged !== asOf) {
        await this.join(request);
        return;
      }
      if (this.#state.at !== 'joining') return;
      const { early } = this.#state;
      const member = new Member(this, { ...admission, order: request.order, ext: request.ext });
      this.#state = { at: 'joined', room, member };
      room.join(member);
      this.#expiry.watch(admission.credential);
      for (const message of early) this.#receive(message);
      if (!rooms.canSave()) this.pause();
      else this.resume();
    } catch (err) {
      this.#refuse(err, request);
    }
  }

  write(frames: Buffer): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#lastWrite = performance.now();
    this.#socket.write(frames);
    if (this.#socket.writableLength <= maxBacklog) return;
    this.#deps.log.info({ backlog: this.#socket.writableLength }, 'a client does not read; closed');
    this.#ws.terminate();
  }

  close(code: number, reason: string): void {
    this.#leave();
    this.resume();
    this.#ws.close(code, reason);
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** Called every `everyMs`: keeps stock clients from reconnecting, and ends dead connections. */
  beat(everyMs: number): void {
    if (performance.now() - this.#lastWrite > everyMs) this.write(nothingNew);
    // A socket that is not read cannot show that it is alive.
    if (this.#ws.isPaused) return;
    this.#silent++;
    if (this.#silent > mostSilentBeats) this.#ws.terminate();
    else if (this.#silent > 1) this.#ws.ping();
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.#state.at === 'closed') return;
    this.#silent = 0;
    try {
      if (!isBinary || !(data instanceof Buffer)) throw new BadFrame('a text frame');
      const message = decodeClientMessage(data);
      if (this.#state.at !== 'joining') {
        this.#receive(message);
        return;
      }
      this.#state.early.push(message);
      if (this.#state.early.length >= maxEarlyMessages) this.pause();
    } catch (err) {
      this.#bad(err);
    }
  }

  #receive(message: ClientMessage): void {
    if (this.#state.at === 'leaving') {
      // The answer to the server's question; it holds all that the client has.
      if (message.type === 'step2') this.#state.say(message.update.slice());
      return;
    }
    if (this.#state.at !== 'joined') return;
    try {
      this.#state.room.receive(this.#state.member, message);
    } catch (err) {
      this.#bad(err);
    }
  }

  #bad(err: unknown): void {
    if (!(err instanceof BadFrame)) {
      this.#deps.log.error({ err }, 'a message could not be handled');
    }
    const reason = err instanceof BadFrame ? err.message : 'the message could not be handled';
    this.close(closeCode.badFrame, reason);
  }

  /**
   * Sends a newcomer the stored state as it is, before the server builds its own document from it:
   * both then build at the same time, instead of one after the other. (A piece with 260,000 edits
   * behind it takes some 100 ms to build.)
   */
  async #early({ snapshot, tail }: StoredPiece): Promise<void> {
    if (this.#state.at !== 'joining' || snapshot === null || tail.length > 0) return;
    if (snapshot.state.length < earlyAnswerBytes) return;
    const { early } = this.#state;
    const asks = early.findIndex((m) => m.type === 'step1' && isEmptyStateVector(m.stateVector));
    if (asks < 0) return;
    early.splice(asks, 1);
    this.#lastWrite = performance.now();
    await this.#sent(frame(encodeSync('step2', snapshot.state)));
  }

  /** Sends; resolves when the system has it all, or the peer has taken too long or gone. */
  async #sent(frames: Buffer): Promise<void> {
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

  /**
   * Asks for what a former writer has that the piece has not, and keeps it as a refused edit (R4).
   * They are told nothing of the piece but how much of each clientID it holds.
   */
  async #hearLastWords({ pieceId, ext }: ConnectionRequest, author: string): Promise<void> {
    const room = await this.#deps.rooms.open(pieceId);
    if (this.#state.at !== 'joining') return;
    const { early } = this.#state;
    let timer: NodeJS.Timeout | undefined;
    const update = await new Promise<Uint8Array | null>((say) => {
      this.#state = { at: 'leaving', say };
      timer = setTimeout(() => say(null), lastWordsMs);
      for (const message of early) this.#receive(message);
      this.write(frame(room.question()));
    });
    clearTimeout(timer);
    if (update === null) return;
    const told = ext ? { refused: refusedTeller(this) } : null;
    await Promise.race([room.refuse({ author, update, reason: 'right_withdrawn' }, told), later()]);
  }

  #refuse(err: unknown, request: ConnectionRequest): void {
    if (err instanceof BadFrame) {
      this.#bad(err);
      return;
    }
    if (err instanceof NoSuchPiece) {
      this.close(closeCode.noSuchPiece, 'no such piece');
      return;
    }
    if (!(err instanceof Overloaded)) {
      this.#deps.log.error({ err, pieceId: request.pieceId }, 'a piece could not be opened');
    }
    this.close(closeCode.overloaded, 'the piece cannot be opened now; come back shortly');
  }

  #leave(): void {
    const state = this.#state;
    this.#state = { at: 'closed' };
    this.#expiry.stop();
    if (state.at === 'joined') state.room.leave(state.member);
    if (state.at === 'leaving') state.say(null);
  }

  #ended(): void {
    this.#leave();
    this.#deps.onClosed(this);
  }
}

function later(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, lastWordsMs).unref();
  });
}
