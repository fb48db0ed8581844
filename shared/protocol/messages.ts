/**
 * The y-websocket protocol, as bytes. One WebSocket frame holds one message:
 *
 *     message    = 0 sync | 1 bytes(presence) | 3 | 100 varUint | 101 string
 *     sync       = 0 bytes(states) | 1 bytes(update) | 2 bytes(update)
 *     states     = varUint(count) (varUint(clientID) varUint(clock))*, a state vector
 *     bytes      = varUint(length) byte*
 *     string     = bytes in UTF-8
 *
 * 0, 1 and 3 are what stock clients speak. 100 (`saved`) and 101 (`event`) go to clients that asked
 * for them with `ext=1`, and to nobody else: a stock client logs an error at each unknown type.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

export const messageType = {
  sync: 0,
  presence: 1,
  queryPresence: 3,
  saved: 100,
  event: 101,
} as const;

export const syncType = { step1: 0, step2: 1, update: 2 } as const;

/** What a client may say. `update` and `presence` are views into the frame: copy them to keep them. */
export type ClientMessage =
  | { readonly type: 'step1'; readonly stateVector: Uint8Array }
  | { readonly type: 'step2' | 'update'; readonly update: Uint8Array }
  | { readonly type: 'presence'; readonly presence: Uint8Array }
  | { readonly type: 'queryPresence' };

/** A frame that is not a message of the grammar above, or whose content cannot be applied (R3). */
export class BadFrame extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadFrame';
  }
}

/** A message that would be one of the grammar, and has more in it than anybody has to say. */
export class TooMuch extends BadFrame {
  constructor(message: string) {
    super(message);
    this.name = 'TooMuch';
  }
}

/** Reads one frame of a client. Throws `BadFrame`. */
export function decodeClientMessage(frame: Uint8Array): ClientMessage {
  return decodeShort(frame) ?? decodeAny(frame);
}

/**
 * The two that come with each key, where their bytes are as many as the frame says in one or two of its own:
 * without a decoder, which costs more than what it reads. Null: it may be anything.
 */
function decodeShort(frame: Uint8Array): ClientMessage | null {
  const isPresence = frame[0] === messageType.presence;
  const isUpdate = frame[0] === messageType.sync && frame[1] === syncType.update;
  if (!isPresence && !isUpdate) return null;
  const at = isPresence ? 1 : 2;
  const [low = 0x80, high = 0x80] = [frame[at], frame[at + 1]];
  const isOne = low < 0x80;
  if (!isOne && high >= 0x80) return null;
  const length = isOne ? low : low - 0x80 + high * 0x80;
  const from = at + (isOne ? 1 : 2);
  if (from + length !== frame.length) return null;
  // Not `subarray`: of a Buffer it is one, whose `slice` copies nothing and keeps all that was read with it.
  const bytes = new Uint8Array(frame.buffer, frame.byteOffset + from, length);
  return isPresence ? { type: 'presence', presence: bytes } : { type: 'update', update: bytes };
}

function decodeAny(frame: Uint8Array): ClientMessage {
  const decoder = decoding.createDecoder(frame);
  let message: ClientMessage;
  try {
    message = readMessage(decoder);
  } catch (cause) {
    if (cause instanceof BadFrame) throw cause;
    throw new BadFrame('the frame ends before its message does', { cause });
  }
  if (decoding.hasContent(decoder)) throw new BadFrame('bytes after the end of the message');
  return message;
}

function readMessage(decoder: decoding.Decoder): ClientMessage {
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case messageType.sync:
      return readSync(decoder);
    case messageType.presence:
      return { type: 'presence', presence: decoding.readVarUint8Array(decoder) };
    case messageType.queryPresence:
      return { type: 'queryPresence' };
    default:
      throw new BadFrame(`unknown message type ${type}`);
  }
}

function readSync(decoder: decoding.Decoder): ClientMessage {
  const step = decoding.readVarUint(decoder);
  const bytes = decoding.readVarUint8Array(decoder);
  switch (step) {
    case syncType.step1:
      return { type: 'step1', stateVector: bytes };
    case syncType.step2:
      return { type: 'step2', update: bytes };
    case syncType.update:
      return { type: 'update', update: bytes };
    default:
      throw new BadFrame(`unknown sync step ${step}`);
  }
}

export function encodeSync(step: keyof typeof syncType, bytes: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageType.sync);
  encoding.writeVarUint(encoder, syncType[step]);
  encoding.writeVarUint8Array(encoder, bytes);
  return encoding.toUint8Array(encoder);
}

export function encodePresence(presence: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageType.presence);
  encoding.writeVarUint8Array(encoder, presence);
  return encoding.toUint8Array(encoder);
}

/** The first `count` sync messages (step 2 and update) of this connection are committed (D2). */
export function encodeSaved(count: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageType.saved);
  encoding.writeVarUint(encoder, count);
  return encoding.toUint8Array(encoder);
}

/** Something that happened to the piece, for clients with `ext=1`. */
export function encodeEvent(event: { readonly type: string }): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageType.event);
  encoding.writeVarString(encoder, JSON.stringify(event));
  return encoding.toUint8Array(encoder);
}

/** Throws `BadFrame` where bytes are no state vector, or more than one. */
export function checkStateVector(stateVector: Uint8Array): void {
  const decoder = decoding.createDecoder(stateVector);
  try {
    for (let left = 2 * decoding.readVarUint(decoder); left > 0; left--) {
      decoding.readVarUint(decoder);
    }
  } catch (cause) {
    throw new BadFrame('a state vector that cannot be read', { cause });
  }
  if (decoding.hasContent(decoder)) throw new BadFrame('bytes after the end of the state vector');
}

/** A newcomer's state vector: it knows of no client, and gets the whole document. */
export function isEmptyStateVector(stateVector: Uint8Array): boolean {
  return stateVector.length === 1 && stateVector[0] === 0;
}
