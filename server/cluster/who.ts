import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { mostMessageBytes, type Bus } from '../bus/bus.ts';
import type { Log, Person } from '../collab/ports.ts';

/** The channel on which servers tell each other who is where. */
const channel = 'people';
/** What has changed is told together when this time has passed, in ms. */
const tellMs = 50;
/** All is told again after this time, in ms, since the bus may have lost some. */
const repeatMs = 5_000;

/**
 * Who is in which piece on other servers, for lists: a piece may be open there and not here. It is told by
 * the bus alone, and again from time to time; whoever is told of twice is there once.
 */
export class WhoIsWhere {
  readonly #bus: Bus;
  readonly #log: Log;
  /** By server and piece. */
  readonly #elsewhere = new Map<string, Map<string, readonly Person[]>>();
  readonly #here = new Map<string, readonly Person[]>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  readonly #repeat: NodeJS.Timeout;

  /** @param isThere - whether a server is one of the others: what one that has ended said last may come late */
  constructor(bus: Bus, log: Log, isThere: (server: string) => boolean) {
    this.#bus = bus;
    this.#log = log;
    bus.subscribe(channel, (message, from) => {
      if (isThere(from)) this.#hear(message, from);
    });
    this.#repeat = setInterval(() => this.tellAll(), repeatMs);
    this.#repeat.unref();
  }

  /** Somebody has come to a piece here, or gone. */
  present(pieceId: string, people: readonly Person[]): void {
    if (people.length > 0) this.#here.set(pieceId, people);
    else if (!this.#here.delete(pieceId)) return;
    this.#changed.add(pieceId);
    this.#tellSoon();
  }

  /** Who is in a piece on other servers; somebody may be in it on several. */
  elsewhere(pieceId: string): Person[] {
    return [...this.#elsewhere.values()].flatMap((pieces) => pieces.get(pieceId) ?? []);
  }

  /** There is a newcomer, or something was missed: who is here is said anew, by whoever knows. */
  restart(): void {
    this.#here.clear();
  }

  tellAll(): void {
    for (const pieceId of this.#here.keys()) this.#changed.add(pieceId);
    this.#tellSoon();
  }

  lost(server: string): void {
    this.#elsewhere.delete(server);
  }

  stop(): void {
    clearInterval(this.#repeat);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), tellMs);
  }

  #tell(): void {
    this.#timer = null;
    let encoder = encoding.createEncoder();
    for (const pieceId of this.#changed) {
      const told = JSON.stringify([pieceId, this.#here.get(pieceId) ?? []]);
      const size = Buffer.byteLength(told) + 8;
      // Of more people than a message holds, lists show those of this server.
      if (size > mostMessageBytes) continue;
      if (encoding.length(encoder) + size > mostMessageBytes) {
        this.#bus.publish(channel, encoding.toUint8Array(encoder));
        encoder = encoding.createEncoder();
      }
      encoding.writeVarString(encoder, told);
    }
    this.#changed.clear();
    if (encoding.length(encoder) > 0) this.#bus.publish(channel, encoding.toUint8Array(encoder));
  }

  #hear(message: Uint8Array, from: string): void {
    try {
      const pieces = this.#elsewhere.get(from) ?? new Map<string, readonly Person[]>();
      this.#elsewhere.set(from, pieces);
      const decoder = decoding.createDecoder(message);
      while (decoding.hasContent(decoder)) {
        const told = JSON.parse(decoding.readVarString(decoder)) as [string, Person[]];
        const [pieceId, people] = told;
        if (people.length > 0) pieces.set(pieceId, people);
        else pieces.delete(pieceId);
      }
    } catch (err) {
      this.#log.error({ err, from }, 'cannot read who is on another server');
    }
  }
}
