/**
 * One of many who open a piece at once: what a stock client says, and of what it hears no more than is
 * needed to tell whether all of it came. To decode 4 MB for each of 500 would take the machine's cores from
 * the server that is measured; so most of them count bytes, and some keep them.
 */
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import * as Y from 'yjs';
import {
  addressOf,
  emptyStateVector,
  emptyUpdate,
  presenceFrame,
  readFrame,
  syncFrame,
  type Target,
} from '../load/wire.ts';
import { FrameReader, masked, type Payload } from './frames.ts';

/** Large messages that have come to anybody. */
export interface LargeMessages {
  /** Their lengths: who gets the first of one keeps it. */
  readonly lengths: Set<number>;
  /** Up to which clock they hold what the typist has typed, by `keyOf`. */
  readonly clocks: Map<string, number>;
}

export interface NewcomerOptions {
  readonly target: Target;
  readonly room: string;
  /** Whether all that comes is kept. */
  readonly keeps: boolean;
  /** The clientID of who types meanwhile. */
  readonly typist: number;
  readonly large: LargeMessages;
  joined(): void;
  closed(): void;
}

const headEnd = '\r\n\r\n';
const none = new Uint8Array(0);

export class Newcomer {
  /** Ms from connecting until it had the whole text; null: it has not. */
  took: number | null = null;
  /** All that came, where it is kept. */
  readonly updates: Uint8Array[] = [];
  readonly #options: NewcomerOptions;
  readonly #socket: Socket;
  readonly #from = performance.now();
  readonly #reader: FrameReader;
  /** What it has of the typist in small messages, from which clock to which, as they came. */
  readonly #ranges: { readonly from: number; readonly to: number }[] = [];
  /** The large message that it did not keep, by `keyOf`. */
  #large: string | null = null;
  #head = '';
  #open = false;

  /** `buffer`: what sockets are read into, the same for all. */
  constructor(options: NewcomerOptions, buffer: Uint8Array) {
    this.#options = options;
    this.#reader = new FrameReader(
      (length) => this.#keeps(length),
      (payload) => this.#hear(payload),
    );
    const url = new URL(addressOf(options.target, options.room));
    const onread = {
      buffer,
      callback: (bytes: number) => {
        this.#read(buffer.subarray(0, bytes));
        return true;
      },
    };
    this.#socket = connect({ host: url.hostname, port: Number(url.port), onread });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => options.closed());
    this.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}${headEnd}`,
    );
  }

  /**
   * Up to which clock it has what the typist has typed, without a gap; -1: it has something that nobody has
   * read. Who reads the large message that came to all may get it later than others do.
   */
  get clock(): number {
    const large = this.#large === null ? 0 : this.#options.large.clocks.get(this.#large);
    if (large === undefined) return -1;
    return this.#ranges.reduce(
      (has, { from, to }) => (from <= has ? Math.max(has, to) : has),
      large,
    );
  }

  leave(): void {
    this.#socket.destroy();
  }

  #keeps(length: number): boolean {
    const { keeps, large } = this.#options;
    const isFirst = !large.lengths.has(length);
    large.lengths.add(length);
    return keeps || isFirst;
  }

  #read(bytes: Uint8Array): void {
    if (this.#open) {
      this.#reader.push(bytes);
      return;
    }
    this.#head += Buffer.from(bytes).toString('latin1');
    const end = this.#head.indexOf(headEnd);
    if (end < 0) return;
    const rest = Buffer.from(this.#head.slice(end + headEnd.length), 'latin1');
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      this.leave();
      return;
    }
    this.#open = true;
    this.#say(syncFrame(none, 'step1', emptyStateVector));
    // That it is there, as stock clients say. They would also say again what they hear of others.
    const entry = { clientId: randomBytes(4).readUInt32LE(), clock: 0, state: '{}' };
    this.#say(presenceFrame(none, [entry]));
    this.#reader.push(rest);
  }

  #say(message: Uint8Array): void {
    this.#socket.write(masked(message));
  }

  #hear(payload: Payload): void {
    const [type, step] = payload.start;
    if (type !== 0) return;
    // The server asks for what it does not have, and a stock client says that there is nothing.
    if (step === 0) this.#say(syncFrame(none, 'step2', emptyUpdate));
    else this.#take(payload);
    if (step !== 1 || this.took !== null) return;
    this.took = performance.now() - this.#from;
    this.#options.joined();
  }

  #take(payload: Payload): void {
    const { typist, large, keeps } = this.#options;
    const { whole } = payload;
    if (whole === null) {
      this.#large = keyOf(payload);
      return;
    }
    const frame = readFrame(whole, 0, false);
    if (frame.type !== 'step2' && frame.type !== 'update') return;
    if (keeps) this.updates.push(frame.update.slice());
    const { from, to } = Y.parseUpdateMeta(frame.update);
    const end = to.get(typist) ?? 0;
    if (payload.isLarge) large.clocks.set(keyOf(payload), end);
    if (end > 0) this.#ranges.push({ from: from.get(typist) ?? 0, to: end });
  }
}

/**
 * Two messages of one length that begin and end alike are one: a state is written once for everybody, and
 * sent as an update where something follows it, or else as a step 2, which is the second byte.
 */
function keyOf({ length, start, end }: Payload): string {
  const alike = [start.subarray(2), end].map((bytes) => Buffer.from(bytes).toString('hex'));
  return `${length} ${alike.join(' ')}`;
}
