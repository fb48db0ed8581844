import { setTimeout as sleep } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import type { Log } from '../collab/ports.ts';
import { checkSize, mostMessageBytes, type Bus } from './bus.ts';
import type { BusStats, OpenLink } from './link.ts';
import { Deaf, startLife, type Life } from './life.ts';
import { createListeners } from './listeners.ts';

/** A bus over connections that may be lost, and are opened again for as long as it is not closed. */
export interface LinkedBus extends Bus {
  /**
   * As `publish`, and resolves with whether the message has been taken over by what carries it; with
   * false where it may be lost. Never rejects.
   */
  send(channel: string, message: Uint8Array): Promise<boolean>;
  /** Calls back each time that `live` has changed. */
  onChange(listener: (live: boolean) => void): void;
  stats(): BusStats;
}

export interface LinkedBusOptions {
  readonly log: Log;
  /** A UUID; a new one where not given. */
  readonly serverId?: string;
  /** The longest message, in bytes; `mostMessageBytes` where not given. */
  readonly mostBytes?: number;
}

export interface Carrier {
  /** As operators call it, such as "Redis at cache.example". */
  readonly name: string;
  readonly open: OpenLink;
  /** A message to oneself goes out every so many ms, and has to come in within `patience` ms. */
  readonly beat: { readonly every: number; readonly patience: number };
  /** What is said where messages are taken over from the start, and none comes. */
  readonly deaf: string;
}

/** In ms: between attempts, from the first on; to open a link, from the first attempt on. */
const pause = (failures: number) => Math.min(50 * 2 ** failures, 500);
const patience = (failures: number) => Math.min(1_000 * (failures + 1), 2_000);
/** What listens to nothing does so by how it is set up: connecting each second helps nobody. */
const deafPause = 10_000;

export function createLinkedBus(carrier: Carrier, options: LinkedBusOptions): LinkedBus {
  const { log, serverId = uuid(), mostBytes = mostMessageBytes } = options;
  const listeners = createListeners(log);
  const gapListeners: (() => void)[] = [];
  const changeListeners: ((live: boolean) => void)[] = [];
  const closing = new AbortController();
  const counts = { published: 0, publishedBytes: 0, received: 0, receivedBytes: 0 };
  let [dropped, gaps] = [0, 0];
  let echoMs: number | null = null;
  /** The connections that are live. */
  let life: Life | null = null;
  /** Those, or the ones that are being opened. */
  let current: Life | null = null;

  function begin(): Life {
    return startLife(carrier, {
      serverId,
      listeners,
      heard(channel, message, from) {
        counts.received += 1;
        counts.receivedBytes += message.length;
        listeners.deliver(channel, message, from);
      },
      echoed(ms) {
        echoMs = ms;
      },
    });
  }

  /** A listener's failure is not that of the connections. */
  function tell(listener: () => void): void {
    try {
      listener();
    } catch (err) {
      log.error({ err }, `What follows from a change of ${carrier.name} failed`);
    }
  }

  function setLife(now: Life | null): void {
    const changed = (now === null) !== (life === null);
    life = now;
    if (changed) for (const listener of changeListeners) tell(() => listener(now !== null));
  }

  /** Resolves with why it ended. */
  async function liveOnce(failures: number): Promise<{ reason: Error; wasLive: boolean }> {
    const next = begin();
    current = next;
    try {
      const refused = next.ended.then((reason) => Promise.reject(reason));
      await Promise.race([next.start(patience(failures)), refused]);
      if (closing.signal.aborted) return { reason: new Error('closed'), wasLive: false };
      setLife(next);
      await Promise.race([next.catchUp(), next.ended]);
      gaps += 1;
      gapListeners.forEach(tell);
      return { reason: await next.ended, wasLive: true };
    } catch (error) {
      return { reason: error as Error, wasLive: false };
    } finally {
      setLife(null);
      await next.end();
    }
  }

  async function run(): Promise<void> {
    let told = false;
    const report = (reason: Error) => {
      const deaf = reason instanceof Deaf;
      if (told) log.debug({ err: reason }, `${carrier.name} still cannot be used`);
      else if (deaf) log.warn({}, carrier.deaf);
      else
        log.warn({ reason: reason.message }, `${carrier.name} cannot be used; trying until it can`);
      told = true;
    };
    changeListeners.push((live) => {
      if (live && told) log.info({}, `${carrier.name} can be used again`);
      if (live) told = false;
    });
    for (let failures = 0; !closing.signal.aborted;) {
      const { reason, wasLive } = await liveOnce(failures);
      if (closing.signal.aborted) return;
      report(reason);
      failures = wasLive ? 0 : failures + 1;
      const ms = reason instanceof Deaf ? deafPause : pause(failures);
      await sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  const running = run();
  closing.signal.addEventListener('abort', () => current?.lose(new Error('closed')));

  function send(channel: string, message: Uint8Array): Promise<boolean> {
    checkSize(message, mostBytes);
    counts.published += 1;
    counts.publishedBytes += message.length;
    return (life?.send(channel, message) ?? Promise.resolve(false)).then((sent) => {
      if (!sent) dropped += 1;
      return sent;
    });
  }

  return {
    serverId,
    get live() {
      return life !== null;
    },
    send,
    publish: (channel, message) => void send(channel, message),
    subscribe(channel, listener) {
      const entry = listeners.add(channel, listener);
      const ready = life === null ? Promise.resolve(false) : life.listen(channel);
      return {
        ready,
        end() {
          entry.remove();
          if (!listeners.has(channel)) life?.unlisten(channel);
        },
      };
    },
    onGap: (listener) => void gapListeners.push(listener),
    onChange: (listener) => void changeListeners.push(listener),
    stats: () => ({
      ...{ live: life !== null, ...counts, dropped, gaps, echoMs },
      channels: listeners.size,
    }),
    async close() {
      closing.abort();
      await running;
    },
  };
}
