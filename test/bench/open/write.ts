/** Writes a history into a room, one update per edit, as fast as the server takes them. */
import WebSocket from 'ws';
import * as Y from 'yjs';
import {
  addressOf,
  authFrame,
  emptyStateVector,
  emptyUpdate,
  prefixOf,
  readFrame,
  syncFrame,
  type Target,
} from '../load/wire.ts';
import type { Edit } from './history.ts';

/**
 * Edits between two pauses in which the server catches up. It is how long a history opens that is
 * measured here, and not how servers bear a flood.
 */
const stride = 500;

export interface Written {
  /** The document when all edits are in, as one update. */
  readonly state: Uint8Array;
  /** The writer stays until this is called: some servers forget a piece that everybody has left. */
  leave(): void;
}

export async function writeHistory(
  target: Target,
  room: string,
  edits: readonly Edit[],
): Promise<Written> {
  const prefix = prefixOf(target.dialect, room);
  const socket = new WebSocket(addressOf(target, room));
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== socket) socket.send(syncFrame(prefix, 'update', update));
  });
  await opened(socket, () => {
    if (target.dialect === 'hocuspocus') socket.send(authFrame(prefix));
    socket.send(syncFrame(prefix, 'step1', emptyStateVector));
  });
  await answered(socket, prefix, (update) => Y.applyUpdate(doc, update, socket));
  socket.send(syncFrame(prefix, 'step2', emptyUpdate));
  for (let from = 0; from < edits.length; from += stride) {
    type(doc, edits.slice(from, from + stride));
    // Answers come in order, so the answer to this question says that all before it was taken.
    const taken = answered(socket, prefix, () => undefined);
    socket.send(syncFrame(prefix, 'step1', Y.encodeStateVector(doc)));
    await taken;
  }
  return { state: Y.encodeStateAsUpdate(doc), leave: () => socket.close() };
}

function type(doc: Y.Doc, edits: readonly Edit[]): void {
  const text = doc.getText('body');
  for (const { at, deleted, inserted } of edits) {
    doc.transact(() => {
      if (deleted > 0) text.delete(at, deleted);
      if (inserted !== '') text.insert(at, inserted);
    });
  }
}

function opened(socket: WebSocket, greet: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      greet();
      resolve();
    });
  });
}

/** Waits for the answer to a step 1. */
function answered(
  socket: WebSocket,
  prefix: Uint8Array,
  take: (update: Uint8Array) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (code: number) => reject(new Error(`the room closed with ${code}`));
    const read = (data: Buffer) => {
      const frame = readFrame(data, prefix.length, false);
      if (frame.type !== 'step2') return;
      take(frame.update);
      socket.off('message', read);
      socket.off('close', closed);
      resolve();
    };
    socket.on('message', read);
    socket.once('close', closed);
  });
}
