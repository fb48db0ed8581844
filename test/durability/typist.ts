import * as decoding from 'lib0/decoding';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { messageType, syncType } from '../../shared/protocol/messages.ts';
import { connectSaved, type SavedClient, type StockClient } from '../support/clients.ts';
import { seeded, type Random } from '../support/random.ts';
import { Keyboard } from './keyboard.ts';

/**
 * Somebody who types: a stock client with `ext=1`, whose every letter is unique, and who remembers
 * word for word what the server has reported saved.
 */
export class Typist {
  readonly client: SavedClient;
  /** The updates that were reported saved, over all connections so far. */
  readonly saved: Uint8Array[] = [];
  /** The code of each close, in order. */
  readonly closes: number[];
  readonly #keyboard: Keyboard;
  readonly #random: Random;
  /** The updates sent on the present connection, and how many of them are known to be saved. */
  #sent: Uint8Array[] = [];
  #known = 0;

  constructor(
    server: { readonly url: string },
    pieceId: string,
    { hand, token, random }: { hand: number; token?: string; random: Random },
  ) {
    this.#random = seeded(random.int(2 ** 31));
    this.client = connectSaved(server, pieceId, { token });
    this.closes = closeCodes(this.client);
    this.#keyboard = new Keyboard(hand, this.client.body, this.#random);
    this.#watch();
  }

  /** One keystroke: mostly a new letter, now and then one of its own is taken back. */
  key(): void {
    this.#keyboard.key();
  }

  /** Pace of typing: ms until the next keystroke, at random, below `most`. */
  rest(most: number): number {
    return this.#random.int(most);
  }

  /** Letters that have been written and not taken back. */
  get standing(): readonly string[] {
    return this.#keyboard.standing;
  }

  /** What this typist was told is saved, and `doc` does not hold; empty where all is well. */
  missingFrom(doc: Y.Doc): string[] {
    return this.#keyboard.missing(doc, this.saved);
  }

  #watch(): void {
    const { provider } = this.client;
    let watched: object | null = null;
    const watchSocket = () => {
      const ws = provider.ws as unknown as { send(data: Uint8Array): void } | null;
      if (ws === null || ws === watched) return;
      watched = ws;
      this.#sent = [];
      this.#known = 0;
      const send = ws.send.bind(ws);
      ws.send = (data) => {
        const update = updateIn(data);
        if (update !== null) this.#sent.push(update);
        send(data);
      };
    };
    watchSocket();
    provider.on('status', watchSocket);
    const told = provider.messageHandlers[messageType.saved]!;
    provider.messageHandlers[messageType.saved] = (...message) => {
      told(...message);
      this.saved.push(...this.#sent.slice(this.#known, this.client.saved()));
      this.#known = this.client.saved();
    };
    provider.messageHandlers[messageType.event] = () => undefined;
  }
}

/** A list that gets the code of each close of this client; 0 where there was none, as after a kill. */
export function closeCodes({ provider }: StockClient): number[] {
  const codes: number[] = [];
  // The type of the event is the DOM's, which these tests do not have.
  provider.on('connection-close', (event: unknown) => {
    codes.push((event as { code?: number } | null)?.code ?? 0);
  });
  return codes;
}

/** The update in a frame that a client sends; null where it carries none. */
function updateIn(frame: Uint8Array): Uint8Array | null {
  const decoder = decoding.createDecoder(frame);
  if (decoding.readVarUint(decoder) !== messageType.sync) return null;
  if (decoding.readVarUint(decoder) === syncType.step1) return null;
  return decoding.readVarUint8Array(decoder).slice();
}

export interface Typing {
  /** Resolves when `count` more keystrokes have been made by all together. */
  keys(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Everybody types at once, each with rests below `mostRest` ms, until told to stop. */
export function startTyping(typists: readonly Typist[], mostRest = 10): Typing {
  let on = true;
  let count = 0;
  let waiting: { readonly at: number; readonly done: () => void }[] = [];
  const typing = typists.map(async (typist) => {
    while (on) {
      typist.key();
      count++;
      for (const waiter of waiting) if (waiter.at <= count) waiter.done();
      waiting = waiting.filter((waiter) => waiter.at > count);
      await pause(typist.rest(mostRest));
    }
  });
  return {
    keys: (more) =>
      more === 0
        ? Promise.resolve()
        : Promise.race([
            new Promise<void>((done) => waiting.push({ at: count + more, done })),
            // A typist that fails ends the wait with its error.
            Promise.all(typing).then(() => undefined),
          ]),
    async stop() {
      on = false;
      await Promise.all(typing);
    },
  };
}
