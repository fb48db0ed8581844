/** The connections to Redis, or to all nodes of a cluster. */
export interface RedisWire {
  readonly opened: Promise<void>;
  /** Resolves when all of them are heard. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channel: string): void;
  publish(channel: string, frame: Buffer): Promise<void>;
  /** Resolves when all connections have answered. */
  ping(): Promise<void>;
  /** Closes all of them at once; what waits rejects. */
  destroy(): void;
}

export type Hear = (channel: string, frame: Buffer) => void;
export type Lost = (reason: Error) => void;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The number of a database, at the end of such a URL, counts for keys only: channels know none. */
export function readRedisUrl(text: string): RedisAddress {
  const url = new URL(text);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(url.port || 6379),
    tls: url.protocol === 'rediss:',
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
  };
}

/**
 * Settings of every connection: it is never opened anew, and keeps nothing for when it is. No command has a
 * deadline of its own: the package makes an AbortSignal for each, whose timer goes off seconds after the answer,
 * and that was a quarter of what a message cost. What is not answered is for the beats to notice (life.ts).
 */
export function clientOptions({ tls, username, password }: RedisAddress) {
  return {
    username,
    password,
    disableOfflineQueue: true,
    maintNotifications: 'disabled' as const,
    name: 'counterpoint',
    commandOptions: { timeout: 0 },
    socket: { tls: tls as true, reconnectStrategy: false as const, connectTimeout: 2_000 },
  };
}
