import { expect, test } from 'vitest';
import { frame, roomFrames } from '../../server/collab/frame.ts';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';

const states = [
  { clientId: 4_294_967_295, clock: 300, json: '{"name":"Žofie — “Ž”"}' },
  { clientId: 7, clock: 1, json: 'null' },
].map((state) => ({ ...state, size: Buffer.byteLength(state.json) }));

test.each([0, 1, 120, 126, 127, 200, 65_530, 70_000])(
  'the frames of a room are what the protocol writes, for an update of %i bytes',
  (size) => {
    const update = Uint8Array.from({ length: size }, (_, i) => i % 251);
    const entries = states.map((s) => encodePresenceEntry(s.clientId, s.clock, s.json));
    const text = frame(encodeSync('update', update));
    const presence = frame(encodePresence(joinPresence(entries)));
    const both = roomFrames(update, states);
    expect(both.text.equals(text)).toBe(true);
    expect(both.presence.equals(presence)).toBe(true);
    expect(both.both.equals(Buffer.concat([text, presence]))).toBe(true);
    expect(roomFrames(update, null).both.equals(text)).toBe(true);
    expect(roomFrames(update, null)).toMatchObject({ hasText: true, hasPresence: false });
    expect(roomFrames(null, states).both.equals(presence)).toBe(true);
    expect(roomFrames(null, states)).toMatchObject({ hasText: false, hasPresence: true });
  },
);
