/**
 * How servers that share pieces reach each other. It makes them quick, never right: what a message
 * brings stands in Postgres as well, and a server that has missed some reads it there (C2, C4).
 */
export interface Bus {
  /** Of this server, as others see it; a UUID. */
  readonly serverId: string;
  /** Whether messages go out and come in just now. */
  readonly live: boolean;
  /**
   * Hands a message to all other servers that listen on a channel: at most once, and in the order of one
   * sender on one channel. What cannot be sent now is dropped. Never throws but for a message of more than
   * `mostMessageBytes` (RangeError).
   */
  publish(channel: string, message: Uint8Array): void;
  /** Listens on a channel. A server does not hear itself. Several may listen on one channel. */
  subscribe(channel: string, listener: BusListener): Subscription;
  /** Calls back each time that messages may have been missed, once it is live again. */
  onGap(listener: () => void): void;
  /** Ends all connections. Never rejects. */
  close(): Promise<void>;
}

/** Gets a message, which it may keep, and the `serverId` of whoever sent it. */
export type BusListener = (message: Uint8Array, from: string) => void;

export interface Subscription {
  /**
   * Resolves with true as soon as what others publish from then on gets here; with false at once while
   * the bus is not live: then it listens when it is again, and `onGap` tells. Never rejects.
   */
  readonly ready: Promise<boolean>;
  end(): void;
}

/** The longest message, in bytes. What is longer is told of, and read in Postgres. */
export const mostMessageBytes = 64 * 1024;

/** @throws RangeError where a message is longer than a bus carries */
export function checkSize(message: Uint8Array, most = mostMessageBytes): void {
  if (message.length <= most) return;
  throw new RangeError(`A message between servers has ${message.length} bytes; ${most} at most`);
}
