import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { mostMessageBytes, type Bus } from '../../../server/bus/bus.ts';
import { runSeed } from '../../support/random.ts';
import { until } from '../../support/until.ts';
import { generated } from './generated.ts';
import { bytesOf, collect, textOf, type Medium } from './medium.ts';

/** What every bus promises (`server/bus/bus.ts`) while nothing fails. */
export function contract(name: string, medium: () => Medium): void {
  const open: Bus[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });

  async function join(namespace?: string): Promise<Bus> {
    const carrier = medium();
    const bus = carrier.join(namespace);
    open.push(bus);
    await until('the bus is live', () => carrier.up?.(bus) ?? bus.live);
    return bus;
  }
  const joinAll = (count: number) => Promise.all(Array.from({ length: count }, () => join()));

  describe(name, () => {
    test('C2 messages of each sender come in its order, to all others, and none to itself', async () => {
      const buses = await joinAll(3);
      const inboxes = buses.map((bus) => collect(bus, 'room'));
      for (const { ready } of inboxes) expect(await ready).toBe(true);
      const texts = (bus: Bus) => Array.from({ length: 200 }, (_, at) => `${bus.serverId} ${at}`);
      for (let at = 0; at < 200; at += 1) {
        for (const bus of buses) bus.publish('room', bytesOf(`${bus.serverId} ${at}`));
        // Some within one turn, some in turns of their own.
        if (at % 7 === 0) await new Promise(setImmediate);
      }
      await until('all have come', () => inboxes.every(({ got }) => got.length >= 400));
      for (const [at, { got }] of inboxes.entries()) {
        for (const sender of buses) {
          const from = got.filter((message) => message.from === sender.serverId);
          expect(from.map(textOf)).toEqual(sender === buses[at] ? [] : texts(sender));
        }
      }
    });

    test('a channel gets its own messages and no other’s; several listeners get each, until they end', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const [one, two, other] = [
        collect(receiver, 'a'),
        collect(receiver, 'a'),
        collect(receiver, 'b'),
      ];
      for (const { ready } of [one, two, other]) expect(await ready).toBe(true);
      sender.publish('a', bytesOf('first'));
      sender.publish('b', bytesOf('elsewhere'));
      await until('they have come', () => [one, two, other].every(({ got }) => got.length > 0));
      one.end();
      one.end();
      sender.publish('a', bytesOf('second'));
      await until('it has come', () => two.got.length === 2);
      two.end();
      sender.publish('a', bytesOf('third'));
      sender.publish('b', bytesOf('last'));
      await until('it has come', () => other.got.length === 2);
      expect(one.got.map(textOf)).toEqual(['first']);
      expect(two.got.map(textOf)).toEqual(['first', 'second']);
      expect(other.got.map(textOf)).toEqual(['elsewhere', 'last']);
    });

    test('whoever has ended and comes back hears again, also within one turn', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      for (let round = 0; round < 30; round += 1) {
        const before = collect(receiver, 'a');
        if (round % 3 > 0) await before.ready;
        before.end();
        if (round % 2 === 0) await new Promise(setImmediate);
        const after = collect(receiver, 'a');
        expect(await after.ready).toBe(true);
        sender.publish('a', bytesOf(`round ${round}`));
        await until('it has come', () => after.got.length > 0);
        after.end();
      }
    });

    test('what is published after `ready` comes, on each of a thousand channels', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const names = Array.from({ length: 1_000 }, (_, at) => `piece ${at}: {ä}`);
      const inboxes = names.map((name) => {
        const inbox = collect(receiver, name);
        void inbox.ready.then((ready) => ready && sender.publish(name, bytesOf(name)));
        return inbox;
      });
      await until('all have come', () => inboxes.every(({ got }) => got.length === 1));
      expect(inboxes.map(({ got }) => textOf(got[0]!))).toEqual(names);
      for (const inbox of inboxes) inbox.end();
    });

    test('a message comes byte for byte, of any bytes and any length up to the longest', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const inbox = collect(receiver, 'bytes');
      expect(await inbox.ready).toBe(true);
      const around = [5_949, 5_950, 5_951, 5_955, 5_956, 5_957, 11_910, 11_911, 32_767, 32_768];
      const lengths = [0, 1, 2, 3, ...around, mostMessageBytes - 1, mostMessageBytes];
      const sent = lengths.map((length) => Uint8Array.from({ length }, (_, at) => (at * 7) % 256));
      for (const message of sent) sender.publish('bytes', message);
      await until('all have come', () => inbox.got.length === sent.length);
      for (const [at, { message }] of inbox.got.entries()) {
        expect(Buffer.from(message).equals(Buffer.from(sent[at]!)), `length ${lengths[at]}`).toBe(
          true,
        );
      }
    });

    test('a message that is too long is a RangeError, and the next one comes', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const inbox = collect(receiver, 'a');
      await inbox.ready;
      const long = new Uint8Array(mostMessageBytes + 1);
      expect(() => sender.publish('a', long)).toThrow(RangeError);
      sender.publish('a', bytesOf('short'));
      await until('it has come', () => inbox.got.length === 1);
      expect(textOf(inbox.got[0]!)).toBe('short');
    });

    test('bytes are nobody else’s: neither the sender nor a listener can change what others got', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const spoiler = receiver.subscribe('a', (message) => message.fill(0));
      const inbox = collect(receiver, 'a');
      await Promise.all([spoiler.ready, inbox.ready]);
      const message = bytesOf('as it was');
      sender.publish('a', message);
      message.fill(0);
      await until('it has come', () => inbox.got.length === 1);
      expect(textOf(inbox.got[0]!)).toBe('as it was');
      expect(Buffer.isBuffer(inbox.got[0]!.message)).toBe(false);
      spoiler.end();
    });

    test('a listener that throws keeps nothing from the others', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const bad = receiver.subscribe('a', () => {
        throw new Error('a mistake');
      });
      const inbox = collect(receiver, 'a');
      await Promise.all([bad.ready, inbox.ready]);
      for (const text of ['1', '2']) sender.publish('a', bytesOf(text));
      await until('both have come', () => inbox.got.length === 2);
    });

    test('two installations on one carrier do not hear each other', async () => {
      const [here, also, there] = [await join('here'), await join('here'), await join('there')];
      const [inbox, foreign] = [collect(also, 'a'), collect(there, 'a')];
      await Promise.all([inbox.ready, foreign.ready]);
      here.publish('a', bytesOf('for us'));
      await until('it has come', () => inbox.got.length === 1);
      there.publish('a', bytesOf('theirs'));
      here.publish('a', bytesOf('for us'));
      await until('it has come', () => inbox.got.length === 2);
      expect(foreign.got).toEqual([]);
      expect(inbox.got.map(textOf)).toEqual(['for us', 'for us']);
    });

    test('close ends all connections; after it nothing comes, goes out or throws', async () => {
      const [sender, receiver] = (await joinAll(2)) as [Bus, Bus];
      const inbox = collect(receiver, 'a');
      await inbox.ready;
      await receiver.close();
      await receiver.close();
      sender.publish('a', bytesOf('too late'));
      receiver.publish('a', bytesOf('from nobody'));
      expect(receiver.live).toBe(false);
      expect(await collect(receiver, 'b').ready).toBe(false);
      inbox.end();
      await sender.close();
      await until('no connection is left', async () => (await medium().connections()) === 0);
      expect(inbox.got).toEqual([]);
    });

    test('close ends connections that are only just being made', async () => {
      for (let turns = 0; turns < 60; turns += 1) {
        const bus = medium().join('');
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        const inboxes = Array.from({ length: 6 }, (_, at) => collect(bus, `${turns} ${at}`));
        for (let turn = 0; turn < turns % 7; turn += 1) await new Promise(setImmediate);
        await bus.close();
        for (const { ready } of inboxes) await ready;
      }
      await until('no connection is left', async () => (await medium().connections()) === 0);
    });

    test('any sequence of coming, going and publishing gives everybody what a bus promises', async () => {
      const buses = await joinAll(3);
      await fc.assert(generated(buses), {
        ...{ numRuns: medium().runs, endOnFailure: true, seed: runSeed() },
      });
    });
  });
}
