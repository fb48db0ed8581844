import { Overloaded } from '../engine.ts';
import { frame } from '../frame.ts';
import { refusedTeller, type Wire } from '../member.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { ConnectionRequest } from './connection-deps.ts';

/** The connection of somebody who is not to stay. */
export interface FormerWriter {
  readonly wire: Pick<Wire, 'write'>;
  /** Whether the connection is still there, and nothing has been asked of it. */
  isJoining(): boolean;
  /** From now on the peer's answer is given to `say`; null: there will be none. */
  listen(say: (update: Uint8Array | null) => void): void;
  /** Counts bytes that are being kept; what it gives takes them off again. */
  hold(bytes: number): (() => void) | undefined;
}

/** How long somebody without a right has for what they wrote before they knew, and it to be kept. */
const lastWordsMs = 5_000;

/**
 * Asks for what a former writer has that the piece has not, and keeps it as a refused edit (R4).
 * They are told nothing of the piece but how much of each clientID it holds.
 */
export async function hearLastWords(
  rooms: Rooms,
  { pieceId, ext }: Pick<ConnectionRequest, 'pieceId' | 'ext'>,
  author: string,
  peer: FormerWriter,
): Promise<void> {
  const question = await (await rooms.open(pieceId, author)).question();
  if (!peer.isJoining()) return;
  let timer: NodeJS.Timeout | undefined;
  const update = await new Promise<Uint8Array | null>((say) => {
    timer = setTimeout(() => say(null), lastWordsMs);
    peer.listen(say);
    peer.wire.write(frame(question));
  });
  clearTimeout(timer);
  if (update === null) return;
  const told = ext ? { refused: refusedTeller(peer.wire) } : null;
  const keep = async () => {
    // Nobody is in the room for it, so it may have been let go meanwhile.
    const room = await rooms.open(pieceId, author);
    await room.refuse({ author, update, reason: 'right_withdrawn' }, told);
  };
  const counted = peer.hold(update.length);
  await Promise.race([keep().finally(counted), tooLate()]);
}

/** That a right has ended is said when the words are kept: until then they are to come again (R4). */
function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Overloaded()), lastWordsMs).unref();
  });
}
