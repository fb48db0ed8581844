import { mergeUpdates } from '../merge.ts';
import { afterSockets } from './after-sockets.ts';
import { roomFrames, type PresenceState, type RoomFrames } from '../frame.ts';

/** Members below this number get every turn's text at once. */
const quietMembers = 12;
const msPerMember = 0.2;
const mostTextMs = 20;
const [leastPresenceMs, mostPresenceMs] = [50, 200];
/** How long to wait, in ms, where the last frame has not gone to everybody yet. */
const deliveringMs = 5;
/** A turn may read megabytes from one socket: what came is handed on before merging it is work. */
const mostUpdates = 1_000;
/** An update of more bytes than this goes alone: merging it with a letter would read all of it (B1). */
const largeBytes = 32 * 1024;

/**
 * The least time between two text frames of a room, in ms. None in a small room. In a crowd each
 * frame costs one write per member, so frames wait for company: a room of 100 sends at most 50 a
 * second. The first words after a pause go out at once in any room.
 */
export function textGapMs(members: number): number {
  return members <= quietMembers ? 0 : Math.min(mostTextMs, members * msPerMember);
}

/**
 * The least time between two presence frames of a room, and the most that one waits, in ms. Each member says
 * it again to the server: where two people type 20 keys a second each, half of all that was read was that.
 */
export function presenceGapMs(members: number): number {
  return Math.min(mostPresenceMs, Math.max(leastPresenceMs, members));
}

/** Ready frames, the same bytes for everybody who is to get them. */
export interface OutboxDelivery<M> {
  readonly frames: RoomFrames;
  /** The one member whose own words the text is; null where it is several people's. */
  readonly textBy: M | null;
  /** The one member whose own presence it is; null where it is several people's. */
  readonly presenceBy: M | null;
}

/** What the outbox needs of its room. */
export interface OutboxRoom<M> {
  members(): number;
  presenceOf(clientIds: Iterable<number>): PresenceState[];
  deliver(delivery: OutboxDelivery<M>): void;
  /** Whether what was delivered last has not gone to everybody yet: what comes meanwhile waits for company. */
  isDelivering(): boolean;
}

/**
 * Collects what a room is to hand on and lets it go in as few frames as the moment allows: text at
 * once, or at the room's pace; presence with a text, or alone, some time later.
 */
export class Outbox<M> {
  readonly #room: OutboxRoom<M>;
  #updates: Uint8Array[] = [];
  #textBy: M | null = null;
  #presenceBy: M | null = null;
  #presence = new Set<number>();
  #lastText = 0;
  #lastPresence = -Infinity;
  #textScheduled = false;
  #presenceTimer: NodeJS.Timeout | null = null;
  #textTimer: NodeJS.Timeout | null = null;
  readonly #sendTextNow = () => this.#sendText();

  constructor(room: OutboxRoom<M>) {
    this.#room = room;
  }

  /** `author`: the member who sent it, null where it came from elsewhere. */
  addText(update: Uint8Array, author: M | null): void {
    const isLarge = update.length > largeBytes;
    if (isLarge && this.#updates.length > 0) this.#send(false);
    if (this.#updates.length === 0) this.#textBy = author;
    else if (this.#textBy !== author) this.#textBy = null;
    this.#updates.push(update);
    if (isLarge || this.#updates.length >= mostUpdates) this.#send(false);
    else this.#scheduleText();
  }

  addPresence(clientIds: readonly number[], speaker: M | null): void {
    if (clientIds.length === 0) return;
    if (this.#presence.size === 0) this.#presenceBy = speaker;
    else if (this.#presenceBy !== speaker) this.#presenceBy = null;
    for (const clientId of clientIds) this.#presence.add(clientId);
    this.#schedulePresence();
  }

  #schedulePresence(): void {
    if (this.#textScheduled || this.#presenceTimer) return;
    this.#presenceTimer = setTimeout(() => {
      this.#presenceTimer = null;
      if (this.#room.isDelivering()) this.#schedulePresence();
      else if (this.#presence.size > 0) this.#send(true);
    }, presenceGapMs(this.#room.members()));
  }

  /** Sends what waits now. */
  flush(): void {
    if (this.#updates.length > 0 || this.#presence.size > 0) this.#send(true);
  }

  close(): void {
    if (this.#presenceTimer) clearTimeout(this.#presenceTimer);
    if (this.#textTimer) clearTimeout(this.#textTimer);
    this.#updates = [];
    this.#presence.clear();
  }

  #scheduleText(): void {
    if (this.#textScheduled) return;
    this.#textScheduled = true;
    const wait = this.#lastText + textGapMs(this.#room.members()) - performance.now();
    if (wait <= 0) afterSockets(this.#sendTextNow);
    else this.#textTimer = setTimeout(this.#sendTextNow, wait);
  }

  #sendText(): void {
    if (this.#room.isDelivering()) {
      this.#textTimer = setTimeout(this.#sendTextNow, deliveringMs);
      return;
    }
    this.#textTimer = null;
    this.#textScheduled = false;
    if (this.#updates.length === 0 && this.#presence.size === 0) return;
    const gap = presenceGapMs(this.#room.members());
    this.#send(performance.now() - this.#lastPresence >= gap);
    if (this.#presence.size > 0) this.#schedulePresence();
  }

  #send(withPresence: boolean): void {
    const update = this.#takeText();
    const states = withPresence ? this.#takePresence() : null;
    if (update === null && states === null) return;
    const frames = roomFrames(update, states);
    this.#room.deliver({ frames, textBy: this.#textBy, presenceBy: this.#presenceBy });
  }

  #takeText(): Uint8Array | null {
    if (this.#updates.length === 0) return null;
    const merged = mergeUpdates(this.#updates);
    this.#updates = [];
    this.#lastText = performance.now();
    return merged;
  }

  #takePresence(): readonly PresenceState[] | null {
    if (this.#presence.size === 0) return null;
    const states = this.#room.presenceOf(this.#presence);
    this.#presence.clear();
    this.#lastPresence = performance.now();
    if (this.#presenceTimer) clearTimeout(this.#presenceTimer);
    this.#presenceTimer = null;
    return states;
  }
}
