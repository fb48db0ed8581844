/** Every kind of frame at full speed, by a writer in a piece of their own. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { messageType, syncType } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

/** Bytes that wait in this process to be sent: enough that the server is never idle. */
const ahead = 1024 * 1024;
const socketsOfOne = 4;

type Speech = () => Uint8Array;

export const frameFloods: readonly Attack[] = [
  floodOf('questions for the state', () => () => sync(syncType.step1, Uint8Array.of(0))),
  floodOf('keystrokes', () => keystrokes(1)),
  floodOf('texts of 10 kB', () => keystrokes(10_000)),
  floodOf('letters, each under a clientID of its own', () => letterOfANewClient),
  floodOf('the same update again and again', () => {
    const update = keystrokes(1_000)();
    return () => update;
  }),
  floodOf('questions for presence', () => () => Uint8Array.of(messageType.queryPresence)),
  floodOf('carets that move', () => {
    const client = randomClient();
    let clock = 0;
    return () => presenceOf(client, ++clock, JSON.stringify({ cursor: { at: 'x'.repeat(200) } }));
  }),
  floodOf('presence of 100 kB', () => {
    const client = randomClient();
    let clock = 0;
    const state = JSON.stringify({ a: Array.from({ length: 20_000 }, (_, n) => n % 10) });
    return () => presenceOf(client, ++clock, state);
  }),
];

function floodOf(what: string, speech: () => Speech): Attack {
  return {
    name: `full speed: a writer sends ${what}`,
    async prepare(ground) {
      const person = await ground.person('Fast Writer');
      const content = 'Nobody who has read it would say so. '.repeat(30_000);
      const piece = await ground.piece({ content, format: 'text' });
      await ground.member(piece, person, 'writer');
      return async (signal) => {
        const say = () => speak(ground.url, piece, person.token, speech(), signal);
        await Promise.all(Array.from({ length: socketsOfOne }, say));
      };
    },
  };
}

/** Comes back as long as it is let in, as a stock client does. */
async function speak(
  url: string,
  piece: string,
  token: string,
  next: Speech,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const socket = await openRaw({ url }, piece, `token=${token}`).catch(() => null);
    if (socket === null) {
      await turn(50);
      continue;
    }
    socket.on('error', () => undefined);
    while (!signal.aborted && socket.readyState === socket.OPEN) {
      for (let n = 0; n < 200 && socket.bufferedAmount < ahead; n++) socket.send(next());
      await turn(socket.bufferedAmount < ahead ? 0 : 2);
    }
    socket.terminate();
  }
}

function turn(ms: number): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
}

function keystrokes(length: number): Speech {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  let last: Uint8Array = new Uint8Array(0);
  doc.on('update', (update: Uint8Array) => (last = update));
  const letters = 'x'.repeat(length);
  return () => {
    body.insert(0, letters);
    return sync(syncType.update, last);
  };
}

/** It came after nothing and before nothing: it looks for its place among all others of its kind. */
function letterOfANewClient(): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'x');
  return sync(syncType.update, Y.encodeStateAsUpdate(doc));
}

function sync(step: number, content: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageType.sync);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, content);
  });
}

function presenceOf(client: number, clock: number, state: string): Uint8Array {
  const content = encoding.encode((encoder) => {
    for (const number of [1, client, clock]) encoding.writeVarUint(encoder, number);
    encoding.writeVarString(encoder, state);
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageType.presence);
    encoding.writeVarUint8Array(encoder, content);
  });
}

function randomClient(): number {
  return 1 + Math.floor(Math.random() * 0xfffffffe);
}
