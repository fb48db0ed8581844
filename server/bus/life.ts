import { setTimeout as sleep } from 'node:timers/promises';
import { Overdue, within } from './deadline.ts';
import type { Carrier } from './linked-bus.ts';
import type { Listeners } from './listeners.ts';

/** One life of a bus's connections: from their opening to the loss of any of them. */
export interface Life {
  /**
   * Opens them, listens to all that somebody listens to, and hears itself. Rejects where that fails, or
   * opening takes more than `patience` ms.
   */
  start(patience: number): Promise<void>;
  /** Resolves, with why, when it is of no more use. */
  readonly ended: Promise<Error>;
  /** Listens to what came after `start` had looked; resolves when all is heard. */
  catchUp(): Promise<void>;
  /** Resolves with whether the message was taken over. */
  send(channel: string, message: Uint8Array): Promise<boolean>;
  /** Resolves with true once the channel is heard, with false where the life ends before. */
  listen(channel: string): Promise<boolean>;
  /** For a channel that has no listener any more. */
  unlisten(channel: string): void;
  lose(reason: Error): void;
  end(): Promise<void>;
}

/** What is sent is taken over, and nothing of it comes back. */
export class Deaf extends Error {
  constructor() {
    super('messages are taken over and do not come back');
    this.name = 'Deaf';
  }
}

/** How long the first message to oneself may take, in ms: a pooler that swallows it stays as it is. */
const firstEcho = 3_000;
/** How long it may take to listen to everything that somebody listens to, in ms. */
const allChannels = 10_000;

export interface LifeEvents {
  readonly serverId: string;
  readonly listeners: Listeners;
  /** A message of another server. */
  heard(channel: string, message: Uint8Array, from: string): void;
  echoed(ms: number): void;
}

export function startLife(carrier: Carrier, events: LifeEvents): Life {
  const { listeners, serverId } = events;
  const beatChannel = `beat:${serverId}`;
  const stop = new AbortController();
  let lose: (reason: Error) => void = () => undefined;
  const ended = new Promise<Error>((resolve) => {
    lose = (reason) => {
      stop.abort();
      resolve(reason);
    };
  });
  const link = carrier.open(serverId, {
    lost: lose,
    heard(channel, from, message) {
      if (from !== serverId) events.heard(channel, message, from);
      else if (channel === beatChannel) onEcho(String(Buffer.from(message)));
    },
  });

  /** What the link listens to, and of each channel whether it is heard yet. */
  const listened = new Map<string, Promise<boolean>>();
  /** Channels whose listeners have come or gone in this turn. */
  const touched = new Set<string>();
  let batch: Promise<void> | null = null;

  /** The link learns of all channels of a turn at once, and of nothing that came and went within it. */
  function touch(): Promise<void> {
    batch ??= Promise.resolve().then(() => {
      batch = null;
      const wanted = [...touched].filter((name) => listeners.has(name) && !listened.has(name));
      const gone = [...touched].filter((name) => !listeners.has(name) && listened.delete(name));
      touched.clear();
      for (const name of gone) link.unlisten(name);
      if (wanted.length > 0) listenTo(wanted);
    });
    return batch;
  }

  function listenTo(channels: readonly string[]): void {
    const heard = link.listen(channels).then(
      () => !stop.signal.aborted,
      (error: Error) => {
        lose(error);
        return false;
      },
    );
    for (const channel of channels) listened.set(channel, heard);
  }

  let beats = 0;
  let onEcho: (text: string) => void = () => undefined;
  /** Whether something was sent since the last message to oneself: then its loss is to be noticed too. */
  let used = false;

  /** Resolves when a message to oneself has come, and every connection has answered. */
  async function echo(): Promise<void> {
    const text = String((beats += 1));
    const begun = performance.now();
    const came = new Promise<void>((resolve) => {
      onEcho = (heard) => {
        if (heard === text) resolve();
      };
    });
    used = false;
    await Promise.all([link.send(beatChannel, Buffer.from(text)), link.ping(), came]);
    events.echoed(performance.now() - begun);
  }

  async function keepBeating({ every, patience }: Carrier['beat']): Promise<void> {
    try {
      for (;;) {
        await sleep(every, undefined, { signal: stop.signal });
        if (listeners.size === 0 && !used) continue;
        await within(echo(), patience, 'what was sent did not come back');
      }
    } catch (error) {
      lose(error as Error);
    }
  }

  return {
    ended,
    async start(patience) {
      await within(link.opened, patience, 'no connection');
      await within(link.listen([beatChannel]), patience, 'no answer');
      await within(echo(), firstEcho, 'what was sent did not come back').catch(async (error) => {
        if (!(error instanceof Overdue)) throw error;
        // One that is taken over even now tells who is deaf from who stood still.
        await within(link.send(beatChannel, Buffer.from('again')), patience, 'no answer');
        throw new Deaf();
      });
      await within(this.catchUp(), allChannels, 'channels were not listened to');
      void keepBeating(carrier.beat);
    },
    async catchUp() {
      for (const name of [...listeners.channels, ...listened.keys()]) touched.add(name);
      await touch();
      await Promise.all(listened.values());
    },
    send(channel, message) {
      used = true;
      return link.send(channel, message).then(
        () => true,
        () => false,
      );
    },
    async listen(channel) {
      touched.add(channel);
      await touch();
      return listened.get(channel) ?? false;
    },
    unlisten(channel) {
      touched.add(channel);
      void touch();
    },
    lose,
    end: () => {
      lose(new Error('ended'));
      return link.end();
    },
  };
}
