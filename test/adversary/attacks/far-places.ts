/**
 * Letters that say they came after nothing and before a letter far away: for each of them Yjs looks
 * at all that stands between, so one frame of some hundred kilobytes is billions of looks.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { messageType, syncType } from '../../../shared/protocol/messages.ts';
import { closeCodeOf, openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

const letters = 60_000;
/** Of an item whose content is a string, with a right origin and no left one. */
const stringBefore = 0x44;

export const farPlaces: Attack = {
  name: 'a writer sends one update whose letters each look for their place among all others',
  async prepare(ground) {
    const person = await ground.person('Far Places');
    return async (signal) => {
      const piece = await ground.piece();
      await ground.member(piece, person, 'writer');
      const socket = await openRaw(ground, piece, `token=${person.token}`);
      const closed = closeCodeOf(socket);
      signal.addEventListener('abort', () => socket.terminate());
      const doc = new Y.Doc();
      doc.getText('body').insert(0, 'x'.repeat(letters));
      socket.send(update(Y.encodeStateAsUpdate(doc)));
      socket.send(update(lettersBefore(doc.clientID, letters)));
      await closed;
    };
  },
};

/** One letter before each of the first `count` of a client, each with nothing to its left. */
export function lettersBefore(client: number, count: number): Uint8Array {
  const own = client === 1 ? 2 : client - 1;
  return encoding.encode((encoder) => {
    for (const number of [1, count, own, 0]) encoding.writeVarUint(encoder, number);
    for (let clock = 0; clock < count; clock++) {
      encoding.writeUint8(encoder, stringBefore);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, 'y');
    }
    encoding.writeVarUint(encoder, 0);
  });
}

function update(content: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageType.sync);
    encoding.writeVarUint(encoder, syncType.update);
    encoding.writeVarUint8Array(encoder, content);
  });
}
