/**
 * WebSocket frames for many members at once. A server's frames are not masked, so the same bytes
 * serve everybody in a room, and text and presence of one turn go out as one write. Sending through
 * `ws` itself would build a frame and call the kernel once for each message and member.
 */

const finBinary = 0x82;

/**
 * One unmasked binary frame for each payload, all in one buffer. A payload is at most 2^32 - 1
 * bytes; per-message deflate must be off on the connections that get it.
 */
export function frames(payloads: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const payload of payloads) size += headerSize(payload.length) + payload.length;
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const payload of payloads) {
    at = writeHeader(buffer, at, payload.length);
    buffer.set(payload, at);
    at += payload.length;
  }
  return buffer;
}

export const frame = (payload: Uint8Array): Buffer => frames([payload]);

function headerSize(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(buffer: Buffer, at: number, length: number): number {
  buffer[at] = finBinary;
  if (length < 126) {
    buffer[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    buffer[at + 1] = 126;
    buffer.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  buffer[at + 1] = 127;
  buffer.writeUInt32BE(0, at + 2);
  buffer.writeUInt32BE(length, at + 6);
  return at + 10;
}
