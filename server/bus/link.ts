/**
 * What a bus needs of whatever carries its messages. A link lives once: what has lost a connection is
 * given up as a whole, and a new one is opened. So no client's own idea of coming back (of which each has
 * another, with other traps) has to be understood, and after every loss there is exactly one gap to tell of.
 */
export interface Link {
  /** Resolves when it can be used; rejects where it cannot be opened. */
  readonly opened: Promise<void>;
  /** Resolves when what is sent on these channels from then on comes here. */
  listen(channels: readonly string[]): Promise<void>;
  unlisten(channel: string): void;
  /**
   * Resolves when the message has been taken over, in order; rejects where it may be lost. The bytes are
   * the caller's again when it returns.
   */
  send(channel: string, message: Uint8Array): Promise<void>;
  /** Resolves when every connection that messages may take has answered. */
  ping(): Promise<void>;
  /** Ends all connections, at once, and whatever is waited for rejects. Never rejects itself. */
  end(): Promise<void>;
}

export interface LinkEvents {
  /** A message has come, perhaps the server's own. The bytes may be part of a larger buffer. */
  readonly heard: (channel: string, from: string, message: Uint8Array) => void;
  /** It is of no more use. May be called more than once. */
  readonly lost: (reason: Error) => void;
}

export type OpenLink = (serverId: string, events: LinkEvents) => Link;

/** What has gone over a bus since it was made. */
export interface BusStats {
  readonly live: boolean;
  readonly published: number;
  readonly publishedBytes: number;
  /** Messages of others, once each. */
  readonly received: number;
  readonly receivedBytes: number;
  /** Messages that were to be published and may not have reached anybody. */
  readonly dropped: number;
  /** How often messages may have been missed. */
  readonly gaps: number;
  /** How long the last message to oneself took, in ms; null before the first. */
  readonly echoMs: number | null;
  readonly channels: number;
}
