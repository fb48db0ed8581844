import * as Y from 'yjs';
import { encodeSync, isEmptyStateVector } from '../../../shared/protocol/messages.ts';
import { frame } from '../frame.ts';
import { mergeUpdates } from '../merge.ts';
import type { JoinedState, StateWork } from '../ports.ts';
import { stateOf } from './join.ts';
import { structsSince } from './structs-since.ts';

export interface SyncStateDeps {
  readonly work: StateWork;
  doc(): Y.Doc;
  /** False while the document holds a part of an update: it is not to be read then. */
  isWhole(): boolean;
  /** The state could not be written anew; it is tried again. */
  failed(err: unknown): void;
  /** Up to so many bytes a state is written on the event loop, 2 ms of it (B1). */
  readonly smallBytes?: number;
}

const small = 32 * 1024;
/** Updates are handed out in chunks of about so many bytes. */
const chunkBytes = 16 * 1024;
/** So many at most are merged at once: half a millisecond. */
const mergeAtMost = 100;
/** The state is written anew when what came since is more than so much of it, … */
const shareOfState = 8;
/** … or in more than so many chunks. */
const mostChunks = 24;
const retryMs = 1_000;
const nothing = new Uint8Array([0, 0]);

/**
 * What a room's document holds, ready to be sent: a state that was written some time ago, and the
 * updates since. Writing the state anew grows with the piece, so it is done on a thread, now and then,
 * and never because somebody asks (B1). An answer takes one look at each clientID, and writes frames
 * that are there; merging what came since its last takes each update once.
 *
 * Invariant: state and updates together are the document without what waits in it, or, while a large
 * update is put in, what it was before that: nobody is told half of one, which may be taken back (D1).
 * `add` is called with each effect.
 */
export class SyncState {
  readonly #deps: SyncStateDeps;
  readonly #small: number;
  #base: JoinedState | null = null;
  /** What came since the base, as it came. */
  #since: Uint8Array[] = [];
  #sinceBytes = 0;
  /** The same, in chunks: those of `#since` up to `#folded`. */
  #chunks: Uint8Array[] = [];
  #folded = 0;
  readonly #frames = new Map<Uint8Array, { update?: Buffer; step2?: Buffer }>();
  #writing: Promise<void> | null = null;
  /** Who waits for it. */
  readonly #askers = new Set<string | null>();
  #retryFrom = 0;
  /** Counts beginnings: a state that was being written before one is of another document. */
  #life = 0;

  constructor(deps: SyncStateDeps) {
    this.#deps = deps;
    this.#small = deps.smallBytes ?? small;
  }

  /** Starts with a state, and updates behind it in which nothing waits. */
  begin(base: JoinedState | null, since: readonly Uint8Array[]): void {
    this.#life++;
    this.#setBase(base, [...since]);
  }

  /** The document has gained something. */
  add(effect: Uint8Array): void {
    this.#since.push(effect);
    this.#sinceBytes += effect.length;
  }

  /** The document in bytes; merged, it is no larger. */
  get atMost(): number {
    return (this.#base?.state.length ?? 0) + this.#sinceBytes;
  }

  /** Whether `atMost` is the very size. */
  get isExact(): boolean {
    return this.#since.length === 0;
  }

  /**
   * The sync messages that bring a client up to date: updates, and a step 2 as the last, with which a
   * stock client counts itself as synchronised. They may repeat what it has.
   */
  answer(stateVector: Uint8Array, person: string): Buffer[] {
    this.#freshen(person);
    const parts = [...this.#whatIsMissing(stateVector), ...this.#chunks];
    if (parts.length === 0) parts.push(nothing);
    return parts.map((part, i) => this.#frameOf(part, i === parts.length - 1 ? 'step2' : 'update'));
  }

  /**
   * The document as it is now, or a little later, as one state. Rejects where it cannot be written.
   * `person`: who waits for it; null: the server.
   */
  async whole(person: string | null): Promise<Uint8Array> {
    const life = this.#life;
    for (;;) {
      if (this.#base !== null && this.#since.length === 0) return this.#base.state;
      if (this.#canWriteSmall) this.#writeSmall();
      else if (this.#writing !== null) {
        this.#askers.add(person);
        await this.#writing;
      } else {
        await this.#write(person);
        if (this.#base !== null && this.#life === life) return this.#base.state;
      }
    }
  }

  get #canWriteSmall(): boolean {
    return this.atMost <= this.#small && this.#deps.isWhole();
  }

  #whatIsMissing(stateVector: Uint8Array): Uint8Array[] {
    const { state, deletions } = this.#base ?? { state: null, deletions: null };
    const everything = state === null ? [] : [state];
    if (isEmptyStateVector(stateVector) || !this.#deps.isWhole()) return everything;
    const structs = structsSince(this.#deps.doc(), Y.decodeStateVector(stateVector));
    // What is deleted a state vector does not tell: all of it is sent, as Yjs does.
    if (structs === null) return everything;
    return [structs, deletions].filter((part): part is Uint8Array => !isNothing(part));
  }

  #freshen(person: string): void {
    if (this.#since.length > 0 && this.#canWriteSmall) this.#writeSmall();
    this.#fold();
    const share = (this.#base?.state.length ?? 0) / shareOfState;
    if (this.#chunks.length <= mostChunks && this.#sinceBytes <= Math.max(this.#small, share))
      return;
    if (this.#writing !== null || performance.now() < this.#retryFrom) return;
    this.#write(person).catch((err: unknown) => this.#deps.failed(err));
  }

  /** Merges what has come into chunks. The last one grows, up to `chunkBytes`. */
  #fold(): void {
    while (this.#folded < this.#since.length) {
      const run: Uint8Array[] = [];
      const [last, first] = [this.#chunks.at(-1), this.#since[this.#folded]];
      let bytes = 0;
      if (last !== undefined && last.length + (first?.length ?? 0) <= chunkBytes) {
        run.push(last);
        bytes = last.length;
        this.#chunks.pop();
        this.#frames.delete(last);
      }
      for (; this.#folded < this.#since.length && run.length < mergeAtMost; this.#folded++) {
        const next = this.#since[this.#folded];
        if (next === undefined || (run.length > 0 && bytes + next.length > chunkBytes)) break;
        run.push(next);
        bytes += next.length;
      }
      this.#chunks.push(mergeUpdates(run));
    }
  }

  #writeSmall(): void {
    this.#setBase(stateOf(this.#deps.doc()), []);
  }

  /** Writes the state anew, off the event loop. */
  async #write(person: string | null): Promise<void> {
    const life = this.#life;
    const count = this.#since.length;
    const base = this.#base === null ? [] : [this.#base.state];
    this.#askers.clear();
    this.#askers.add(person);
    const written = this.#deps.work.join([...base, ...this.#since], this.#askers);
    this.#writing = written.then(
      (joined) => {
        this.#writing = null;
        if (this.#life === life) this.#setBase(joined, this.#since.slice(count));
      },
      () => {
        this.#writing = null;
        this.#retryFrom = performance.now() + retryMs;
      },
    );
    await written;
    await this.#writing;
  }

  #setBase(base: JoinedState | null, since: Uint8Array[]): void {
    this.#base = base;
    this.#since = since;
    this.#sinceBytes = since.reduce((sum, { length }) => sum + length, 0);
    this.#chunks = [];
    this.#folded = 0;
    this.#frames.clear();
  }

  /** Frames of what is there for everybody are kept: a room may be joined by many at once. */
  #frameOf(part: Uint8Array, step: 'update' | 'step2'): Buffer {
    const { state, deletions } = this.#base ?? {};
    if (part !== state && part !== deletions && !this.#chunks.includes(part)) {
      return frame(encodeSync(step, part));
    }
    const known = this.#frames.get(part) ?? {};
    this.#frames.set(part, known);
    return (known[step] ??= frame(encodeSync(step, part)));
  }
}

const isNothing = (part: Uint8Array | null) =>
  part === null || (part.length === 2 && part[0] === 0 && part[1] === 0);
