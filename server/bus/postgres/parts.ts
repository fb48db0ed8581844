/** A message as several, for what carries little at a time. */

/** What a NOTIFY of Postgres may carry, in bytes of text (NOTIFY_PAYLOAD_MAX_LENGTH is 8,000, unreached). */
export const mostPayloadBytes = 7_999;

/** As base64 writes it, 4 letters for 3 bytes; and before it stands a head of as many bytes. */
const mostPartBytes = Math.floor(mostPayloadBytes / 4) * 3;
const idLength = 36;
const headLength = idLength + 6;

/** What all parts of a server begin with: its UUID is 36 bytes, so it ends between two letters of base64. */
export function ownPrefix(serverId: string): string {
  return Buffer.from(serverId, 'latin1').toString('base64');
}

/**
 * Each part has the sender's UUID, the message's number by that sender (uint32), which part it is and of
 * how many (a byte each). Base64, since NOTIFY takes text: the bytes as latin1 would grow by half on
 * average instead of a third, and zero bytes and quotes would need an escape of their own.
 */
export function split(serverId: string, number: number, message: Uint8Array): string[] {
  const room = mostPartBytes - headLength;
  const count = Math.max(1, Math.ceil(message.length / room));
  return Array.from({ length: count }, (_, index) => {
    const chunk = message.subarray(index * room, (index + 1) * room);
    const part = Buffer.allocUnsafe(headLength + chunk.length);
    part.write(serverId, 0, 'latin1');
    part.writeUInt32BE(number >>> 0, idLength);
    part.writeUInt8(index, idLength + 4);
    part.writeUInt8(count, idLength + 5);
    part.set(chunk, headLength);
    return part.toString('base64');
  });
}

export interface Assembly {
  /** The message, once its last part has come. What is not part of anything gives null. */
  add(payload: string): { readonly from: string; readonly message: Uint8Array } | null;
}

/** More senders than that in the middle of a message are not believed. */
const mostSenders = 256;

/**
 * Puts messages together again. The parts of one sender come in order and not between those of another
 * message of it, so of each sender there is at most one that is incomplete, and a missing part loses it.
 */
export function createAssembly(): Assembly {
  const begun = new Map<string, { readonly number: number; readonly chunks: Buffer[] }>();

  return {
    add(payload) {
      const part = Buffer.from(payload, 'base64');
      if (part.length < headLength) return null;
      const from = part.toString('latin1', 0, idLength);
      const number = part.readUInt32BE(idLength);
      const [index, count] = [part.readUInt8(idLength + 4), part.readUInt8(idLength + 5)];
      const chunk = part.subarray(headLength);
      if (count === 1) return { from, message: chunk };

      if (index === 0) {
        begun.delete(from);
        const [oldest] = begun.keys();
        if (begun.size >= mostSenders && oldest !== undefined) begun.delete(oldest);
        begun.set(from, { number, chunks: [] });
      }
      const message = begun.get(from);
      if (message?.number !== number || message.chunks.length !== index) {
        begun.delete(from);
        return null;
      }
      message.chunks.push(chunk);
      if (index + 1 < count) return null;
      begun.delete(from);
      return { from, message: Buffer.concat(message.chunks) };
    },
  };
}
