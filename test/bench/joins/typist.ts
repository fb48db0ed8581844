/** Somebody who has written a long piece, and goes on typing in it. */
import WebSocket from 'ws';
import * as Y from 'yjs';
import { addressOf, emptyStateVector, readFrame, syncFrame, type Target } from '../load/wire.ts';

export interface Typist {
  readonly clientId: number;
  type(keysPerSecond: number): void;
  /** Types no more. @returns how many edits are its own, and what the piece reads */
  stop(): { readonly clock: number; readonly text: string };
  leave(): void;
}

const none = new Uint8Array(0);
const sentence = 'Nobody who has read the whole of it would say that the case is closed. ';
/** Sent at a time: what is larger is worked on in slices of the server's own. */
const mostInUpdate = 256 * 1024;

/** Writes a piece that takes so many bytes as a state, and resolves when the server has it. */
export async function openTyped(target: Target, room: string, bytes: number): Promise<Typist> {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  const socket = new WebSocket(addressOf(target, room));
  await step(socket, doc, () => socket.once('open', () => ask(socket, emptyStateVector)));
  for (let written = 0; written < bytes;) {
    const before = Y.encodeStateVector(doc);
    const part = Math.min(mostInUpdate, bytes - written);
    doc.transact(() => write(body, part));
    const update = Y.encodeStateAsUpdate(doc, before);
    written += update.length;
    await step(socket, doc, () => {
      socket.send(syncFrame(none, 'update', update));
      ask(socket, Y.encodeStateVector(doc));
    });
  }
  socket.on('message', (data: Buffer) => take(data, doc, socket));
  let timer: NodeJS.Timeout | undefined;
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== socket) socket.send(syncFrame(none, 'update', update));
  });
  return {
    clientId: doc.clientID,
    type: (keysPerSecond) => {
      timer = setInterval(() => body.insert(body.length, 'a'), 1000 / keysPerSecond);
    },
    stop: () => {
      clearInterval(timer);
      return { clock: Y.getState(doc.store, doc.clientID), text: body.toJSON() };
    },
    leave: () => socket.close(),
  };
}

/** Sentences, each at a place of its own, as a text is that was written over and over. */
function write(body: Y.Text, bytes: number): void {
  for (let written = 0; written < bytes; written += sentence.length + 15) {
    const lines = Math.floor(body.length / sentence.length);
    body.insert(((lines * 7919) % (lines + 1)) * sentence.length, sentence);
  }
}

function ask(socket: WebSocket, stateVector: Uint8Array): void {
  socket.send(syncFrame(none, 'step1', stateVector));
}

/** Does something, and resolves when the server has answered the question that is part of it. */
function step(socket: WebSocket, doc: Y.Doc, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (code: number) => reject(new Error(`the room closed with ${code}`));
    const failed = (error: Error) => reject(error);
    const read = (data: Buffer) => {
      if (take(data, doc, socket) !== 'step2') return;
      socket.off('message', read).off('close', closed).off('error', failed);
      resolve();
    };
    socket.on('message', read).once('close', closed).once('error', failed);
    begin();
  });
}

function take(data: Buffer, doc: Y.Doc, socket: WebSocket): string {
  const frame = readFrame(data, 0, false);
  if (frame.type === 'step1') socket.send(syncFrame(none, 'step2', new Uint8Array([0, 0])));
  if (frame.type === 'step2' || frame.type === 'update') Y.applyUpdate(doc, frame.update, socket);
  return frame.type;
}
