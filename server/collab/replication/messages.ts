/**
 * What servers that have a piece open say to each other, as bytes:
 *
 *     message  = version kind content
 *     hello    = varUint(seq) clientIDs            I have opened it; who else has?
 *     here     = varUint(seq) clientIDs            so have I
 *     bye      =                                   I have let it go; all of mine is in the journal
 *     rows     = varUint(first) varUint(count) row*    committed under first, first + 1, …
 *     row      = string(author) varUint(ms) bytes(update)
 *     reached  = varUint(seq)                      the journal has rows up to this one
 *     presence = varUint(count) (varUint(clientID) varUint(clock) string(user) string(JSON))*
 *     event    = string(least role) string(JSON)
 *
 *     clientIDs = 0 | 1 varUint(count) varUint*    of those who are there; 0: they are too many
 *
 * An author who is nobody is an empty string. `seq` is how far the sender's document holds the journal.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { pieceRoles, type PieceRole } from '../../../shared/roles.ts';
import type { JournalRow } from '../ports.ts';

const version = 1;
const kinds = ['hello', 'here', 'bye', 'rows', 'reached', 'presence', 'event'] as const;

/** Somebody's presence under one clientID; `json` is "null" where they have gone. */
export interface HeardState {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string;
  readonly json: string;
}

export type ServerMessage =
  | {
      readonly kind: 'hello' | 'here';
      readonly seq: number;
      /** Null: they are too many. */
      readonly clientIds: readonly number[] | null;
    }
  | { readonly kind: 'reached'; readonly seq: number }
  | { readonly kind: 'bye' }
  | { readonly kind: 'rows'; readonly rows: readonly JournalRow[] }
  | { readonly kind: 'presence'; readonly states: readonly HeardState[] }
  | { readonly kind: 'event'; readonly least: PieceRole; readonly json: string };

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, version);
  encoding.writeVarUint(encoder, kinds.indexOf(message.kind));
  switch (message.kind) {
    case 'hello':
    case 'here':
      encoding.writeVarUint(encoder, message.seq);
      encoding.writeVarUint(encoder, message.clientIds === null ? 0 : 1);
      if (message.clientIds !== null) writeList(encoder, message.clientIds, encoding.writeVarUint);
      break;
    case 'reached':
      encoding.writeVarUint(encoder, message.seq);
      break;
    case 'bye':
      break;
    case 'rows':
      encoding.writeVarUint(encoder, message.rows[0]?.seq ?? 0);
      writeList(encoder, message.rows, writeRow);
      break;
    case 'presence':
      writeList(encoder, message.states, writeState);
      break;
    case 'event':
      encoding.writeVarString(encoder, message.least);
      encoding.writeVarString(encoder, message.json);
      break;
  }
  return encoding.toUint8Array(encoder);
}

/** The bytes of rows in a message, at most. */
export function sizeOfRows(rows: readonly Pick<JournalRow, 'update'>[]): number {
  let size = 32;
  for (const { update } of rows) size += 64 + update.length;
  return size;
}

/** Null: it is of a server of another version, which says what this one cannot read. Throws where it is cut. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage | null {
  const decoder = decoding.createDecoder(bytes);
  if (decoding.readVarUint(decoder) !== version) return null;
  const kind = kinds[decoding.readVarUint(decoder)];
  switch (kind) {
    case 'hello':
    case 'here': {
      const seq = decoding.readVarUint(decoder);
      const isListed = decoding.readVarUint(decoder) === 1;
      const read = () => readList(decoder, () => decoding.readVarUint(decoder));
      return { kind, seq, clientIds: isListed ? read() : null };
    }
    case 'reached':
      return { kind, seq: decoding.readVarUint(decoder) };
    case 'bye':
      return { kind };
    case 'rows': {
      const first = decoding.readVarUint(decoder);
      return { kind, rows: readList(decoder, (i) => readRow(decoder, first + i)) };
    }
    case 'presence':
      return { kind, states: readList(decoder, () => readState(decoder)) };
    case 'event': {
      const least = decoding.readVarString(decoder);
      const role = pieceRoles.find((one) => one === least);
      return role === undefined
        ? null
        : { kind, least: role, json: decoding.readVarString(decoder) };
    }
    case undefined:
    default:
      return null;
  }
}

function writeRow(encoder: encoding.Encoder, { author, at, update }: JournalRow): void {
  encoding.writeVarString(encoder, author ?? '');
  encoding.writeVarUint(encoder, at.getTime());
  encoding.writeVarUint8Array(encoder, update);
}

function readRow(decoder: decoding.Decoder, seq: number): JournalRow {
  const author = decoding.readVarString(decoder);
  const at = new Date(decoding.readVarUint(decoder));
  const update = decoding.readVarUint8Array(decoder);
  return { seq, author: author === '' ? null : author, at, update };
}

function writeState(encoder: encoding.Encoder, state: HeardState): void {
  encoding.writeVarUint(encoder, state.clientId);
  encoding.writeVarUint(encoder, state.clock);
  encoding.writeVarString(encoder, state.userId);
  encoding.writeVarString(encoder, state.json);
}

function readState(decoder: decoding.Decoder): HeardState {
  return {
    clientId: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    userId: decoding.readVarString(decoder),
    json: decoding.readVarString(decoder),
  };
}

function writeList<T>(
  encoder: encoding.Encoder,
  list: readonly T[],
  write: (encoder: encoding.Encoder, item: T) => void,
): void {
  encoding.writeVarUint(encoder, list.length);
  for (const item of list) write(encoder, item);
}

function readList<T>(decoder: decoding.Decoder, read: (i: number) => T): T[] {
  const list: T[] = [];
  const count = decoding.readVarUint(decoder);
  for (let i = 0; i < count; i++) list.push(read(i));
  return list;
}
