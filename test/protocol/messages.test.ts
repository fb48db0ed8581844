import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  BadFrame,
  decodeClientMessage,
  encodePresence,
  encodeSync,
} from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence, readPresence } from '../../shared/protocol/presence.ts';
import { runSeed, seeded } from '../support/random.ts';

function sampleUpdate(): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'Who pays for the library?\n');
  return Y.encodeStateAsUpdate(doc);
}

const presence = joinPresence([
  encodePresenceEntry(7, 3, '{"cursor":{"anchor":1}}'),
  encodePresenceEntry(4_294_967_295, 1, 'null'),
]);
const wellFormed = [
  encodeSync('step1', Y.encodeStateVector(new Y.Doc())),
  encodeSync('step2', sampleUpdate()),
  encodeSync('update', sampleUpdate()),
  encodePresence(presence),
  Uint8Array.of(3),
];

describe('R3 a frame is read whole or not at all', () => {
  test('what stock clients send is read', () => {
    expect(wellFormed.map((frame) => decodeClientMessage(frame).type)).toEqual([
      'step1',
      'step2',
      'update',
      'presence',
      'queryPresence',
    ]);
  });

  test('B2 what is copied of a message keeps nothing else of what was read with it', () => {
    const chunk = Buffer.alloc(64 * 1024);
    for (const frame of wellFormed) {
      chunk.set(frame, 100);
      const message = decodeClientMessage(chunk.subarray(100, 100 + frame.length));
      for (const bytes of Object.values(message) as unknown[]) {
        if (!(bytes instanceof Uint8Array)) continue;
        expect(bytes.slice().buffer.byteLength).toBe(bytes.length);
      }
    }
  });

  test('a frame cut at any byte is a BadFrame', () => {
    for (const frame of wellFormed) {
      for (let cut = 0; cut < frame.length; cut++) {
        expect(() => decodeClientMessage(frame.subarray(0, cut))).toThrow(BadFrame);
      }
    }
  });

  test('bytes after the message are a BadFrame', () => {
    for (const frame of wellFormed) {
      expect(() => decodeClientMessage(Uint8Array.of(...frame, 0))).toThrow(BadFrame);
    }
  });

  test('random bytes are a message or a BadFrame, never another error', () => {
    const seed = runSeed();
    const random = seeded(seed);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random.int(40) }, () => random.int(256));
      if (random.next() < 0.5 && bytes.length > 0) bytes[0] = random.int(4);
      try {
        const message = decodeClientMessage(bytes);
        if (message.type === 'presence') readPresence(message.presence);
      } catch (err) {
        expect(err, `seed ${seed}, frame ${Buffer.from(bytes).toString('hex')}`).toBeInstanceOf(
          BadFrame,
        );
      }
    }
  });
});

test('presence is read entry by entry, with clocks and states as they were written', () => {
  const [first, second] = readPresence(presence);
  expect(first).toMatchObject({ clientId: 7, clock: 3 });
  expect(Buffer.from(first!.json).toString()).toBe('{"cursor":{"anchor":1}}');
  expect(second).toMatchObject({ clientId: 4_294_967_295, clock: 1 });
  for (let cut = 1; cut < presence.length; cut++) {
    expect(() => readPresence(presence.subarray(0, cut))).toThrow(BadFrame);
  }
});
