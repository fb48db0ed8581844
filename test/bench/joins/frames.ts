/** The frames of a WebSocket, read without keeping the large ones, and written as a client has to. */

/** The message of a frame. */
export interface Payload {
  readonly length: number;
  /** Its first and its last bytes. */
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly isLarge: boolean;
  /** Null: it was too large to be kept. */
  readonly whole: Uint8Array | null;
}

/** Messages up to this are kept by everybody, in bytes. */
const smallBytes = 64 * 1024;
const edgeBytes = 32;
const longestHeader = 10;

/** Reads what a server sends: frames that are whole messages, and not masked. */
export class FrameReader {
  readonly #keeps: (length: number) => boolean;
  readonly #heard: (payload: Payload) => void;
  #header: number[] = [];
  #length = 0;
  /** Bytes of the payload that are yet to come; null: its header is not complete. */
  #left: number | null = null;
  #kept: Uint8Array = new Uint8Array(0);
  readonly #start = new Uint8Array(edgeBytes);
  #end = new Uint8Array(0);

  /** `keeps`: whether a large message of so many bytes is kept too. */
  constructor(keeps: (length: number) => boolean, heard: (payload: Payload) => void) {
    this.#keeps = keeps;
    this.#heard = heard;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === null) {
        this.#header.push(bytes[at++] ?? 0);
        this.#readHeader();
      } else {
        const some = bytes.subarray(at, at + this.#left);
        at += some.length;
        this.#add(some, this.#left);
      }
      if (this.#left === 0) this.#complete();
    }
  }

  get #isLarge(): boolean {
    return this.#length > smallBytes;
  }

  #readHeader(): void {
    const header = Buffer.from(this.#header);
    const short = (header[1] ?? 0) & 0x7f;
    const wanted = short === 127 ? longestHeader : short === 126 ? 4 : 2;
    if (header.length < wanted) return;
    this.#length =
      short === 127
        ? Number(header.readBigUInt64BE(2))
        : short === 126
          ? header.readUInt16BE(2)
          : short;
    this.#left = this.#length;
    this.#end = new Uint8Array(0);
    const keeps = !this.#isLarge || this.#keeps(this.#length);
    this.#kept = new Uint8Array(keeps ? this.#length : 0);
  }

  #add(some: Uint8Array, left: number): void {
    const at = this.#length - left;
    if (this.#kept.length > 0) this.#kept.set(some, at);
    if (at < edgeBytes) this.#start.set(some.subarray(0, edgeBytes - at), at);
    this.#left = left - some.length;
    if (this.#left >= edgeBytes) return;
    const tail = Buffer.concat([this.#end, some.subarray(-edgeBytes)]);
    this.#end = new Uint8Array(tail.subarray(-edgeBytes));
  }

  #complete(): void {
    const isBinary = ((this.#header[0] ?? 0) & 0x0f) === 2;
    const { length } = this.#kept;
    const payload: Payload = {
      length: this.#length,
      start: this.#start.slice(0, this.#length),
      end: this.#end,
      isLarge: this.#isLarge,
      whole: length === this.#length ? this.#kept : null,
    };
    this.#header = [];
    this.#left = null;
    if (isBinary) this.#heard(payload);
  }
}

/** A binary frame of up to 125 bytes, masked with zeros: bytes as they are, which is a mask too. */
export function masked(message: Uint8Array): Uint8Array {
  if (message.length > 125) throw new RangeError('only short messages are sent');
  return Uint8Array.of(0x82, 0x80 | message.length, 0, 0, 0, 0, ...message);
}
