import type * as Y from 'yjs';
import type { Applied } from '../apply.ts';
import type { PersonQueue } from '../fair/person-queue.ts';
import type { RoomJournal } from '../journal/room-journal.ts';
import type { Askers, Bound, StateWork, VersionBefore } from '../ports.ts';
import type { RoomPause } from '../room/room-pause.ts';
import type { OpenNote } from '../rooms/open-note.ts';
import type { Authorship } from '../writing/authorship.ts';
import type { HandedOn } from '../writing/outcome.ts';
import type { Writing } from '../writing/writing.ts';

export interface EditsDeps {
  readonly work: StateWork;
  /** One large edit of each person is worked on at a time (B2). */
  readonly queue: PersonQueue;
  readonly pause: RoomPause;
  readonly authorship: Authorship;
  readonly writing: Writing;
  readonly journal: RoomJournal;
  doc(): Y.Doc;
  isClosed(): boolean;
  isLocked(): boolean;
  /** Nothing is edited before it is committed. */
  readonly note: OpenNote;
  /** Whether another server may write in the piece. */
  hasOthers(): boolean;
  /** Whose cursor goes by which clientID just now. */
  spoken(): readonly Bound[];
  /** Everybody who is in the room: all wait for what lets it wait. */
  everybody(): Askers;
  /** Resolves when it is known whether an update of so many bytes is too much for the piece. */
  measured(person: string, bytes: number): Promise<void>;
  /** Whether the piece has room for so many bytes more, as far as is known. */
  takes(bytes: number): boolean;
  /** The document holds a part of an edit; resolves when it is rebuilt. The room may be waiting. */
  repair(cause: unknown): Promise<void>;
  /** The document holds more than before. */
  advanced(): void;
  /** `removed`: how many letters the effect takes away, where that is known. */
  handOn(applied: Pick<Applied, 'effect' | 'kept' | 'more'>, by: HandedOn, removed?: number): void;
  /** The version that is to be kept before an edit of somebody that takes so many letters away; null: none. */
  versionBefore(by: string, removed: number): VersionBefore | null;
  /** The same of what was committed before it was put in. */
  handOnCommitted(effect: Uint8Array | null, at: Date, version: VersionBefore | null): void;
}
