/** What takes a place: a socket. */
export interface Guest {
  close(code: number, reason: string): void;
}

export interface PlacesOptions {
  /** Sockets of people who are in. */
  readonly most: number;
  /** Sockets whose credential is being looked at. */
  readonly mostWaiting: number;
}

/** A newcomer takes the place of who has been looked at for longer than this, in ms. */
const longWaitMs = 2_000;

/**
 * Who has a place on the server. Sockets that are not admitted yet have places of their own and take
 * none from who is in. The others are shared fairly: when all are taken, somebody who has fewer gets
 * one from who has the most, whose last socket is told to come back later. So one person can have
 * thousands of sockets while there is room, and keeps nobody out.
 */
export class Places<G extends Guest> {
  readonly #options: PlacesOptions;
  /** Since when each waits, in ms of `performance.now()`; the oldest first. */
  readonly #waiting = new Map<G, number>();
  readonly #seated = new Map<G, string>();
  /** By person, each person's sockets in the order in which they came. */
  readonly #people = new Map<string, Set<G>>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** How many people have a socket here. */
  get people(): number {
    return this.#people.size;
  }

  /** A place to be looked at in; the socket that has to make room for it is told, if any. */
  wait(guest: G, full: (guest: G) => void): void {
    this.#waiting.set(guest, performance.now());
    if (this.#waiting.size <= this.#options.mostWaiting) return;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const [old, since] = oldest;
    const leaves = performance.now() - since > longWaitMs ? old : guest;
    this.#waiting.delete(leaves);
    full(leaves);
  }

  /** A place for somebody who is signed in, in exchange for the one it waited in. */
  seat(guest: G, personId: string): boolean {
    this.#waiting.delete(guest);
    if (this.#seated.has(guest)) return true;
    if (this.#seated.size >= this.#options.most && !this.#makeRoom(personId)) return false;
    this.#seated.set(guest, personId);
    const sockets = this.#people.get(personId);
    if (sockets === undefined) this.#people.set(personId, new Set([guest]));
    else sockets.add(guest);
    return true;
  }

  leave(guest: G): void {
    this.#waiting.delete(guest);
    const personId = this.#seated.get(guest);
    if (personId === undefined) return;
    this.#seated.delete(guest);
    const sockets = this.#people.get(personId);
    sockets?.delete(guest);
    if (sockets?.size === 0) this.#people.delete(personId);
  }

  #makeRoom(personId: string): boolean {
    // As many steps as there are people, and only when all places are taken.
    let largest = new Set<G>();
    for (const sockets of this.#people.values()) if (sockets.size > largest.size) largest = sockets;
    if (largest.size <= (this.#people.get(personId)?.size ?? 0) + 1) return false;
    const last = [...largest].at(-1);
    if (last === undefined) return false;
    this.leave(last);
    last.close(1013, 'the server is full; come back shortly');
    return true;
  }
}
