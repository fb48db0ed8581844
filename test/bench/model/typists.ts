/**
 * People at real servers, in a process of their own: sockets that behave on the wire as the app's client
 * does (an update and a cursor for each key, "saved" asked for, nothing sent on). What comes is counted and
 * not read, so that the machine is the servers' own.
 */
import WebSocket from 'ws';
import * as Y from 'yjs';
import { seeded } from '../../support/random.ts';
import { presenceFrame, syncFrame } from '../load/wire.ts';
import { readRhythm, Typist } from './rhythm.ts';

export interface SeatAt {
  /** `ws://…/collab/<piece>?token=…&ext=1`. */
  readonly url: string;
  readonly types: boolean;
}

/** Even: each types so many keys a second; else as people do. */
export type Pace = { readonly keysPerSecond: number } | { readonly seed: number };

export type TypistsCommand =
  | { readonly do: 'join'; readonly seats: readonly SeatAt[] }
  | { readonly do: 'type'; readonly pace: Pace; readonly presence: boolean }
  | { readonly do: 'count' };

/** Since the beginning. */
export interface TypistsCounts {
  readonly keys: number;
  readonly presence: number;
  /** Writes of the servers, by the seat's server (`host:port`): a text and cursors that go together are one. */
  readonly frames: Readonly<Record<string, number>>;
  readonly rowBytes: number;
  readonly presenceBytes: number;
}

const none = new Uint8Array();
/** Joins at a time. */
const atOnce = 20;
const counts = { keys: 0, presence: 0, rowBytes: 0, presenceBytes: 0 };
const frames = new Map<string, number>();

class Seat {
  readonly joined: Promise<void>;
  readonly types: boolean;
  readonly #socket: WebSocket;
  readonly #doc = new Y.Doc();
  readonly #text = this.#doc.getText('body');
  #written: Uint8Array = none;
  #clock = 1;
  /** Whether a text has come in this turn: the cursors behind it came with it. */
  #hasText = false;

  constructor({ url, types }: SeatAt) {
    this.types = types;
    const { host } = new URL(url);
    this.#doc.on('update', (update: Uint8Array) => (this.#written = update));
    this.#socket = new WebSocket(url);
    this.#socket.on('error', (error) => fail(error.message));
    this.#socket.on('close', (code) => fail(`closed with ${code}`));
    this.joined = new Promise((resolve) => {
      this.#socket.on('open', () => {
        this.#socket.send(syncFrame(none, 'step1', Uint8Array.of(0)));
        this.#say({});
      });
      this.#socket.on('message', (data: Buffer) => {
        const isWithText = this.#hasText && data[0] === 1;
        this.#hasText = data[0] === 0;
        setImmediate(() => (this.#hasText = false));
        if (!isWithText) frames.set(host, (frames.get(host) ?? 0) + 1);
        // A step 1 is answered with nothing, as by a client that is new; a step 2 is what joining ends with.
        if (data[0] === 0 && data[1] === 0) {
          this.#socket.send(syncFrame(none, 'step2', Uint8Array.of(0, 0)));
        }
        if (data[0] === 0 && data[1] === 1) resolve();
      });
    });
  }

  press(presence: boolean): void {
    this.#text.insert(this.#text.length, 'x');
    counts.keys++;
    counts.rowBytes += this.#written.length;
    this.#socket.send(syncFrame(none, 'update', this.#written));
    if (!presence) return;
    const at = Y.createRelativePositionFromTypeIndex(this.#text, this.#text.length, -1);
    this.#say({ cursor: { anchor: at, head: at } });
  }

  #say(state: object): void {
    counts.presence++;
    const user = { name: 'Somebody', color: '#30bced' };
    const json = JSON.stringify({ user, ...state });
    counts.presenceBytes += json.length;
    const entry = { clientId: this.#doc.clientID, clock: this.#clock++, state: json };
    this.#socket.send(presenceFrame(none, [entry]));
  }
}

let seats: Seat[] = [];
/** Ends what types. */
let stop = () => {};

async function obey(command: TypistsCommand): Promise<TypistsCounts> {
  if (command.do === 'join') await join(command.seats);
  if (command.do === 'type') type(command.pace, command.presence);
  return { ...counts, frames: Object.fromEntries(frames) };
}

async function join(all: readonly SeatAt[]): Promise<void> {
  seats = [];
  for (let i = 0; i < all.length; i += atOnce) {
    const some = all.slice(i, i + atOnce).map((seat) => new Seat(seat));
    await Promise.all(some.map(({ joined }) => joined));
    seats.push(...some);
  }
}

/** Until the next such command; nobody types at no keys a second. */
function type(pace: Pace, presence: boolean): void {
  stop();
  const typing = seats.filter(({ types }) => types);
  const rhythm = readRhythm();
  const hands = typing.map((seat, i) => {
    if ('seed' in pace) {
      const typist = new Typist(rhythm, seeded(pace.seed + i));
      return { seat, due: typist.first() * 1_000, next: () => typist.next() * 1_000 };
    }
    const gap = 1_000 / pace.keysPerSecond;
    return { seat, due: (gap * i) / typing.length, next: () => gap };
  });
  const from = performance.now();
  const timer = setInterval(() => {
    const now = performance.now() - from;
    for (const hand of hands) {
      for (; hand.due <= now; hand.due += hand.next()) hand.seat.press(presence);
    }
  }, 2);
  stop = () => clearInterval(timer);
}

function fail(message: string): void {
  process.send?.({ error: message });
}

process.on('message', (command: TypistsCommand) => {
  obey(command).then(
    (answer) => process.send?.(answer),
    (error: unknown) => fail(String(error)),
  );
});
// Nobody is left to type for.
process.on('disconnect', () => process.exit(0));
