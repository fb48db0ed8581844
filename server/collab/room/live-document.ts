import type * as Y from 'yjs';
import { sharedTypes } from '../../../shared/document/schema.ts';
import { waitingIn, type Applied } from '../apply.ts';
import type { RoomJournal } from '../journal/room-journal.ts';
import type { Askers, VersionBefore } from '../ports.ts';
import { reload } from '../rooms/reload.ts';
import { SyncState } from '../state/sync-state.ts';
import type { Tidier } from '../tidy/tidier.ts';
import type { HandedOn } from '../writing/outcome.ts';
import { waitingSize } from '../writing/waiting.ts';
import type { Audience } from './audience.ts';
import type { OpenedAt, RoomDeps } from './room-deps.ts';
import type { RoomPause } from './room-pause.ts';
import { eventOf, Wipes } from './wipe.ts';

export interface LiveDocumentDeps extends Pick<
  RoomDeps,
  'store' | 'work' | 'log' | 'onEdited' | 'onGrown' | 'announce'
> {
  readonly pieceId: string;
  readonly pause: RoomPause;
  readonly audience: Audience;
  readonly tidier: Tidier;
  readonly journal: () => RoomJournal;
  isClosed(): boolean;
  /** Everybody who is in the room, and the server: all wait while the document is rebuilt. */
  askers(): Askers;
  /** An edit is handed on. */
  used(): void;
  /** Title or standfirst have changed. */
  headChanged(): void;
  /** The document holds more than before, which came from elsewhere. */
  advanced(): void;
}

/**
 * The document of a room as it lives: what it gains is handed on and journalled, here or by another
 * server, and it is rebuilt from the journal where an update broke off in the middle of it.
 */
export class LiveDocument {
  /** What it holds, ready to be sent. */
  readonly sync: SyncState;
  readonly #deps: LiveDocumentDeps;
  readonly #wipes: Wipes;
  #doc: Y.Doc;
  #changedAt: Date;

  constructor(
    doc: Y.Doc,
    { changedAt, base, since }: Pick<OpenedAt, 'changedAt' | 'base' | 'since'>,
    deps: LiveDocumentDeps,
  ) {
    this.#deps = deps;
    this.#doc = doc;
    this.#changedAt = changedAt;
    const { work, pause, log, pieceId } = deps;
    this.#wipes = new Wipes(() => this.#doc);
    this.sync = new SyncState({
      work,
      doc: () => this.#doc,
      isWhole: () => pause.sound,
      failed: (err) => log.warn({ err, pieceId }, 'cannot write a state anew yet'),
    });
    this.sync.begin(base, since);
    this.#watch();
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  /** When it was last changed, as the journal has it. */
  get changedAt(): Date {
    return this.#changedAt;
  }

  /** What it has in bytes at most, with what waits in it. */
  get bytes(): number {
    return this.sync.atMost + waitingSize(this.#doc);
  }

  /**
   * The whole document, with what waits in it, as it is now or a little later: written off the event
   * loop where it is large. Rejects where it cannot be written.
   */
  async state(person: string | null): Promise<Uint8Array> {
    const { pause, work } = this.#deps;
    while (!pause.sound) await pause.whenSound();
    // Before the state is written: what waits now may be in the document afterwards, and in neither (D1).
    const waiting = waitingIn(this.#doc);
    const state = await this.sync.whole(person);
    return waiting.length === 0 ? state : work.merge([state, ...waiting], new Set([person]));
  }

  /**
   * Hands on what an edit did, and gives it to the journal. `removed`: how many letters the effect takes
   * away, where that is known.
   */
  handOn(
    { effect, kept, more }: Pick<Applied, 'effect' | 'kept' | 'more'>,
    { member, author, bound, before = null }: HandedOn,
    removed?: number,
  ): void {
    const { audience, journal, announce } = this.#deps;
    const version = this.#wipes.look(author, effect, before, removed);
    if (effect !== null) this.sync.add(effect);
    this.#deps.used();
    this.#changedAt = new Date();
    if (effect !== null) audience.addText(effect, more ? null : member);
    if (kept !== null) journal().append(author, kept, bound, version);
    if (version !== null) {
      journal().afterSaved(() => announce(eventOf(version), 'reader'));
    }
    if (effect !== null) this.#deps.onEdited();
  }

  /** The version that is to be kept before an edit of somebody that takes so many letters away; null: none. */
  versionBefore(by: string, removed: number): VersionBefore | null {
    return this.#wipes.before(by, removed);
  }

  /** Hands on what an edit did that was committed before it was put in (edits/held-edits.ts). */
  handOnCommitted(effect: Uint8Array | null, at: Date, version: VersionBefore | null): void {
    this.#wipes.look();
    this.#deps.used();
    this.#deps.advanced();
    if (version !== null) this.#deps.announce(eventOf(version), 'reader');
    if (effect === null) return;
    this.sync.add(effect);
    this.#changedAt = at;
    this.#deps.audience.addText(effect, null);
    this.#deps.onEdited();
  }

  /** What another server wrote has been put in (C2); it is in the journal. */
  took(effect: Uint8Array | null, at: Date): void {
    const { audience } = this.#deps;
    this.#deps.advanced();
    this.#wipes.look();
    if (effect === null) return;
    this.sync.add(effect);
    this.#changedAt = at;
    audience.addText(effect, null);
    this.#deps.onGrown();
  }

  /**
   * Rebuilds the document from the journal after an update broke off in the middle of it. Nobody
   * is disconnected: the members' copies are sound, and what they send meanwhile waits.
   */
  async repair(cause: unknown): Promise<void> {
    const { pause, pieceId, store, log, work } = this.#deps;
    pause.extend();
    log.warn({ err: cause, pieceId }, 'rebuilding a document');
    const { doc, base, since } = await reload({
      journal: this.#deps.journal(),
      ...{ store, log, work },
      askers: () => this.#deps.askers(),
      closed: () => this.#deps.isClosed(),
    });
    if (this.#deps.isClosed()) {
      // Who waits finds that it is closed.
      pause.end();
      return;
    }
    this.#doc.destroy();
    this.#doc = doc;
    this.sync.begin(base, since);
    this.#wipes.look();
    this.#watch();
    pause.end();
    // It may hold what was not put in here.
    this.#deps.onGrown();
  }

  close(): void {
    this.#doc.destroy();
  }

  #watch(): void {
    this.#deps.tidier.watch(this.#doc);
    for (const name of [sharedTypes.title, sharedTypes.standfirst]) {
      this.#doc.getText(name).observe(() => this.#deps.headChanged());
    }
  }
}
