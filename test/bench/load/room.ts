/**
 * The people of one piece. All of them receive the same bytes, so what was read once for one of them
 * is not read again for the others: decoding every copy would make the generator the bottleneck.
 */
import { readFrame, type Dialect, type Frame, prefixOf } from './wire.ts';
import type { Member } from './member.ts';

/** Frames remembered: more than one turn of a server sends, as the copies arrive close together. */
const rememberedFrames = 32;

interface Remembered {
  readonly bytes: Buffer;
  readonly frame: Frame;
}

export class Room {
  readonly name: string;
  readonly prefix: Uint8Array;
  readonly members: Member[] = [];
  /** Those who type, by the clientID of their documents. */
  readonly typists = new Map<number, Member>();
  private readonly remembered: Remembered[] = [];
  private next = 0;

  constructor(name: string, dialect: Dialect) {
    this.name = name;
    this.prefix = prefixOf(dialect, name);
  }

  read(bytes: Buffer): Frame {
    const known = this.remembered.find((entry) => entry.bytes.equals(bytes));
    if (known !== undefined) return known.frame;
    // A copy, because `ws` hands out views into blocks of 64 KiB that a view would keep alive.
    const own = Buffer.from(bytes);
    const frame = readFrame(own, this.prefix.length);
    this.remembered[this.next] = { bytes: own, frame };
    this.next = (this.next + 1) % rememberedFrames;
    return frame;
  }
}
