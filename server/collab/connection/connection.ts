import type { Socket } from 'node:net';
import type { RawData } from 'ws';
import {
  BadFrame,
  decodeClientMessage,
  encodeSync,
  isEmptyStateVector,
  type ClientMessage,
} from '../../../shared/protocol/messages.ts';
import { closeCode } from '../close-codes.ts';
import { Overloaded } from '../engine.ts';
import { Held } from '../fair/held.ts';
import type { Share, Speaking } from '../fair/turns.ts';
import { frame } from '../frame.ts';
import { Member, type Wire } from '../member.ts';
import type { Admission, StoredPiece } from '../ports.ts';
import type { Room } from '../room/room.ts';
import { ofMessage, ofOpening, ofWork, type CloseReason } from './close-reasons.ts';
import type { ConnectionDeps, ConnectionRequest } from './connection-deps.ts';
import { Expiry } from './expiry.ts';
import { Intake } from './intake.ts';
import { hearLastWords } from './last-words.ts';
import { Outgoing } from './outgoing.ts';
import type { PieceSocket } from './piece-socket.ts';

/** What a client may say while it is being admitted; a stock client says some 200 bytes. */
const maxSizedMessages = 64;
/** Unanswered beats after which a connection is dead. */
const mostSilentBeats = 4;
/** A state smaller than this goes into a document faster than it would be sent on its own. */
const earlyAnswerBytes = 32 * 1024;
/** How long it may take to find out who somebody is. */
const admissionMs = 10_000;
/** What may come after the close frame: of who was never in, next to nothing. */
const strangersFarewell = { bytes: 16 * 1024, ms: 1_000 };
const membersFarewell = { bytes: 256 * 1024, ms: 5_000 };
/** Close codes that say that somebody may not be here any more. */
const rightEnds: ReadonlySet<number> = new Set([
  closeCode.notSignedIn,
  closeCode.noRight,
  closeCode.noSuchPiece,
]);

/**
 * One WebSocket, from its opening to its end. While it is `joining`, it is being admitted and its
 * room opened, and what it says waits. While it is `leaving`, it has no right to be here, and is
 * heard once with what it wrote before it knew.
 */
type State =
  | { readonly at: 'joining' }
  | { readonly at: 'joined'; readonly room: Room; readonly member: Member }
  | { readonly at: 'leaving'; readonly say: (update: Uint8Array | null) => void }
  | { readonly at: 'closed' };

/** Where it stands; closed: its socket has yet to go. */
export type Stage = State['at'];

export class Connection implements Wire, Speaking {
  readonly #ws: PieceSocket;
  readonly #deps: ConnectionDeps;
  readonly #expiry: Expiry;
  readonly #intake: Intake;
  readonly #outgoing: Outgoing;
  /** Set once it is known who it is. */
  #share: Share | null = null;
  #state: State = { at: 'joining' };
  /** Beats since the peer was last heard of. */
  #silent = 0;
  /** What it waits for before it goes on with what the peer says, and what that has said meanwhile. */
  #holds = 0;
  readonly #held = new Held(() => this.#share);
  /** Nothing more is heard of the peer: it has gone, or is being closed. */
  #over = false;

  constructor(ws: PieceSocket, socket: Socket, deps: ConnectionDeps) {
    this.#ws = ws;
    this.#deps = deps;
    this.#expiry = new Expiry({
      log: deps.log,
      lastsUntil: (credential) => deps.lastsUntil(credential),
      ended: (kind) => this.close(closeCode.notSignedIn, `the ${kind} has expired`),
    });
    this.#outgoing = new Outgoing(ws, socket, {
      log: deps.log,
      share: () => this.#share,
      hold: (work) => this.hold(work),
    });
    this.#intake = new Intake(ws, socket, () => this.#unfinishedGrew());
    ws.on('message', (data, isBinary) => this.#message(data, isBinary));
    ws.on('ping', () => this.#intake.ended());
    ws.on('pong', () => {
      this.#intake.ended();
      this.#silent = 0;
    });
    ws.on('close', () => this.#gone());
    // What follows is always 'close'; a peer that vanishes or sends too much is its own affair.
    ws.on('error', (err) => {
      deps.log.debug({ err }, 'a connection failed');
      this.#farewell();
    });
  }

  /** Admits the connection and takes it into its room, or closes it with the reason. */
  async join(request: ConnectionRequest): Promise<void> {
    try {
      const { rooms } = this.#deps;
      const asOf = rooms.rightsChanged;
      const admission = await this.#admission(request);
      if (this.#state.at !== 'joining') return;
      const personId = admission.ok ? admission.person.id : admission.lastWordsOf;
      if (personId !== undefined && !this.#enter(personId)) {
        this.close(closeCode.overloaded, 'the server is full; come back shortly');
        return;
      }
      if (!admission.ok) {
        const { code, reason, lastWordsOf } = admission;
        if (lastWordsOf !== undefined) await this.#hearLastWords(request, lastWordsOf);
        this.close(code, reason);
        return;
      }
      const room = await rooms.open(request.pieceId, admission.person.id, (stored) =>
        this.#early(stored),
      );
      // A right that changed meanwhile found no member here to change.
      if (rooms.rightsChanged !== asOf) {
        await this.join(request);
        return;
      }
      if (this.#state.at !== 'joining') return;
      const member = new Member(this, { ...admission, order: request.order, ext: request.ext });
      this.#state = { at: 'joined', room, member };
      room.join(member);
      this.#deps.log.info({ userId: admission.person.id, role: admission.role }, 'socket joined');
      this.#expiry.watch(admission.credential);
      this.#takeEarly();
      this.#intake.hold('early', false);
    } catch (err) {
      this.#closeFor(ofOpening(err, request.pieceId, this.#deps.log));
    }
  }

  get stage(): Stage {
    return this.#state.at;
  }

  write(frames: Buffer): void {
    this.#outgoing.write(frames);
  }

  /**
   * Where no right has ended, what the peer has said before is still acted on, as when it goes by itself:
   * a large update that is half done would else be kept as refused, though its client brings it again.
   */
  close(code: number, reason: string): void {
    if (rightEnds.has(code)) this.#leave();
    else this.ended();
    this.#ws.close(code, reason);
    this.#farewell();
  }

  pause(): void {
    this.#intake.hold('room', true);
  }

  resume(): void {
    this.#intake.hold('room', false);
  }

  /** What has been read already is kept: `ws` goes on with what came in one chunk. */
  hold(work: Promise<void>): void {
    this.#holds++;
    this.#intake.hold('answer', true);
    work.catch((err: unknown) => this.#failed(err)).finally(() => this.#goOn());
  }

  holdBack(on: boolean): void {
    this.#intake.hold('share', on);
  }

  /** Backpressure (D4). */
  pressure(on: boolean): void {
    this.#intake.hold('pressure', on);
  }

  get unfinished(): number {
    return this.#intake.unfinished;
  }

  get unread(): number {
    return this.#outgoing.unread;
  }

  /** Called at times: keeps stock clients from reconnecting, and ends dead connections. */
  beat(): void {
    this.#outgoing.beat();
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
    this.#intake.ended();
    if (this.#state.at === 'closed' || this.#over) return;
    this.#silent = 0;
    try {
      if (!isBinary || !(data instanceof Buffer)) throw new BadFrame('a text frame');
      const message = decodeClientMessage(data);
      if (this.#state.at !== 'joining') {
        this.#take(message, data.length);
        return;
      }
      if (this.#share?.hasRoomFor(data.length) === false) throw new Overloaded();
      this.#held.push(message, data.length);
      if (this.#held.size >= maxSizedMessages) this.#intake.hold('early', true);
    } catch (err) {
      this.#bad(err);
    }
  }

  #take(message: ClientMessage, bytes: number): void {
    if (this.#share?.take(this, message, bytes) !== false) return;
    this.close(closeCode.overloaded, 'too much at once; come back shortly');
  }

  /** What has waited for the piece to be opened. */
  #takeEarly(): void {
    for (const message of this.#held.splice()) {
      if (!this.#over) this.#take(message, message.bytes);
    }
  }

  handle(message: ClientMessage, bytes: number): void {
    if (this.#state.at === 'leaving') {
      // The answer to the server's question; it holds all that the client has.
      if (message.type === 'step2') this.#state.say(message.update.slice());
      return;
    }
    if (this.#state.at !== 'joined') return;
    if (this.#holds > 0) {
      this.#held.push(message, bytes);
      return;
    }
    try {
      this.#state.room.receive(this.#state.member, message);
      // Whatever it waits for: its bytes are kept until then.
      if (this.#holds > 0) this.#held.worksOn(bytes);
    } catch (err) {
      this.#bad(err);
    }
  }

  /** Work off the event loop has failed; where that is not the message's fault, it may come again. */
  #failed(err: unknown): void {
    // What it has said since builds on it.
    this.#leave();
    this.#closeFor(ofWork(err, this.#deps.log));
  }

  #bad(err: unknown): void {
    this.#closeFor(ofMessage(err, this.#deps.log));
  }

  #closeFor({ code, reason }: CloseReason): void {
    this.close(code, reason);
  }

  /**
   * Sends a newcomer the stored state as it is, before the server builds its own document from it:
   * both then build at the same time, instead of one after the other. (A piece with 260,000 edits
   * behind it takes some 100 ms to build.)
   */
  async #early({ snapshot, tail }: StoredPiece): Promise<void> {
    if (this.#state.at !== 'joining' || snapshot === null || tail.length > 0) return;
    if (snapshot.state.length < earlyAnswerBytes) return;
    const asks = (m: ClientMessage) => m.type === 'step1' && isEmptyStateVector(m.stateVector);
    if (this.#held.shift(asks) === undefined) return;
    await this.#outgoing.sent(frame(encodeSync('step2', snapshot.state)));
  }

  #hearLastWords(request: ConnectionRequest, author: string): Promise<void> {
    return hearLastWords(this.#deps.rooms, request, author, {
      wire: this,
      isJoining: () => this.#state.at === 'joining',
      listen: (say) => {
        this.#state = { at: 'leaving', say };
        this.#takeEarly();
      },
      hold: (bytes) => this.#share?.hold(bytes),
    });
  }

  #leave(): void {
    const state = this.#state;
    this.#state = { at: 'closed' };
    this.#held.drop();
    this.#expiry.stop();
    if (state.at === 'joined') state.room.leave(state.member);
    if (state.at === 'leaving') state.say(null);
  }

  /** The close frame is sent: the peer has a moment to answer it, and no place any more. */
  #farewell(): void {
    const stranger = this.#share === null;
    this.#intake.end(stranger ? strangersFarewell : membersFarewell);
    this.#deps.onClosing(this, stranger);
  }

  #gone(): void {
    this.#deps.onClosed(this);
    if (this.#share === null) this.#leave();
    else this.#share.leave(this);
  }

  ended(): void {
    if (this.#holds === 0 || this.#state.at !== 'joined') {
      this.#leave();
      return;
    }
    this.#held.leftBehind();
    this.#over = true;
  }

  /** After one of the things that it waited for: goes on with what the peer has said meanwhile. */
  #goOn(): void {
    this.#holds--;
    if (this.#holds === 0) this.#held.worked();
    // What came before it has joined waits for that.
    while (this.#holds === 0 && this.#state.at !== 'joining') {
      const message = this.#held.shift();
      if (message === undefined) break;
      if (this.#share?.takeNow(this, message, message.bytes)) continue;
      // `saved` counts in order: it came before what waits already.
      this.#share?.putFirst(this, [message, ...this.#held.splice()]);
    }
    if (this.#holds > 0) return;
    this.#intake.hold('answer', false);
    if (this.#over) this.#share?.leave(this);
  }

  /** What the database says of who it is, unless that takes too long. */
  async #admission(request: ConnectionRequest): Promise<Admission> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Overloaded()), admissionMs);
    });
    try {
      return await Promise.race([this.#deps.admit(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes a place and a share of the server, and begins to read; false: there is no place. */
  #enter(personId: string): boolean {
    if (!this.#deps.seat(this, personId)) return false;
    this.#share ??= this.#deps.turns.enter(personId, this);
    this.#intake.hold('pressure', !this.#deps.mayRead());
    this.#intake.hold('admission', false);
    return true;
  }

  #unfinishedGrew(): void {
    if (this.#share === null || this.#share.unfinished <= this.#deps.mostUnfinished) return;
    this.close(closeCode.overloaded, 'too many large messages at once; come back shortly');
  }
}
