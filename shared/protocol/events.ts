/** Events (message type 101) as JSON: what happened to a piece, for clients with `ext=1`. */

/** Why an edit was refused (R4). */
export const refusalReasons = ['may_not_edit', 'right_withdrawn', 'not_your_client_id'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** An edit of the person who gets this was refused, and is kept under `id` for an owner to apply. */
export interface RefusedEvent {
  readonly type: 'refused';
  /** Null where nothing is kept. */
  readonly id: string | null;
  readonly reason: RefusalReason;
  /** False: their refused edits of this piece take up all the room there is. Keep the words. */
  readonly kept: boolean;
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

export type PieceEvent = RefusedEvent | MembersEvent | StatusEvent | TitleEvent | RefusedListEvent;
