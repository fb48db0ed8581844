import fc from 'fast-check';
import { v4 as uuid } from 'uuid';
import { expect, test } from 'vitest';
import { mostMessageBytes } from '../../server/bus/bus.ts';
import {
  createAssembly,
  mostPayloadBytes,
  ownPrefix,
  split,
} from '../../server/bus/postgres/parts.ts';
import { runSeed } from '../support/random.ts';

const seed = runSeed();

test('any message is split into payloads that NOTIFY takes, and comes together as it was', () => {
  const lengths = fc.oneof(fc.nat(20_000), fc.integer({ min: 0, max: mostMessageBytes + 6 }));
  const message = lengths.map((length) => Uint8Array.from({ length }, (_, at) => (at * 31) % 256));
  fc.assert(
    fc.property(message, fc.nat(0xffff_ffff), (bytes, number) => {
      const id = uuid();
      const parts = split(id, number, bytes);
      const assembly = createAssembly();
      for (const part of parts) {
        expect(part).toMatch(/^[A-Za-z0-9+/]*=*$/);
        expect(part.length).toBeLessThanOrEqual(mostPayloadBytes);
        expect(part.startsWith(ownPrefix(id))).toBe(true);
        expect(part.startsWith(ownPrefix(uuid()))).toBe(false);
      }
      const answers = parts.map((part) => assembly.add(part));
      expect(answers.slice(0, -1).every((answer) => answer === null)).toBe(true);
      expect(answers.at(-1)?.from).toBe(id);
      expect(Buffer.from(answers.at(-1)!.message).equals(Buffer.from(bytes))).toBe(true);
    }),
    { seed, numRuns: 200 },
  );
});

test('messages of several senders come together between each other, and one with a lost part does not', () => {
  const lost = fc.option(fc.nat(20), { nil: undefined });
  const message = fc.record({ sender: fc.nat(3), length: fc.nat(30_000), lost, turn: fc.nat() });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
      const ids = Array.from({ length: 4 }, () => uuid());
      /** What each sender sends, in its order, with parts missing. */
      const queues = ids.map((id, sender) =>
        messages.flatMap((one, at) => {
          if (one.sender !== sender) return [];
          const parts = split(id, at, new Uint8Array(one.length).fill(at));
          return parts.flatMap((part, index) => (index === one.lost ? [] : [part]));
        }),
      );
      const whole = messages.map((one, at) => {
        const { length } = split(ids[one.sender]!, at, new Uint8Array(one.length));
        return one.lost === undefined || one.lost >= length;
      });
      const assembly = createAssembly();
      const got: { from: string; message: Uint8Array }[] = [];
      // By turns as they are drawn.
      for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
        const open = queues.filter((queue) => queue.length > 0);
        const next = open[(messages[turn % messages.length]!.turn + turn) % open.length]!.shift()!;
        const answer = assembly.add(next);
        if (answer !== null) got.push(answer);
      }
      for (const [sender, id] of ids.entries()) {
        const expected = messages.flatMap((one, at) =>
          one.sender === sender && whole[at] ? [[one.length, one.length > 0 ? at : undefined]] : [],
        );
        const mine = got.filter(({ from }) => from === id);
        expect(mine.map(({ message: bytes }) => [bytes.length, bytes[0]])).toEqual(expected);
      }
    }),
    { seed, numRuns: 200 },
  );
});

test('what is no part of a message is passed over', () => {
  const assembly = createAssembly();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      expect(assembly.add(text.slice(0, 50))).toBe(null);
    }),
    { seed },
  );
});

test('of senders that never end a message only so many are remembered', () => {
  const assembly = createAssembly();
  const long = new Uint8Array(10_000);
  const senders = Array.from({ length: 1_000 }, () => split(uuid(), 1, long));
  for (const [first] of senders) assembly.add(first!);
  const ended = senders.filter(([, last]) => assembly.add(last!) !== null);
  expect(ended).toEqual(senders.slice(-256));
});
