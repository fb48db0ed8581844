import { expect, test } from 'vitest';
import {
  decodeServerMessage,
  encodeServerMessage,
  sizeOfRows,
  type ServerMessage,
} from '../../server/collab/replication/messages.ts';
import { runSeed, seeded } from '../support/random.ts';

const seed = runSeed();
const random = seeded(seed);
const id = () => `0198${random.int(10_000)}-ä`;
const many = <T>(make: () => T) => Array.from({ length: random.int(5) }, make);
const number = () => random.int(2) * random.int(2 ** 31) * (1 + random.int(1_000));

const generated: Record<ServerMessage['kind'], () => ServerMessage> = {
  hello: () => ({
    kind: 'hello',
    seq: number(),
    clientIds: random.int(4) === 0 ? null : many(number),
  }),
  here: () => ({ kind: 'here', seq: number(), clientIds: many(number) }),
  bye: () => ({ kind: 'bye' }),
  reached: () => ({ kind: 'reached', seq: number() }),
  rows: () => {
    const first = 1 + number();
    const bytes = () => Uint8Array.from({ length: random.int(300) }, () => random.int(256));
    return {
      kind: 'rows',
      rows: Array.from({ length: 1 + random.int(4) }, (_, i) => ({
        seq: first + i,
        author: random.int(3) === 0 ? null : id(),
        at: new Date(number()),
        update: bytes(),
      })),
    };
  },
  presence: () => ({
    kind: 'presence',
    states: many(() => ({
      clientId: number(),
      clock: number(),
      userId: random.int(3) === 0 ? '' : id(),
      json: JSON.stringify({ cursor: number(), name: 'Ünï' }),
    })),
  }),
  event: () => ({ kind: 'event', least: 'owner', json: JSON.stringify({ type: id() }) }),
};

test.each(Object.keys(generated) as ServerMessage['kind'][])(
  'C2 what servers say to each other is read as it was said: %s',
  (kind) => {
    for (let run = 0; run < 200; run++) {
      const message = generated[kind]();
      const bytes = encodeServerMessage(message);
      expect(decodeServerMessage(bytes), `SEED=${seed}`).toEqual(message);
      if (message.kind === 'rows')
        expect(bytes.length).toBeLessThanOrEqual(sizeOfRows(message.rows));
      for (let cut = 2; cut < bytes.length; cut += 1 + random.int(20)) {
        expect(() => decodeServerMessage(bytes.subarray(0, cut)), `SEED=${seed}`).toThrow();
      }
    }
  },
);

test('C2 what a server of another version says is passed over', () => {
  expect(decodeServerMessage(Uint8Array.of(2, 0, 1, 0))).toBeNull();
  expect(decodeServerMessage(Uint8Array.of(1, 100))).toBeNull();
  const unknownRole = encodeServerMessage({ kind: 'event', least: 'king' as never, json: '{}' });
  expect(decodeServerMessage(unknownRole)).toBeNull();
});
