/** Reads what the server says: the other half of `shared/protocol/messages.ts`. */
import * as decoding from 'lib0/decoding';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import { messageType, syncType } from '../../shared/protocol/messages.ts';

export type ServerMessage =
  /** The server asks for what its state vector lacks. */
  | { readonly type: 'question'; readonly stateVector: Uint8Array }
  /** `answer`: to our own question; it brings all that we lack. */
  | { readonly type: 'answer' | 'update'; readonly update: Uint8Array }
  | { readonly type: 'presence'; readonly presence: Uint8Array }
  | { readonly type: 'saved'; readonly count: number }
  | { readonly type: 'event'; readonly event: PieceEvent }
  /** Of a newer server; to be passed over. */
  | { readonly type: 'unknown' };

/** A frame may hold several messages, one behind the other. @throws Error where it ends early. */
export function readServerMessages(frame: Uint8Array): ServerMessage[] {
  const decoder = decoding.createDecoder(frame);
  const messages: ServerMessage[] = [];
  while (decoding.hasContent(decoder)) {
    const message = readMessage(decoder);
    messages.push(message);
    // How long a message of an unknown type is, is unknown too.
    if (message.type === 'unknown') break;
  }
  return messages;
}

function readMessage(decoder: decoding.Decoder): ServerMessage {
  switch (decoding.readVarUint(decoder)) {
    case messageType.sync:
      return readSync(decoder);
    case messageType.presence:
      return { type: 'presence', presence: decoding.readVarUint8Array(decoder) };
    case messageType.saved:
      return { type: 'saved', count: decoding.readVarUint(decoder) };
    case messageType.event:
      return { type: 'event', event: JSON.parse(decoding.readVarString(decoder)) as PieceEvent };
    default:
      return { type: 'unknown' };
  }
}

function readSync(decoder: decoding.Decoder): ServerMessage {
  const step = decoding.readVarUint(decoder);
  const bytes = decoding.readVarUint8Array(decoder);
  switch (step) {
    case syncType.step1:
      return { type: 'question', stateVector: bytes };
    case syncType.step2:
      return { type: 'answer', update: bytes };
    case syncType.update:
      return { type: 'update', update: bytes };
    default:
      return { type: 'unknown' };
  }
}
