import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { adminToken } from './server-process.ts';

// Each provider listens for the end of the process; a test has more of them than ten.
process.setMaxListeners(0);

/** A stock client: an unmodified `WebsocketProvider` and its document. */
export interface StockClient {
  readonly doc: Y.Doc;
  readonly body: Y.Text;
  readonly provider: WebsocketProvider;
  /** Resolves when the server has sent what it has. */
  synced(): Promise<void>;
  /** Resolves with the close code when the server tells the client not to come back. */
  closed(): Promise<number>;
  destroy(): void;
}

/** A client with `ext=1`, which is told what is saved. */
export interface SavedClient extends StockClient {
  /** How many sync messages of the present connection were sent, and how many of them are saved. */
  readonly sent: () => number;
  readonly saved: () => number;
  /** Resolves when everything sent so far on the present connection is saved. */
  allSaved(): Promise<void>;
}

interface ConnectOptions {
  readonly token?: string | undefined;
  readonly params?: Record<string, string>;
  readonly doc?: Y.Doc;
  /** The longest pause between two tries to connect, in ms; y-websocket's own is 2,500. */
  readonly mostBackoff?: number;
}

export function connect(
  server: { readonly url: string },
  pieceId: string,
  { token = adminToken, params = {}, doc = new Y.Doc(), mostBackoff = 250 }: ConnectOptions = {},
): StockClient {
  const provider = new WebsocketProvider(
    server.url.replace('http', 'ws') + '/collab',
    pieceId,
    doc,
    {
      params: { token, ...params },
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: mostBackoff,
    },
  );
  return {
    doc,
    body: doc.getText('body'),
    provider,
    synced: () => when(provider, 'sync', () => provider.synced),
    closed: () =>
      new Promise((resolve) => {
        // The type of the event is the DOM's, which these tests do not have.
        provider.on('connection-close', (event: unknown) => {
          const { code } = (event ?? { code: 0 }) as { code: number };
          if (code >= 4400 && code < 4500) resolve(code);
        });
      }),
    destroy() {
      provider.destroy();
      doc.destroy();
    },
  };
}

export function connectSaved(
  server: { readonly url: string },
  pieceId: string,
  options: ConnectOptions = {},
): SavedClient {
  const client = connect(server, pieceId, { ...options, params: { ...options.params, ext: '1' } });
  const { provider } = client;
  let sent = 0;
  let saved = 0;
  let waiting: (() => void)[] = [];
  // Sync messages are counted where they leave: on each new socket, whatever the provider sends.
  const counted = new WeakSet<object>();
  const watch = () => {
    const ws = provider.ws as unknown as { send(data: Uint8Array): void } | null;
    if (ws === null || counted.has(ws)) return;
    counted.add(ws);
    sent = 0;
    saved = 0;
    const send = ws.send.bind(ws);
    ws.send = (data) => {
      if (data[0] === 0 && (data[1] === 1 || data[1] === 2)) sent++;
      send(data);
    };
  };
  watch();
  provider.on('status', watch);
  provider.on('connection-close', () => setImmediate(watch));
  provider.messageHandlers[100] = (_encoder, decoder) => {
    saved = decoding.readVarUint(decoder);
    for (const check of waiting) check();
  };
  return {
    ...client,
    sent: () => sent,
    saved: () => saved,
    allSaved: () =>
      new Promise((resolve) => {
        const check = () => {
          if (saved < sent || !provider.synced) return;
          waiting = waiting.filter((other) => other !== check);
          resolve();
        };
        waiting.push(check);
        check();
      }),
  };
}

/** Resolves when `holds` does, looking again at each `event` of `emitter`. */
export function when<E extends string>(
  emitter: { on(event: E, f: () => void): unknown; off(event: E, f: () => void): unknown },
  event: E,
  holds: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!holds()) return;
      emitter.off(event, check);
      resolve();
    };
    emitter.on(event, check);
    check();
  });
}

/** Resolves when the document satisfies `holds`. */
export function docHolds(doc: Y.Doc, holds: () => boolean): Promise<void> {
  return when(doc as Parameters<typeof when<'update'>>[0], 'update', holds);
}

/** Posts a piece as the admin, and returns its id. */
export async function createPiece(
  server: { readonly url: string },
  piece: Record<string, unknown> = {},
): Promise<string> {
  const response = await fetch(`${server.url}/api/pieces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(piece),
  });
  if (response.status !== 201) throw new Error(`POST /api/pieces: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}
