import * as decoding from 'lib0/decoding';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { messageType, syncType } from '../../shared/protocol/messages.ts';
import { connectSaved, type SavedClient, type StockClient } from '../support/clients.ts';
import { seeded, type Random } from '../support/random.ts';

/** Each typist has a stretch of CJK characters of its own, and uses each of them once. */
const firstLetter = 0x4e00;
const lettersEach = 5_000;

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
  /** The events that the server has sent, as JSON. */
  readonly events: string[] = [];
  /** Letters that it has written and not taken back. */
  readonly #standing: string[] = [];
  readonly #erased = new Set<string>();
  readonly #random: Random;
  readonly #first: number;
  #next: number;
  /** The updates sent on the present connection, and how many of them are known to be saved. */
  #sent: Uint8Array[] = [];
  #known = 0;

  constructor(
    server: { readonly url: string },
    pieceId: string,
    { hand, token, random }: { hand: number; token?: string; random: Random },
  ) {
    this.#random = seeded(random.int(2 ** 31));
    this.#first = firstLetter + hand * lettersEach;
    this.#next = this.#first;
    this.client = connectSaved(server, pieceId, { token });
    this.closes = closeCodes(this.client);
    this.#watch();
  }

  /** One keystroke: mostly a new letter, now and then one of its own is taken back. */
  key(): void {
    if (this.#standing.length > 20 && this.#random.int(10) === 0) this.#erase();
    else this.#write();
  }

  /** Pace of typing: ms until the next keystroke, at random, below `most`. */
  rest(most: number): number {
    return this.#random.int(most);
  }

  get standing(): readonly string[] {
    return this.#standing;
  }

  /** Whether a letter is this typist's. */
  wrote(letter: string): boolean {
    const code = letter.codePointAt(0)!;
    return code >= this.#first && code < this.#first + lettersEach;
  }

  /** What this typist was told is saved, and `doc` does not hold; empty where all is well. */
  missingFrom(doc: Y.Doc): string[] {
    const text = new Set(doc.getText('body').toJSON());
    return this.saved.flatMap((update, i) => {
      const letters = lettersOf(update).filter((letter) => this.wrote(letter));
      const lost = letters.filter((letter) => !text.has(letter) && !this.#erased.has(letter));
      const lacking = lackingFrom(doc, update);
      if (lost.length === 0 && lacking.length === 0) return [];
      const which = `saved update ${i} of ${this.saved.length}`;
      return [`${which}: lost letters "${lost.join('')}", lacking ${lacking.join(', ')}`];
    });
  }

  #write(): void {
    if (this.#next === this.#first + lettersEach) throw new RangeError('out of unique letters');
    const letter = String.fromCodePoint(this.#next++);
    const { body } = this.client;
    const last = this.#standing.at(-1);
    const moves = last === undefined || this.#random.int(10) === 0;
    const at = moves ? this.#random.int(body.length + 1) : body.toJSON().indexOf(last) + 1;
    body.insert(at, letter);
    this.#standing.push(letter);
  }

  #erase(): void {
    const [letter] = this.#standing.splice(this.#random.int(this.#standing.length), 1);
    const at = this.client.body.toJSON().indexOf(letter!);
    if (at < 0) throw new Error(`the letter ${letter} has vanished from its writer's own copy`);
    this.#erased.add(letter!);
    this.client.body.delete(at, 1);
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
    provider.messageHandlers[messageType.event] = (_encoder, decoder) => {
      this.events.push(decoding.readVarString(decoder));
    };
    const told = provider.messageHandlers[messageType.saved]!;
    provider.messageHandlers[messageType.saved] = (...message) => {
      told(...message);
      this.saved.push(...this.#sent.slice(this.#known, this.client.saved()));
      this.#known = this.client.saved();
    };
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

function lettersOf(update: Uint8Array): string[] {
  return Y.decodeUpdate(update).structs.flatMap((struct) =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentString
      ? [...struct.content.str]
      : [],
  );
}

/** The edits in an update that a document does not hold: by clientID, from and to. */
function lackingFrom(doc: Y.Doc, update: Uint8Array): string[] {
  const { structs, ds } = Y.decodeUpdate(update);
  const lacking: string[] = [];
  for (const { id, length } of structs) {
    const has = Y.getState(doc.store, id.client);
    if (has < id.clock + length) lacking.push(`${id.client}: ${has} to ${id.clock + length}`);
  }
  const deleted = Y.createDeleteSetFromStructStore(doc.store);
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      for (let at = clock; at < clock + len; at++) {
        if (!Y.isDeleted(deleted, Y.createID(client, at)))
          lacking.push(`deletion of ${client}: ${at}`);
      }
    }
  }
  return lacking;
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

/** The letters that stand when everybody's keystrokes have come through, in order of code point. */
export function lettersThatStand(typists: readonly Typist[]): string {
  return inOrder(typists.flatMap((typist) => typist.standing));
}

export function inOrder(letters: Iterable<string>): string {
  return [...letters].sort().join('');
}
