import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { closeCode } from './close-codes.ts';
import {
  Connection,
  PieceSocket,
  type ConnectionDeps,
  type ConnectionRequest,
} from './connection.ts';

export interface CollabSocketOptions extends Omit<ConnectionDeps, 'onClosed'> {
  readonly maxFrameBytes: number;
  readonly maxConnections: number;
  /**
   * How often a connection is looked at, in ms; 10,000 where not given. Stock clients reconnect
   * after 30 s without a message; two beats are well below that.
   */
  readonly beatMs?: number;
  /** Whether a page of this origin may connect; programs name none. */
  originAllowed(origin: string | undefined, host: string | undefined): boolean;
  /** The secret of the session's cookie, out of a Cookie header; null where there is none. */
  sessionOf(cookies: string | undefined): string | null;
  /** The client's IP address, as far as proxies are trusted. */
  addressOf(request: IncomingMessage): string;
  /** Seconds until this address may try another token; null: it may now. */
  mustWait(token: string, address: string): Promise<number | null>;
}

const path = /^\/collab\/([^/]+)$/;

/**
 * The WebSocket end of the server: `/collab/:pieceId`. It takes upgrades off the HTTP server by
 * itself rather than through a plugin, because a room writes ready frames to the TCP socket, and
 * because nothing of the request then stays in memory with the connection.
 */
export class CollabSocket {
  readonly #options: CollabSocketOptions;
  readonly #connections = new Set<Connection>();
  readonly #wss: ReturnType<typeof socketServer>;
  readonly #beat: NodeJS.Timeout;
  #order = 0;
  #stopping = false;

  constructor(server: Server, options: CollabSocketOptions) {
    this.#options = options;
    this.#wss = socketServer(options.maxFrameBytes);
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    const { beatMs = 10_000 } = options;
    this.#beat = setInterval(() => {
      for (const connection of this.#connections) connection.beat(beatMs);
    }, beatMs);
    this.#beat.unref();
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Backpressure (D4): while on, no socket is read. */
  pauseAll(paused: boolean): void {
    for (const connection of this.#connections) {
      if (paused) connection.pause();
      else connection.resume();
    }
  }

  /** Takes no more connections and no more words; what is here can then be saved and closed (D5). */
  stopReading(): void {
    this.#stopping = true;
    this.pauseAll(true);
  }

  /** Waits until every connection has closed, and cuts those that have not after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#beat);
    for (const connection of this.#connections)
      connection.close(closeCode.restarting, 'restarting');
    const until = performance.now() + graceMs;
    while (this.#connections.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const connection of this.#connections) connection.terminate();
    this.#wss.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [pathname = '', query] = (request.url ?? '').split('?', 2);
    const [, pieceId] = path.exec(pathname) ?? [];
    if (pieceId === undefined) {
      refuse(socket, '404 Not Found');
      return;
    }
    if (!this.#options.originAllowed(request.headers.origin, request.headers.host)) {
      refuse(socket, '403 Forbidden');
      return;
    }
    const params = new URLSearchParams(query);
    const asked: ConnectionRequest = {
      pieceId,
      token: params.get('token') ?? bearer(request),
      session: this.#options.sessionOf(request.headers.cookie),
      address: this.#options.addressOf(request),
      schema: params.get('schema'),
      ext: params.get('ext') === '1',
      order: ++this.#order,
    };
    // `mustWait` asks memory only, so nothing can happen to the socket meanwhile.
    // An 'upgrade' of a plain HTTP server always brings a net.Socket; Node's type is wider.
    const tcp = socket as Socket;
    void this.#mayTry(asked, tcp).then((may) => {
      if (may) this.#wss.handleUpgrade(request, tcp, head, (ws) => this.#accept(ws, tcp, asked));
    });
  }

  /** Who guesses tokens is refused before the handshake: that costs least, and says for how long. */
  async #mayTry({ token, address }: ConnectionRequest, socket: Socket): Promise<boolean> {
    const wait = token === null ? null : await this.#options.mustWait(token, address);
    if (wait === null) return !socket.destroyed;
    refuse(socket, `429 Too Many Requests\r\nRetry-After: ${wait}`);
    return false;
  }

  /** Refusals come after the handshake: a close code is all that a stock client gets to see. */
  #accept(ws: PieceSocket, socket: Socket, asked: ConnectionRequest): void {
    const connection = new Connection(ws, socket, {
      rooms: this.#options.rooms,
      log: this.#options.log,
      admit: (request) => this.#options.admit(request),
      lastsUntil: (credential) => this.#options.lastsUntil(credential),
      onClosed: (closed) => this.#connections.delete(closed),
    });
    this.#connections.add(connection);
    if (this.#stopping) connection.close(closeCode.restarting, 'restarting');
    else if (this.#connections.size > this.#options.maxConnections) {
      connection.close(closeCode.overloaded, 'the server is full; come back shortly');
    } else void connection.join(asked);
  }
}

function socketServer(maxPayload: number) {
  return new WebSocketServer<typeof PieceSocket>({
    noServer: true,
    clientTracking: false,
    maxPayload,
    // Off: frames are built once for a whole room, and a context would cost 300 kB a connection.
    perMessageDeflate: false,
    WebSocket: PieceSocket,
  });
}

function bearer(request: IncomingMessage): string | null {
  const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
  return scheme?.toLowerCase() === 'bearer' && token !== undefined ? token : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
