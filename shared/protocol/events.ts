/** Events (message type 101) as JSON: what happened to a piece, for clients with `ext=1`. */
import type { SharedThread } from '../api/threads.ts';

/** Why an edit was refused (R4). */
export const refusalReasons = [
  'may_not_edit',
  'right_withdrawn',
  'not_your_client_id',
  /** After a crash, words that somebody passes on for another, who has yet to bring them. */
  'unconfirmed',
  /** Nobody may write until an owner has unlocked the piece. */
  'piece_locked',
  /** The piece is as large as it may be. */
  'piece_full',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** An edit of the person who gets this was refused, and is kept under `id` for an owner to apply. */
export interface RefusedEvent {
  readonly type: 'refused';
  /** Null where nothing is kept. */
  readonly id: string | null;
  readonly reason: RefusalReason;
  /**
   * False: their refused edits of this piece take up all the room there is, or it came by a read-only
   * token. Keep the words.
   */
  readonly kept: boolean;
  /** The beginning of the text that it would have added; empty where it adds none or is not kept. */
  readonly added: string;
  /** The same of the text that it would have removed. */
  readonly removed: string;
}

/** Somebody's role on the piece has changed; null: they are not on it any more. */
export interface MembersEvent {
  readonly type: 'members';
  readonly userId: string;
  readonly role: string | null;
}

export interface StatusEvent {
  readonly type: 'status';
  readonly status: string;
}

/** The text was locked, and is not to be changed by anybody, or it was unlocked. */
export interface LockEvent {
  readonly type: 'lock';
  readonly locked: boolean;
  /** A user id. */
  readonly by: string;
}

/** Title or standfirst were changed through the API. The words are in the document too. */
export interface TitleEvent {
  readonly type: 'title';
  readonly title: string;
  readonly standfirst: string;
}

/** The list of refused edits has changed, for owners. */
export interface RefusedListEvent {
  readonly type: 'refused-list';
}

/** What became of a thread. */
export type ThreadEventKind =
  | 'created'
  | 'commented'
  | 'comment-edited'
  | 'comment-deleted'
  | 'resolved'
  | 'reopened'
  | 'accepted'
  | 'rejected';

export interface ThreadEvent {
  readonly type: 'thread';
  readonly kind: ThreadEventKind;
  readonly id: string;
  /** A user id. */
  readonly by: string;
  /** The thread as it is now; null: it is too long for an event, ask for it. */
  readonly thread: SharedThread | null;
}

/**
 * Passages were lost or found, or have other positions now. What is typed within a passage is no
 * event: its positions stay.
 */
export interface ThreadAnchorsEvent {
  readonly type: 'thread-anchors';
  /** Null: they are too many for an event, ask for the list. */
  readonly threads:
    | readonly Pick<SharedThread, 'id' | 'field' | 'quote' | 'position' | 'orphaned' | 'anchor'>[]
    | null;
}

/** A version was kept, named, or brought back. */
export interface VersionEvent {
  readonly type: 'version';
  /** `wipe`: most of the text was taken away by one edit, and the version is what was there before. */
  readonly kind: 'named' | 'restore' | 'wipe' | 'status' | 'quiet';
  readonly id: string;
  /** A user id; null: the server. */
  readonly by: string | null;
}

export type PieceEvent =
  | RefusedEvent
  | MembersEvent
  | StatusEvent
  | LockEvent
  | TitleEvent
  | RefusedListEvent
  | VersionEvent
  | ThreadEvent
  | ThreadAnchorsEvent;
