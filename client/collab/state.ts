/** What a piece's session says of itself: the connection, and what is saved. */
import type { RefusedEvent } from '../../shared/protocol/events.ts';

/** Why there is no connection now, while the session tries on its own to come back. */
export type Trouble =
  /** The device says that it has no network. */
  | 'device-offline'
  /** Nothing answers at the server's address. */
  | 'server-down'
  /** The server answers, but no WebSocket opens: a proxy or a filter is in between. */
  | 'socket-blocked'
  /** The server said that it restarts. */
  | 'restarting'
  /** The server takes no more for the moment. */
  | 'overloaded'
  /** The connection broke, and why is not known yet. */
  | 'interrupted';

/** Why the session does not come back by itself. */
export type Ending =
  /** Nobody is signed in; `resume()` goes on. */
  | 'signed-out'
  /** No right to the piece, or not any more. */
  | 'no-right'
  /** Deleted, or never there. */
  | 'no-such-piece'
  /** The piece is of a newer kind than this page: load the page again. */
  | 'schema'
  /** Something that was written is larger than the server takes. */
  | 'too-large'
  /** The server could not read what this page sent. */
  | 'bad-frame';

export type Link =
  /** On its way for the first time. */
  | { readonly at: 'connecting' }
  | { readonly at: 'online' }
  /** Comes back by itself; `retryNow()` does not wait. */
  | { readonly at: 'away'; readonly reason: Trouble }
  | { readonly at: 'ended'; readonly reason: Ending };

/**
 * What became of what was written here. From unsaved to saved only the server's `saved` message
 * leads, which it sends after the COMMIT.
 */
export type Save =
  /** Everything written here is committed. `at` in ms since 1970; null: nothing was written yet. */
  | { readonly is: 'saved'; readonly since: number | null }
  /** Connected, and something is on its way. */
  | { readonly is: 'saving' }
  /**
   * Not connected. `unsaved`: there is text that the server does not have. `kept`: all of it is on
   * this device's disk; else this page's memory is the only place where it is.
   */
  | { readonly is: 'offline'; readonly unsaved: boolean; readonly kept: boolean }
  /**
   * The server did not take it. `kept`: it is in the piece's list of refused edits. `added` and
   * `removed`: the beginning of the text that it would have added and removed.
   */
  | ({ readonly is: 'refused' } & Pick<RefusedEvent, 'reason' | 'kept' | 'added' | 'removed'>);

/** Immutable; a new object for each change. */
export interface SessionState {
  readonly link: Link;
  readonly save: Save;
  /** The document's text is here, from the server or from this device, and may be written in. */
  readonly ready: boolean;
  /** The right to write was lost under what is here: it can be read and copied, not changed. */
  readonly readOnly: boolean;
}
