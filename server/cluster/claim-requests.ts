import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Bus } from '../bus/bus.ts';
import type { Log } from '../collab/ports.ts';

/** What gives back what this server holds; `Rooms` fits. */
export interface Holder {
  release(pieceId: string, clientIds: readonly number[]): Promise<void>;
}

/** The channel on which servers ask each other for clientIDs. */
const channel = 'claims';
/** ClientIDs in one request; who needs more asks again. */
const mostAsked = 1_000;

/** Who needs clientIDs that another server holds asks for them (C6); whoever holds them gives them back. */
export class ClaimRequests {
  readonly #bus: Bus;
  readonly #log: Log;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  ask(pieceId: string, clientIds: readonly number[]): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, pieceId);
    for (const clientId of clientIds.slice(0, mostAsked)) encoding.writeVarUint(encoder, clientId);
    this.#bus.publish(channel, encoding.toUint8Array(encoder));
  }

  listen(holder: Holder): void {
    this.#bus.subscribe(channel, (message) => {
      const decoder = decoding.createDecoder(message);
      const pieceId = decoding.readVarString(decoder);
      const clientIds: number[] = [];
      while (decoding.hasContent(decoder)) clientIds.push(decoding.readVarUint(decoder));
      holder.release(pieceId, clientIds).catch((err: unknown) => {
        // Whoever needs them asks again.
        this.#log.warn({ err, pieceId }, 'cannot give a clientID back yet');
      });
    });
  }
}
