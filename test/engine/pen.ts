import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import type { WebSocket } from 'ws';
import * as Y from 'yjs';
import { encodeSync, messageType, syncType } from '../../shared/protocol/messages.ts';
import { openRaw } from '../support/raw-socket.ts';
import { adminToken } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** What is large takes its time on a machine that has more to do. */
const patience = 90_000;

/** A connection without a client: it sends what it is told to, and counts what is called saved. */
export class Pen {
  readonly doc: Y.Doc;
  sent = 0;
  saved = 0;
  /** The code that it was closed with. */
  code: number | null = null;
  readonly #ws: WebSocket;
  #answers = 0;

  private constructor(ws: WebSocket, doc: Y.Doc) {
    this.#ws = ws;
    this.doc = doc;
    ws.on('message', (data: Buffer) => this.#hear(data));
    ws.on('error', () => undefined);
    ws.on('close', (code: number) => (this.code = code));
  }

  /** `from`: what its document holds; `clientID`: the one that it writes with. */
  static async open(
    server: { readonly url: string },
    pieceId: string,
    {
      from,
      clientID,
      token = adminToken,
    }: { from?: Y.Doc; clientID?: number; token?: string } = {},
  ): Promise<Pen> {
    const doc = new Y.Doc();
    if (from !== undefined) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
    if (clientID !== undefined) doc.clientID = clientID;
    return new Pen(await openRaw(server, pieceId, `token=${token}&ext=1`), doc);
  }

  /** Sends an update, whole or broken; resolves when it is called saved, or the connection closed. */
  async send(update: Uint8Array, step: 'step2' | 'update' = 'update'): Promise<void> {
    this.post(update, step);
    await until(
      'it is saved, or refused',
      () => this.saved >= this.sent || this.code !== null,
      patience,
    );
  }

  post(update: Uint8Array, step: 'step2' | 'update' = 'update'): void {
    this.sent++;
    this.#ws.send(encodeSync(step, update));
  }

  /** Resolves when the server has read all that was sent: it answers in turn. */
  async heard(): Promise<void> {
    const answers = this.#answers;
    this.frame(encodeSync('step1', Y.encodeStateVector(this.doc)));
    await until(
      'the server answers',
      () => this.#answers > answers || this.code !== null,
      patience,
    );
  }

  /** Sends any frame. */
  frame(bytes: Uint8Array): void {
    this.#ws.send(bytes);
  }

  /** Writes at a place of its own document; returns the update. */
  write(text: string, at = 0): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    this.doc.getText('body').insert(at, text);
    return Y.encodeStateAsUpdate(this.doc, before);
  }

  /** Puts an update into its document, and goes on writing with the clientID that it has. */
  take(update: Uint8Array): void {
    const { clientID } = this.doc;
    // A document that meets its own clientID would take another.
    this.doc.clientID = 0;
    Y.applyUpdate(this.doc, update);
    this.doc.clientID = clientID;
  }

  async close(): Promise<void> {
    if (this.code !== null) return;
    const closed = once(this.#ws, 'close');
    this.#ws.close();
    await closed;
  }

  #hear(data: Buffer): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === messageType.saved) this.saved = decoding.readVarUint(decoder);
    else if (type === messageType.sync && decoding.readVarUint(decoder) === syncType.step2) {
      this.#answers++;
    }
  }
}
