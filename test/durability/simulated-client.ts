import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { Member, type Wire } from '../../server/collab/member.ts';
import type { Room } from '../../server/collab/room/room.ts';
import {
  decodeClientMessage,
  encodePresence,
  encodeSync,
  messageType,
  syncType,
} from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import type { Random } from '../support/random.ts';
import { Keyboard } from './keyboard.ts';

interface Connection {
  readonly room: Room;
  readonly member: Member;
  joined: boolean;
  /** Messages on their way, in order. */
  readonly up: Uint8Array[];
  readonly down: Uint8Array[];
  /** The updates sent, and how many of them were reported saved. */
  readonly sent: Uint8Array[];
  saved: number;
}

let connections = 0;

/**
 * A client that speaks as the stock provider does, message by message, over a wire that the test
 * moves by hand: any interleaving of what several of them say can happen.
 */
export class SimulatedClient {
  readonly doc = new Y.Doc();
  readonly keyboard: Keyboard;
  /** The updates that were reported saved, over all connections so far. */
  readonly saved: Uint8Array[] = [];
  readonly refused: string[] = [];
  readonly #id: string;
  #clock = 0;
  #connection: Connection | null = null;

  constructor(hand: number, random: Random) {
    this.#id = `person ${hand}`;
    this.doc.clientID = random.int(2 ** 31);
    this.keyboard = new Keyboard(hand, this.doc.getText('body'), random);
    this.doc.on('update', (update: Uint8Array, origin) => {
      if (origin !== this) this.#send(update, 'update');
    });
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  /** Whether nothing is on its way, and everything sent was reported saved. */
  get settled(): boolean {
    const { joined, up, down, sent, saved } = this.#connection ?? {};
    return joined === true && up?.length === 0 && down?.length === 0 && saved === sent?.length;
  }

  connect(room: Room): void {
    const connection: Connection = {
      room,
      member: new Member(this.#wire(), {
        person: { id: this.#id, name: this.#id, color: '' },
        credential: { kind: 'token', id: this.#id, expiresAt: null, readOnly: false },
        role: 'writer',
        order: ++connections,
        ext: true,
      }),
      joined: false,
      up: [],
      down: [],
      sent: [],
      saved: 0,
    };
    this.#connection = connection;
    connection.up.push(encodeSync('step1', Y.encodeStateVector(this.doc)));
    const presence = encodePresenceEntry(this.doc.clientID, ++this.#clock, '{}');
    connection.up.push(encodePresence(joinPresence([presence])));
  }

  disconnect(): void {
    this.#connection = null;
  }

  /** The next thing that it does or says reaches the server. */
  moveUp(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const { room, member, up } = connection;
    if (!connection.joined) {
      connection.joined = true;
      room.join(member);
      return;
    }
    const message = up.shift();
    if (message !== undefined) room.receive(member, decodeClientMessage(message));
  }

  /** The next thing that the server has said reaches it. */
  moveDown(): void {
    const connection = this.#connection;
    const message = connection?.down.shift();
    if (connection === null || message === undefined) return;
    const decoder = decoding.createDecoder(message);
    const type = decoding.readVarUint(decoder);
    if (type === messageType.sync) this.#sync(decoder);
    else if (type === messageType.saved) {
      const saved = decoding.readVarUint(decoder);
      this.saved.push(...connection.sent.slice(connection.saved, saved));
      connection.saved = saved;
    } else if (type === messageType.event) this.refused.push(decoding.readVarString(decoder));
  }

  #sync(decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder).slice();
    if (step === syncType.step1) this.#send(Y.encodeStateAsUpdate(this.doc, bytes), 'step2');
    else Y.applyUpdate(this.doc, bytes, this);
  }

  #send(update: Uint8Array, step: 'step2' | 'update'): void {
    this.#connection?.sent.push(update);
    this.#connection?.up.push(encodeSync(step, update));
  }

  #wire(): Wire {
    const wire: Wire = {
      write: (frames) => {
        if (this.#connection?.member.wire === wire) this.#connection.down.push(...payloads(frames));
      },
      close: (code, reason) => {
        // Words that another had deleted before a crash took them: they come back, and find that out.
        if (code === 1013) {
          if (this.#connection?.member.wire === wire) this.#connection = null;
          return;
        }
        throw new Error(`closed with ${code}: ${reason}`);
      },
      pause: () => undefined,
      resume: () => undefined,
      hold: () => undefined,
    };
    return wire;
  }
}

/** The payloads of unmasked WebSocket frames. */
export function payloads(frames: Buffer): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < frames.length;) {
    const short = frames[at + 1]!;
    const long = { 126: 2, 127: 8 }[short] ?? 0;
    const size =
      long === 0
        ? short
        : Number(long === 2 ? frames.readUInt16BE(at + 2) : frames.readBigUInt64BE(at + 2));
    at += 2 + long;
    found.push(new Uint8Array(frames.subarray(at, at + size)));
    at += size;
  }
  return found;
}
