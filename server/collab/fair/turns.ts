import type { ClientMessage } from '../../../shared/protocol/messages.ts';
import { Bucket } from './bucket.ts';

/** What takes turns: a connection. */
export interface Speaking {
  /** Acts on one message, which came in so many bytes. Does not throw. */
  handle(message: ClientMessage, bytes: number): void;
  /** Acts on the end of the socket, after all that had come by it. */
  ended(): void;
  /** Whether the peer is not to be read for now. */
  holdBack(on: boolean): void;
  /** Bytes that have been read and are no message yet. */
  readonly unfinished: number;
  /** Bytes that the peer has yet to read. */
  readonly unread: number;
}

/** So much of the event loop a person has at once and gets back per second, in ms. */
const atOnceMs = 20;
const perSecondMs = 250;
/** Work over people's shares goes on for this long at a time, and then others come first. */
const sliceMs = 8;
/** Where others are there, a person's such work takes one part in four of the event loop. */
const restOfPerson = 3;
/** And that of all people together one part in two. */
const restOfAll = 1;
/** Who has said nothing for this long is not waited for. */
const presentMs = 1_000;
/** What took longer than this counts as so long, in ms: nobody waits for a minute. */
const mostRestMs = 1_000;
/**
 * What of a person's has been read and waits for its turn or for its connection, or is being worked on, in
 * bytes; more closes the connection. One message alone is taken however long it is.
 */
const mostWaitingBytes = 32 * 1024 * 1024;
/** While less than this waits of a person's, only those of their sockets are held back that have spoken. */
const mostUnheldBytes = 1024 * 1024;
/** A message that waits costs about this much beside its bytes. */
const messageBytes = 200;

interface Waiting {
  readonly from: Speaking;
  /** Null: the socket has ended. */
  readonly message: ClientMessage | null;
  readonly bytes: number;
}

/**
 * Fair shares of the event loop (B2). What a person's messages cost is measured, over all of their
 * connections, and no kind of message is free. Within their share it is acted on as it comes, which
 * is all that people who write ever see. What is over it waits in a queue of theirs, the sockets
 * that it came by are not read meanwhile, and the queues take turns with each other and with everybody else.
 *
 * The bound: one message, and `sliceMs`, at a time; a quarter of the time where others are there,
 * and half of it for any number of such people. Alone, a person may have all of it, in slices.
 */
export class Turns {
  readonly #shares = new Map<string, Share>();
  /** Who is over their share, in the order in which they come to their turn. */
  readonly #over = new Set<Share>();
  /** Who was acted for last, and who before that was somebody else. */
  #last: { share: Share | null; at: number } = { share: null, at: -Infinity };
  #before = this.#last;
  #restUntil = 0;
  /** What was done in this turn of the event loop, in ms; null: nothing yet. */
  #inTurn: number | null = null;
  /** Calls off the turn that is to come. */
  #scheduled: (() => void) | null = null;
  #stopped = false;
  #held = false;
  readonly #now: () => number;

  /** `now`: the time in ms, from any beginning. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** The share of a person, the same for all of their connections; `leave` gives it back. */
  enter(personId: string, speaking: Speaking): Share {
    let share = this.#shares.get(personId);
    if (share === undefined) {
      share = new Share(this, personId, this.#now());
      this.#shares.set(personId, share);
    }
    share.add(speaking);
    return share;
  }

  /** Holds what waits, as sockets are not read (D4). */
  hold(on: boolean): void {
    this.#held = on;
    if (!on) this.#schedule();
  }

  /** Acts on nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** @internal Acts on a message now or in its turn; false: too much waits already. */
  take(share: Share, from: Speaking, message: ClientMessage, bytes: number): boolean {
    if (!share.hasRoomFor(bytes)) return false;
    if (this.takeNow(share, from, message, bytes)) return true;
    this.#wait(share, { from, message, bytes });
    return true;
  }

  /** @internal Acts on a message now; false: it would have to wait. */
  takeNow(share: Share, from: Speaking, message: ClientMessage, bytes: number): boolean {
    if (this.#over.has(share)) return false;
    const now = this.#now();
    if (share.loop.left(now) <= 0 && !this.#isAlone(share, now)) return false;
    this.#act(share, { from, message, bytes }, now);
    return true;
  }

  /**
   * Nobody has to be put off for who is here alone: what they say is acted on as it comes, up to a slice in
   * each turn. Holding back and reading on 400 sockets of one program took an eighth of all it cost the
   * server, and let its keys wait for up to 500 ms.
   */
  #isAlone(share: Share, now: number): boolean {
    if (this.#held || this.#stopped || this.#over.size > 0) return false;
    if ((this.#inTurn ?? 0) >= sliceMs) return false;
    return !this.#othersThan(share, now);
  }

  /** @internal Lets messages wait that came before all that waits. */
  putFirst(share: Share, waiting: readonly Waiting[]): void {
    share.unshift(waiting);
    for (const { from } of waiting) share.holdBack(from);
    this.#isOver(share);
  }

  /** @internal Who has gone is forgotten some time after the last of theirs has ended. */
  forgetLater(share: Share): void {
    if (share.isInUse) return;
    // A debt outlives the connections that made it.
    const forget = () => {
      if (share.isInUse || this.#shares.get(share.personId) !== share) return;
      this.#shares.delete(share.personId);
    };
    setTimeout(forget, share.loop.untilFull(this.#now())).unref();
  }

  /** @internal */
  leave(share: Share, speaking: Speaking): void {
    if (share.waitsFor(speaking)) this.#wait(share, { from: speaking, message: null, bytes: 0 });
    else this.#end(share, speaking);
  }

  #wait(share: Share, waiting: Waiting): void {
    share.push(waiting);
    share.holdBack(waiting.from);
    this.#isOver(share);
  }

  #isOver(share: Share): void {
    if (this.#over.has(share)) return;
    this.#over.add(share);
    this.#cancel();
    this.#schedule();
  }

  #act(share: Share, { from, message, bytes }: Waiting, begun = this.#now()): void {
    if (this.#last.share !== share) {
      this.#before = this.#last;
      this.#last = { share, at: begun };
    } else this.#last.at = begun;
    if (message === null) this.#end(share, from);
    else from.handle(message, bytes);
    const ended = this.#now();
    share.loop.use(ended - begun, ended);
    if (this.#inTurn === null) setImmediate(() => (this.#inTurn = null));
    this.#inTurn = (this.#inTurn ?? 0) + ended - begun;
  }

  #end(share: Share, speaking: Speaking): void {
    speaking.ended();
    share.remove(speaking);
    this.forgetLater(share);
  }

  #schedule(): void {
    if (this.#scheduled !== null || this.#over.size === 0 || this.#held || this.#stopped) return;
    let first = Infinity;
    for (const { restUntil } of this.#over) first = Math.min(first, restUntil);
    const wait = Math.max(this.#restUntil, first) - this.#now();
    if (wait > 0) {
      const timer = setTimeout(() => this.#turn(), wait);
      this.#scheduled = () => clearTimeout(timer);
    } else {
      const next = setImmediate(() => this.#turn());
      this.#scheduled = () => clearImmediate(next);
    }
  }

  #cancel(): void {
    this.#scheduled?.();
    this.#scheduled = null;
  }

  #turn(): void {
    this.#scheduled = null;
    if (this.#held || this.#stopped) return;
    const begun = this.#now();
    const share = this.#nextAt(begun);
    if (share === null) {
      this.#schedule();
      return;
    }
    this.#over.delete(share);
    let now = begun;
    for (let next = share.shift(); next !== null; next = share.shift()) {
      this.#act(share, next);
      now = this.#now();
      if (now - begun >= sliceMs) break;
    }
    if (this.#othersThan(share, now)) {
      const rest = Math.min(mostRestMs, now - begun);
      share.restUntil = now + restOfPerson * rest;
      this.#restUntil = now + restOfAll * rest;
    }
    if (share.waiting > 0) this.#over.add(share);
    else share.readOn();
    this.#schedule();
  }

  /** The first in the row who need not rest. */
  #nextAt(now: number): Share | null {
    for (const share of this.#over) if (share.restUntil <= now) return share;
    return null;
  }

  #othersThan(share: Share, now: number): boolean {
    const other = this.#last.share === share ? this.#before : this.#last;
    return now - other.at < presentMs;
  }
}

/** What one person has of the server, over all of their connections. */
export class Share {
  readonly personId: string;
  readonly here = new Set<Speaking>();
  /** Milliseconds of the event loop. */
  readonly loop: Bucket;
  waitingBytes = 0;
  /** Of what waits for its connection or is being worked on, also after that has gone. */
  heldBytes = 0;
  /** Until when others come first, in ms of `this.#now()`. */
  restUntil = 0;
  readonly #turns: Turns;
  readonly #heldBack = new Set<Speaking>();
  #holdsAll = false;
  #queue: Waiting[] = [];
  #next = 0;

  constructor(turns: Turns, personId: string, now: number) {
    this.#turns = turns;
    this.loop = new Bucket(atOnceMs, perSecondMs, now);
    this.personId = personId;
  }

  /** Acts on a message of `from`, now or in its turn; false: too much waits already. */
  take(from: Speaking, message: ClientMessage, bytes: number): boolean {
    return this.#turns.take(this, from, message, bytes);
  }

  /** The same, but false where it would have to wait: nothing is done then. */
  takeNow(from: Speaking, message: ClientMessage, bytes: number): boolean {
    return this.#turns.takeNow(this, from, message, bytes);
  }

  /** Lets messages of `from` wait for their turn, before all else. */
  putFirst(
    from: Speaking,
    messages: readonly (ClientMessage & { readonly bytes: number })[],
  ): void {
    const waiting = messages.map((message) => ({ from, message, bytes: message.bytes }));
    this.#turns.putFirst(this, waiting);
  }

  /** Ends a connection, once what has come by it has had its turn. */
  leave(speaking: Speaking): void {
    this.#turns.leave(this, speaking);
  }

  /** Whether a message of so many bytes may be taken. */
  hasRoomFor(bytes: number): boolean {
    const all = this.waitingBytes + this.heldBytes;
    return all === 0 || all + bytes + messageBytes <= mostWaitingBytes;
  }

  /** Counts what is kept of a message, in bytes, until what is returned is called. */
  hold(bytes: number): () => void {
    const held = bytes + messageBytes;
    this.heldBytes += held;
    let counts = true;
    return () => {
      if (!counts) return;
      counts = false;
      this.heldBytes -= held;
      this.#turns.forgetLater(this);
    };
  }

  /** Whether somebody is here by it, or something of theirs has not ended. */
  get isInUse(): boolean {
    return this.here.size > 0 || this.waiting > 0 || this.heldBytes > 0;
  }

  /** Bytes of messages that have not ended. */
  get unfinished(): number {
    let bytes = 0;
    for (const speaking of this.here) bytes += speaking.unfinished;
    return bytes;
  }

  /** Bytes that the person's clients have yet to read. */
  get unread(): number {
    let bytes = 0;
    for (const speaking of this.here) bytes += speaking.unread;
    return bytes;
  }

  get waiting(): number {
    return this.#queue.length - this.#next;
  }

  waitsFor(speaking: Speaking): boolean {
    for (let i = this.#queue.length - 1; i >= this.#next; i--) {
      if (this.#queue[i]?.from === speaking) return true;
    }
    return false;
  }

  /** One more connection of the person's. */
  add(speaking: Speaking): void {
    this.here.add(speaking);
    if (this.#holdsAll) this.#hold(speaking);
  }

  /** What it leaves behind is not kept until all that waits has had its turn. */
  remove(speaking: Speaking): void {
    this.here.delete(speaking);
    this.#heldBack.delete(speaking);
  }

  /** Reads no more of who has spoken, or of nobody where much waits already. */
  holdBack(from: Speaking): void {
    this.#hold(from);
    if (this.#holdsAll || this.waitingBytes <= mostUnheldBytes) return;
    this.#holdsAll = true;
    for (const speaking of this.here) this.#hold(speaking);
  }

  readOn(): void {
    this.#holdsAll = false;
    for (const speaking of this.#heldBack) speaking.holdBack(false);
    this.#heldBack.clear();
  }

  #hold(speaking: Speaking): void {
    if (this.#heldBack.has(speaking)) return;
    this.#heldBack.add(speaking);
    speaking.holdBack(true);
  }

  push(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.waitingBytes += waiting.bytes + messageBytes;
  }

  unshift(waiting: readonly Waiting[]): void {
    this.#queue.splice(this.#next, 0, ...waiting);
    for (const { bytes } of waiting) this.waitingBytes += bytes + messageBytes;
  }

  shift(): Waiting | null {
    const next = this.#queue[this.#next];
    if (next === undefined) return null;
    this.waitingBytes -= next.bytes + messageBytes;
    this.#next++;
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    }
    return next;
  }
}
