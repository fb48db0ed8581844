import { Bucket } from '../fair/bucket.ts';

/** What the presence of one person may cost all others in a room, in bytes sent: at once, and per second. */
const atOnce = 4 * 1024 * 1024;
const perSecond = 1024 * 1024;
/** The least time between two answers to who asks for everybody's presence, in ms. */
const answerMs = 50;

/** What the pace needs of its room. */
export interface PacedRoom<M> {
  members(): number;
  /** The bytes of the states of these clientIDs. */
  sizeOf(clientIds: Iterable<number>): number;
  handOn(clientIds: readonly number[], speaker: M | null): void;
  /** Sends a member everybody's presence. */
  answer(member: M): void;
}

/**
 * How fast presence goes around in a room. A state may have 16 kB, may change with each frame, and
 * goes to everybody: what one person's costs is metered over all of their connections. Over it their
 * states go out later, the last of each; cursors never come near it.
 */
export class PresencePace<M extends { readonly person: { readonly id: string } }> {
  readonly #room: PacedRoom<M>;
  readonly #people = new Map<string, { readonly bucket: Bucket; readonly late: Set<number> }>();
  readonly #asking = new Set<M>();
  #answered = new WeakMap<M, number>();
  #lateTimer: NodeJS.Timeout | null = null;
  #askTimer: NodeJS.Timeout | null = null;

  constructor(room: PacedRoom<M>) {
    this.#room = room;
  }

  /** Hands on what somebody has said, now or as soon as they have something left. */
  say(clientIds: readonly number[], speaker: M): void {
    if (clientIds.length === 0) return;
    const { id } = speaker.person;
    let person = this.#people.get(id);
    if (person === undefined) {
      person = { bucket: new Bucket(atOnce, perSecond), late: new Set() };
      this.#people.set(id, person);
    }
    if (person.late.size === 0 && person.bucket.left() > 0) {
      person.bucket.use(this.#room.sizeOf(clientIds) * this.#room.members());
      this.#room.handOn(clientIds, speaker);
      return;
    }
    for (const clientId of clientIds) person.late.add(clientId);
    this.#lateTimer ??= setTimeout(() => this.#sayLate(), person.bucket.wait());
  }

  /** Answers who asks for everybody's presence; who asks again at once is answered a little later. */
  ask(member: M): void {
    if (performance.now() - (this.#answered.get(member) ?? -Infinity) >= answerMs) {
      this.#answer(member);
      return;
    }
    this.#asking.add(member);
    this.#askTimer ??= setTimeout(() => {
      this.#askTimer = null;
      for (const asking of this.#asking) this.#answer(asking);
      this.#asking.clear();
    }, answerMs);
  }

  /** Forgets who has gone; `last`: no other connection of theirs is left. */
  leave(member: M, last: boolean): void {
    this.#asking.delete(member);
    const person = this.#people.get(member.person.id);
    // A debt is not got rid of by coming back.
    if (last && person !== undefined && person.bucket.left() > 0) {
      this.#people.delete(member.person.id);
    }
  }

  close(): void {
    for (const timer of [this.#lateTimer, this.#askTimer]) if (timer !== null) clearTimeout(timer);
  }

  #answer(member: M): void {
    this.#answered.set(member, performance.now());
    this.#room.answer(member);
  }

  #sayLate(): void {
    this.#lateTimer = null;
    let wait = Infinity;
    for (const { bucket, late } of this.#people.values()) {
      if (late.size === 0) continue;
      if (bucket.left() > 0) {
        bucket.use(this.#room.sizeOf(late) * this.#room.members());
        this.#room.handOn([...late], null);
        late.clear();
      } else wait = Math.min(wait, bucket.wait());
    }
    if (wait < Infinity) this.#lateTimer = setTimeout(() => this.#sayLate(), wait);
  }
}
