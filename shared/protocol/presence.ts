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
import { BadFrame } from './messages.ts';

/** `json` is the state in UTF-8, still undecoded: a view into the frame. */
export interface PresenceEntry {
  readonly clientId: number;
  readonly clock: number;
  readonly json: Uint8Array;
}

/** Reads all entries. Throws `BadFrame`. */
export function readPresence(presence: Uint8Array): PresenceEntry[] {
  try {
    const decoder = decoding.createDecoder(presence);
    const count = decoding.readVarUint(decoder);
    const entries: PresenceEntry[] = [];
    for (let i = 0; i < count; i++) {
      const clientId = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      entries.push({ clientId, clock, json: decoding.readVarUint8Array(decoder) });
    }
    return entries;
  } catch (cause) {
    throw new BadFrame('a presence update that cannot be read', { cause });
  }
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

/** True where the state is JSON `null`: the client says that it has left. */
export function isGone(json: Uint8Array): boolean {
  return json.length === 4 && null4.every((byte, i) => json[i] === byte);
}
