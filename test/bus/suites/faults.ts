import { afterEach, describe, expect, test } from 'vitest';
import type { BusStats } from '../../../server/bus/link.ts';
import type { Bus } from '../../../server/bus/bus.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';
import { bytesOf, collect, textOf, type Inbox } from './medium.ts';

type Measured = Bus & { stats(): BusStats };

/** What carries a bus's messages, for a test to mistreat. */
export interface Victim {
  readonly port: number;
  open(port: number): Measured;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  pause(): Promise<void> | void;
  resume(): Promise<void> | void;
  /** How many buses have open. */
  connections(): Promise<number>;
  /** Closes the connections of all buses, as an operator or a failover does. */
  disconnect(): Promise<void>;
}

interface Watched {
  readonly bus: Measured;
  gaps: number;
}

/** What every bus over connections promises when they fail: it notices, comes back by itself, and says so. */
export function faults(name: string, of: () => Victim): void {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await of().resume();
    await of().restart();
    for (const end of ends.splice(0).reverse()) await end();
  });

  function watch(port = of().port): Watched {
    const watched = { bus: of().open(port), gaps: 0 };
    watched.bus.onGap(() => (watched.gaps += 1));
    ends.push(() => watched.bus.close());
    return watched;
  }
  const up = (...all: Watched[]) =>
    until('all are live', () => all.every(({ bus, gaps }) => bus.live && gaps > 0));
  const down = (...all: Watched[]) =>
    until('the loss is noticed', () => all.every(({ bus }) => !bus.live));

  /** What is published from now on comes, on what was listened to before, and once. */
  async function works(from: Watched, inbox: Inbox): Promise<void> {
    const text = `${Math.random()}`;
    from.bus.publish('room', bytesOf(text));
    await until('it has come', () => inbox.got.some((message) => textOf(message) === text));
    expect(inbox.got.filter((message) => textOf(message) === text)).toHaveLength(1);
  }

  describe(name, () => {
    const mishaps: Record<
      string,
      { hurt: () => Promise<void> | void; heal: () => Promise<void> | void }
    > = {
      'is killed and started again': { hurt: () => of().kill9(), heal: () => of().restart() },
      'stands still and goes on': { hurt: () => of().pause(), heal: () => of().resume() },
    };
    for (const [mishap, { hurt, heal }] of Object.entries(mishaps)) {
      test(`C2 it ${mishap}: the bus is not live, then live with a gap, and carries on`, async () => {
        const [sender, receiver] = [watch(), watch()];
        await up(sender, receiver);
        const inbox = collect(receiver.bus, 'room');
        expect(await inbox.ready).toBe(true);
        await works(sender, inbox);
        for (let round = 0; round < 2; round += 1) {
          const [before, after] = [sender.gaps, receiver.gaps];
          await hurt();
          await down(sender, receiver);
          // What cannot be sent is dropped; whoever comes meanwhile is told that it is so.
          const { dropped } = sender.bus.stats();
          sender.bus.publish('room', bytesOf('lost'));
          expect(await collect(receiver.bus, `new ${round}`).ready).toBe(false);
          await until('it is counted', () => sender.bus.stats().dropped > dropped);
          await heal();
          await up(sender, receiver);
          await until('both tell', () => sender.gaps > before && receiver.gaps > after);
          await works(sender, inbox);
          expect(sender.gaps).toBe(before + 1);
        }
        expect(inbox.got.map(textOf)).not.toContain('lost');
      });
    }

    test('C2 who listens while it is away hears once it is back', async () => {
      await of().kill9();
      const [sender, receiver] = [watch(), watch()];
      const inbox = collect(receiver.bus, 'room');
      expect(await inbox.ready).toBe(false);
      expect(sender.bus.live).toBe(false);
      sender.bus.publish('room', bytesOf('to nobody'));
      await of().restart();
      await up(sender, receiver);
      await works(sender, inbox);
      expect(inbox.got).toHaveLength(1);
    });

    test('C2 a server that is cut off notices, and nobody else does', async () => {
      const proxy = await startProxy(of().port);
      ends.push(() => proxy.close());
      const [sender, cut] = [watch(), watch(proxy.port)];
      await up(sender, cut);
      const inbox = collect(cut.bus, 'room');
      await inbox.ready;
      for (let round = 0; round < 2; round += 1) {
        const before = cut.gaps;
        proxy.silence();
        await down(cut);
        expect(sender.bus.live).toBe(true);
        sender.bus.publish('room', bytesOf('missed'));
        proxy.resume();
        await until('it tells', () => cut.gaps > before);
        await works(sender, inbox);
      }
      expect(sender.gaps).toBe(1);
      expect(inbox.got.map(textOf)).not.toContain('missed');
    });

    test('C2 connections that are closed are opened again, with everything that was listened to', async () => {
      const [sender, receiver] = [watch(), watch()];
      await up(sender, receiver);
      const inboxes = Array.from({ length: 500 }, (_, at) => collect(receiver.bus, `piece ${at}`));
      await Promise.all(inboxes.map(({ ready }) => ready));
      for (let round = 1; round <= 3; round += 1) {
        const before = receiver.gaps;
        await of().disconnect();
        await until('it tells', () => receiver.gaps > before);
        await until('the sender is live', () => sender.bus.live);
        for (let at = 0; at < 500; at += 1) sender.bus.publish(`piece ${at}`, bytesOf(`${round}`));
        await until('all hear', () =>
          inboxes.every(({ got }) => got.some((message) => textOf(message) === `${round}`)),
        );
      }
    });

    test('what is published faster than it is taken is dropped, not kept', async () => {
      const sender = watch();
      await up(sender);
      await of().pause();
      const message = new Uint8Array(64 * 1024);
      for (let at = 0; at < 1_000; at += 1) sender.bus.publish('room', message);
      // 64 MB are offered in one turn, and 8 MiB at most are kept.
      await until('most are dropped', () => sender.bus.stats().dropped > 800);
    });

    test('a listener of gaps that throws does no harm', async () => {
      const [sender, receiver] = [watch(), watch()];
      receiver.bus.onGap(() => {
        throw new Error('a mistake');
      });
      await up(sender, receiver);
      const inbox = collect(receiver.bus, 'room');
      await inbox.ready;
      await works(sender, inbox);
      expect(receiver.gaps).toBe(1);
    });

    test('close at any moment of opening ends it, and nothing is left that fails later', async () => {
      for (let moment = 0; moment < 60; moment += 1) {
        const bus = of().open(of().port);
        for (let turn = 0; turn < moment; turn += 1) await new Promise(setImmediate);
        await bus.close();
      }
      await until('no connection is left', async () => (await of().connections()) === 0);
    });

    test('close ends a bus that is cut off, or has never been live', async () => {
      const proxy = await startProxy(of().port);
      const [once, never] = [watch(proxy.port), watch(1)];
      await up(once);
      proxy.silence();
      const opening = watch(proxy.port);
      const all = [once, never, opening];
      await Promise.all(all.map(({ bus }) => bus.close()));
      expect(all.map(({ bus }) => bus.live)).toEqual([false, false, false]);
      await proxy.close();
    });
  });
}
