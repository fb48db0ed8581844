import { setImmediate as turn } from 'node:timers/promises';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { hasReached, reachOf } from '../../server/collab/apply.ts';
import { Member } from '../../server/collab/member.ts';
import type { Room } from '../../server/collab/room.ts';
import { BadFrame, messageType } from '../../shared/protocol/messages.ts';
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
  readonly #server: SimulatedServer;
  readonly #member: Member;
  #last: Uint8Array = new Uint8Array();

  constructor(server: SimulatedServer) {
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
    };
    this.#member = new Member(wire, {
      person: { id: 'ann', name: 'Ann', color: '' },
      credential: { kind: 'token', id: 'ann', expiresAt: null },
      ...{ role: 'writer', order: ++order, ext: true },
    });
    this.room.join(this.#member);
  }

  post(update: Uint8Array, step: 'update' | 'step2' = 'update'): void {
    this.sent++;
    this.#last = update;
    try {
      this.room.receive(this.#member, { type: step, update });
    } catch (err) {
      if (!(err instanceof BadFrame)) throw err;
      this.#member.wire.close(4400, err.message);
    }
  }

  /** Commits until it is known what became of the last message. */
  async outcome(): Promise<Outcome> {
    for (;;) {
      if (this.code !== null) return 'closed';
      if (this.saved === this.sent) return 'saved';
      const reached = hasReached(this.room.doc, reachOf(Y.decodeUpdate(this.#last)));
      const { committed, position } = this.room.journal;
      if (!reached && committed === position) return 'waiting';
      this.#server.commit();
      await turn();
    }
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
