/**
 * What goes over the wire, in the two dialects of the field: y-websocket's (the reference server and
 * Counterpoint) and Hocuspocus', where each message begins with the name of its document.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

export type Dialect = 'y-websocket' | 'hocuspocus';

/** Where the load goes. `url` ends before the room's name. */
export interface Target {
  readonly url: string;
  readonly dialect: Dialect;
  readonly params: Readonly<Record<string, string>>;
}

/** Keystrokes `from` up to but not including `to` of one author, as clocks of his structs. */
export interface Span {
  readonly author: number;
  readonly from: number;
  readonly to: number;
}

export interface PresenceEntry {
  readonly clientId: number;
  readonly clock: number;
  /** JSON as it came; `null` is a client that left. */
  readonly state: string;
}

export type Frame =
  | { readonly type: 'step1' }
  | { readonly type: 'step2' | 'update'; readonly update: Uint8Array; readonly spans: Span[] }
  | { readonly type: 'presence'; readonly entries: PresenceEntry[] }
  | { readonly type: 'saved'; readonly count: number }
  | { readonly type: 'other' };

const sync = 0;
const presence = 1;
const auth = 2;
const saved = 100;

export const syncSteps = { step1: 0, step2: 1, update: 2 } as const;

export const emptyStateVector = Uint8Array.of(0);
export const emptyUpdate = Uint8Array.of(0, 0);

/** Whether stock clients of this dialect send on the presence that they receive. */
export const echoes: Readonly<Record<Dialect, boolean>> = {
  'y-websocket': true,
  // Its provider passes over what it applied itself (`origin === this`), unlike y-websocket's.
  hocuspocus: false,
};

export function addressOf(target: Target, room: string): string {
  const query = new URLSearchParams(target.params).toString();
  return `${target.url}/${room}${query === '' ? '' : `?${query}`}`;
}

/** The bytes that every message of this room begins with. */
export function prefixOf(dialect: Dialect, room: string): Uint8Array {
  return dialect === 'hocuspocus'
    ? encoding.encode((encoder) => encoding.writeVarString(encoder, room))
    : new Uint8Array(0);
}

/** What opens a Hocuspocus conversation: an empty token and the version of the provider. */
export function authFrame(prefix: Uint8Array): Uint8Array {
  return frameOf(prefix, auth, (encoder) => {
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, '');
    encoding.writeVarString(encoder, '4.7.0');
  });
}

export function syncFrame(
  prefix: Uint8Array,
  step: keyof typeof syncSteps,
  bytes: Uint8Array,
): Uint8Array {
  return frameOf(prefix, sync, (encoder) => {
    encoding.writeVarUint(encoder, syncSteps[step]);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

export function presenceFrame(prefix: Uint8Array, entries: readonly PresenceEntry[]): Uint8Array {
  const bytes = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const { clientId, clock, state } of entries) {
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, state);
    }
  });
  return frameOf(prefix, presence, (encoder) => encoding.writeVarUint8Array(encoder, bytes));
}

function frameOf(
  prefix: Uint8Array,
  type: number,
  write: (encoder: encoding.Encoder) => void,
): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8Array(encoder, prefix);
    encoding.writeVarUint(encoder, type);
    write(encoder);
  });
}

/** The type of a message, for counting; `prefixed` where it begins with a document's name. */
export function typeOf(frame: Uint8Array, prefixed: boolean): number {
  const decoder = decoding.createDecoder(frame);
  if (prefixed) decoding.readVarString(decoder);
  return decoding.readVarUint(decoder);
}

/** `withSpans` false leaves the keystrokes unread, which takes time in a large update. */
export function readFrame(frame: Uint8Array, prefixLength: number, withSpans = true): Frame {
  const decoder = decoding.createDecoder(frame);
  decoder.pos = prefixLength;
  switch (decoding.readVarUint(decoder)) {
    case sync:
      return readSync(decoder, withSpans);
    case presence:
      return { type: 'presence', entries: readPresence(decoding.readVarUint8Array(decoder)) };
    case saved:
      return { type: 'saved', count: decoding.readVarUint(decoder) };
    default:
      return { type: 'other' };
  }
}

function readSync(decoder: decoding.Decoder, withSpans: boolean): Frame {
  const step = decoding.readVarUint(decoder);
  const update = decoding.readVarUint8Array(decoder);
  if (step === syncSteps.step1) return { type: 'step1' };
  const type = step === syncSteps.step2 ? 'step2' : 'update';
  return { type, update, spans: withSpans ? spansOf(update) : [] };
}

function spansOf(update: Uint8Array): Span[] {
  const { from, to } = Y.parseUpdateMeta(update);
  return [...to].map(([author, end]) => ({ author, from: from.get(author) ?? 0, to: end }));
}

function readPresence(bytes: Uint8Array): PresenceEntry[] {
  const decoder = decoding.createDecoder(bytes);
  const entries: PresenceEntry[] = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    entries.push({
      clientId: decoding.readVarUint(decoder),
      clock: decoding.readVarUint(decoder),
      state: decoding.readVarString(decoder),
    });
  }
  return entries;
}
