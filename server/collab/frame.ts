/**
 * WebSocket frames for many members at once. A server's frames are not masked, so the same bytes
 * serve everybody in a room, and text and presence of one turn go out as one write. Sending through
 * `ws` itself would build a frame and call the kernel once for each message and member.
 *
 * The sizes are reckoned first and everything is written into one buffer of Node's pool: each
 * `lib0` encoder and each byte array between would be memory that V8 has to ask the system for, and
 * to sweep (a third of the CPU of a keystroke, measured).
 */
import { messageType, syncType } from '../../shared/protocol/messages.ts';

const finBinary = 0x82;

/** One clientID's state, `json` in UTF-16, `size` its length in bytes of UTF-8. */
export interface PresenceState {
  readonly clientId: number;
  readonly clock: number;
  readonly json: string;
  readonly size: number;
}

export class RoomFrames {
  /** An update message and a presence message, one after the other, or one of them. */
  readonly both: Buffer;
  /** Where the second begins. */
  readonly #cut: number;

  constructor(both: Buffer, cut: number) {
    this.both = both;
    this.#cut = cut;
  }

  get hasText(): boolean {
    return this.#cut > 0;
  }

  get hasPresence(): boolean {
    return this.#cut < this.both.length;
  }

  /** The update message alone: who types gets their own words back from nobody, and their cursor neither. */
  get text(): Buffer {
    return this.both.subarray(0, this.#cut);
  }

  get presence(): Buffer {
    return this.both.subarray(this.#cut);
  }
}

/** The frames of what a room hands on: an update, the states of some clientIDs, or both. */
export function roomFrames(
  update: Uint8Array | null,
  states: readonly PresenceState[] | null,
): RoomFrames {
  const textSize = update === null ? 0 : 2 + bytesSize(update.length);
  const inner = states === null ? 0 : statesSize(states);
  const presenceSize = states === null ? 0 : 1 + bytesSize(inner);
  const cut = update === null ? 0 : headerSize(textSize) + textSize;
  const size = cut + (states === null ? 0 : headerSize(presenceSize) + presenceSize);
  const both = Buffer.allocUnsafe(size);
  if (update !== null) {
    let at = writeHeader(both, 0, textSize);
    both[at++] = messageType.sync;
    both[at++] = syncType.update;
    at = writeVarUint(both, at, update.length);
    both.set(update, at);
  }
  if (states !== null) {
    let at = writeHeader(both, cut, presenceSize);
    both[at++] = messageType.presence;
    at = writeVarUint(both, at, inner);
    writeStates(both, at, states);
  }
  return new RoomFrames(both, cut);
}

/**
 * One unmasked binary frame for each payload, all in one buffer. A payload is at most 2^32 - 1
 * bytes; per-message deflate must be off on the connections that get it.
 */
export function frames(payloads: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const payload of payloads) size += headerSize(payload.length) + payload.length;
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const payload of payloads) {
    at = writeHeader(buffer, at, payload.length);
    buffer.set(payload, at);
    at += payload.length;
  }
  return buffer;
}

export const frame = (payload: Uint8Array): Buffer => frames([payload]);

function statesSize(states: readonly PresenceState[]): number {
  let size = varUintSize(states.length);
  for (const { clientId, clock, size: json } of states) {
    size += varUintSize(clientId) + varUintSize(clock) + bytesSize(json);
  }
  return size;
}

function writeStates(buffer: Buffer, from: number, states: readonly PresenceState[]): void {
  let at = writeVarUint(buffer, from, states.length);
  for (const { clientId, clock, json, size } of states) {
    at = writeVarUint(buffer, at, clientId);
    at = writeVarUint(buffer, at, clock);
    at = writeVarUint(buffer, at, size);
    at += buffer.write(json, at, size, 'utf8');
  }
}

function headerSize(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(buffer: Buffer, at: number, length: number): number {
  buffer[at] = finBinary;
  if (length < 126) {
    buffer[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    buffer[at + 1] = 126;
    buffer.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  buffer[at + 1] = 127;
  buffer.writeUInt32BE(0, at + 2);
  buffer.writeUInt32BE(length, at + 6);
  return at + 10;
}

const bytesSize = (length: number): number => varUintSize(length) + length;

/** Whole numbers up to 2^53: bit operations would not do. */
function varUintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarUint(buffer: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) buffer[at++] = 128 | (rest % 128);
  buffer[at++] = rest;
  return at;
}
