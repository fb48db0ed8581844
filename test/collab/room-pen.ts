import { setImmediate as turn } from 'node:timers/promises';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { hasReached, reachOf } from '../../server/collab/apply.ts';
import { Overloaded } from '../../server/collab/engine.ts';
import { Member } from '../../server/collab/member.ts';
import type { Room } from '../../server/collab/room/room.ts';
import { BadFrame, messageType } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { payloads } from '../durability/simulated-client.ts';
import type { SimulatedServer } from '../durability/simulated-server.ts';

let order = 0;

/** What became of a message: `waiting`, where it builds on what is not there. */
export type Outcome = 'saved' | 'closed' | 'waiting';

/** A connection in a room without sockets: it sends what it is told to, and counts what is saved. */
export class RoomPen {
  sent = 0;
  saved = 0;
  /** The code that it was closed with. */
  code: number | null = null;
  readonly room: Room;
  /** Messages that have been taken, and of which it is not known yet what becomes of them. */
  #held = 0;
  #clock = 0;
  readonly #server: SimulatedServer;
  readonly #member: Member;
  readonly #updates: Uint8Array[] = [];
  /** How far each of them reaches, where somebody has asked: a large one is dear to read. */
  readonly #reaches = new WeakMap<Uint8Array, ReturnType<typeof reachOf>>();

  constructor(server: SimulatedServer, id = 'ann', role: 'writer' | 'reader' = 'writer') {
    this.#server = server;
    this.room = server.room;
    const wire = {
      write: (frames: Buffer) => payloads(frames).forEach((message) => this.#hear(message)),
      close: (code: number) => {
        this.code = code;
        this.room.leave(this.#member);
      },
      pause: () => undefined,
      resume: () => undefined,
      hold: (work: Promise<void>) => {
        this.#held++;
        work
          .catch((err: unknown) => {
            if (!(err instanceof BadFrame)) throw err;
            this.#member.wire.close(4400, err.message);
          })
          .finally(() => this.#held--);
      },
    };
    this.#member = new Member(wire, {
      person: { id, name: id, color: '' },
      credential: { kind: 'token', id: 'ann', expiresAt: null, readOnly: false },
      ...{ role, order: ++order, ext: true },
    });
    this.room.join(this.#member);
  }

  post(update: Uint8Array, step: 'update' | 'step2' = 'update'): void {
    this.sent++;
    this.#updates.push(update);
    try {
      this.room.receive(this.#member, { type: step, update });
    } catch (err) {
      if (!(err instanceof BadFrame) && !(err instanceof Overloaded)) throw err;
      this.#member.wire.close(err instanceof BadFrame ? 4400 : 1013, err.message);
    }
  }

  /** Its cursor goes by a clientID. */
  speak(clientId: number): void {
    const entry = encodePresenceEntry(clientId, ++this.#clock, '{"cursor":1}');
    this.room.receive(this.#member, { type: 'presence', presence: joinPresence([entry]) });
  }

  leave(): void {
    this.room.leave(this.#member);
  }

  /**
   * Commits until it is known what became of the last message. What is before it may wait for words that
   * nobody has: `saved` speaks of the first n messages, so then it waits too.
   */
  async outcome(): Promise<Outcome> {
    for (;;) {
      if (this.code !== null) return 'closed';
      if (this.saved === this.sent) return 'saved';
      const reached = this.#updates
        .slice(this.saved)
        .every((update) => hasReached(this.room.doc, this.#reachOf(update)));
      const { committed, position } = this.room.journal;
      if (!reached && this.#held === 0 && committed === position) return 'waiting';
      this.#server.commit();
      await turn();
    }
  }

  #reachOf(update: Uint8Array): ReturnType<typeof reachOf> {
    const reach = this.#reaches.get(update) ?? reachOf(Y.decodeUpdate(update));
    this.#reaches.set(update, reach);
    return reach;
  }

  #hear(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    if (decoding.readVarUint(decoder) === messageType.saved) {
      this.saved = decoding.readVarUint(decoder);
    }
  }
}

/** What a reader of a document meets, from its roots on. */
export function reached(doc: Y.Doc): Set<Y.Item> {
  const found = new Set<Y.Item>();
  const walk = (type: { _start: Y.Item | null; _map: Map<string, Y.Item> }) => {
    const look = (item: Y.Item) => {
      if (item.deleted) return;
      found.add(item);
      if (item.content instanceof Y.ContentType) walk(item.content.type as never);
    };
    for (let item = type._start; item !== null; item = item.right) look(item);
    for (const item of type._map.values()) look(item);
  };
  for (const type of doc.share.values()) walk(type as never);
  return found;
}

/** The letters of a text, each with its formats. */
export function readingOf(text: Y.Text): unknown[] {
  return (text.toDelta() as { insert: string; attributes?: object }[]).flatMap(
    ({ insert, attributes = {} }) =>
      [...insert].map((letter) => [letter, Object.entries(attributes).sort()]),
  );
}
