/**
 * Presence (awareness) updates of y-protocols, as bytes:
 *
 *     presence = varUint(count) entry*
 *     entry    = varUint(clientID) varUint(clock) string(JSON state, or "null" when it has left)
 *
 * Entries are read without decoding their state: most of what a crowded room hears are echoes, and
 * those are told by clientID and clock alone.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { BadFrame, TooMuch } from './messages.ts';

/** `json` is the state in UTF-8, still undecoded: a view into the frame. */
export interface PresenceEntry {
  readonly clientId: number;
  readonly clock: number;
  readonly json: Uint8Array;
}

/** Reads all entries. Throws `BadFrame`. */
export function readPresence(presence: Uint8Array): PresenceEntry[] {
  const entries: PresenceEntry[] = [];
  visitPresence(presence, (clientId, clock, from, to) => {
    entries.push({ clientId, clock, json: presence.subarray(from, to) });
  });
  return entries;
}

/**
 * Calls `visit` for each entry, with the place of its state in `presence`. Nothing is made for an
 * entry, as most are passed over. Throws `BadFrame`, and `TooMuch` before anything is visited where
 * there are more than `most` entries; entries before a fault have been visited.
 */
export function visitPresence(
  presence: Uint8Array,
  visit: (clientId: number, clock: number, from: number, to: number) => void,
  most = Infinity,
): void {
  const decoder = decoding.createDecoder(presence);
  try {
    const count = decoding.readVarUint(decoder);
    if (count > most) throw new TooMuch(`a presence update of more than ${most} clients`);
    for (let i = 0; i < count; i++) {
      const clientId = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      const length = decoding.readVarUint(decoder);
      const from = decoder.pos;
      decoder.pos += length;
      if (decoder.pos > presence.length) throw new BadFrame('a presence update that is cut');
      visit(clientId, clock, from, decoder.pos);
    }
  } catch (cause) {
    if (cause instanceof BadFrame) throw cause;
    throw new BadFrame('a presence update that cannot be read', { cause });
  }
  if (decoding.hasContent(decoder))
    throw new BadFrame('bytes after the end of the presence update');
}

/** One entry in its own bytes, to be put together by `joinPresence`. */
export function encodePresenceEntry(clientId: number, clock: number, json: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, clientId);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, json);
  return encoding.toUint8Array(encoder);
}

/** A presence update of entries that are encoded already. */
export function joinPresence(entries: readonly Uint8Array[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const entry of entries) encoding.writeUint8Array(encoder, entry);
  return encoding.toUint8Array(encoder);
}

const null4 = [0x6e, 0x75, 0x6c, 0x6c];

/** True where the state at `from` to `to` is JSON `null`: the client says that it has left. */
export function isGone(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 4 && null4.every((byte, i) => bytes[from + i] === byte);
}
