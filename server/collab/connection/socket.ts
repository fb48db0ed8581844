import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { closeCode } from '../close-codes.ts';
import { Connection, type Stage } from './connection.ts';
import { ConnectionLog } from './connection-log.ts';
import type { ConnectionDeps, ConnectionRequest } from './connection-deps.ts';
import { Places } from '../fair/places.ts';
import { Turns } from '../fair/turns.ts';
import { PieceSocket } from './piece-socket.ts';
import { clientsCode, type SocketsStatus } from './sockets-status.ts';
import { Tally } from '../tally.ts';

export interface CollabSocketOptions extends Pick<
  ConnectionDeps,
  'rooms' | 'log' | 'admit' | 'lastsUntil'
> {
  readonly maxFrameBytes: number;
  /** Sockets of people who are in; when they are used up, they are shared fairly. */
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
  /** An id for a request, of the same kind as those of HTTP requests. */
  newRequestId(): string;
  /** Seconds until this address may try another token; null: it may now. */
  mustWait(token: string, address: string): Promise<number | null>;
}

/** Sockets whose credential is being looked at; each may hold 64 KiB that Node has read. */
const mostWaiting = 512;
/** Sockets that have been told to go and have not gone yet; one more, and the oldest is cut. */
const mostGoing = 512;
/** What may stand behind the handshake in the same bytes; a client has to wait for the answer. */
const mostHeadBytes = 4_096;
/** How long the peer of a refused handshake has to read the answer. */
const refusedMs = 1_000;
/** Two whole messages of the largest kind may be under way from one person. */
const unfinishedFrames = 2;

const path = /^\/collab\/([^/]+)$/;

/**
 * The WebSocket end of the server: `/collab/:pieceId`. It takes upgrades off the HTTP server by
 * itself rather than through a plugin, because a room writes ready frames to the TCP socket, and
 * because nothing of the request then stays in memory with the connection.
 */
export class CollabSocket {
  readonly #options: CollabSocketOptions;
  readonly #connections = new Set<Connection>();
  readonly #places: Places<Connection>;
  readonly #turns = new Turns();
  /** Closed by the server before they were in; the oldest first. */
  readonly #going = new Set<Connection>();
  /** Whose handshake was refused, and who has yet to go. */
  readonly #refused = new Set<Duplex>();
  readonly #wss: ReturnType<typeof socketServer>;
  readonly #beat: NodeJS.Timeout;
  readonly #counts = {
    closedByServer: new Tally<number>(),
    closedByClient: new Tally<number>(),
    handshakesRefused: new Tally<string>(),
  };
  /** Of handshakes that are being answered. */
  readonly #requestIds = new WeakMap<IncomingMessage, string>();
  #order = 0;
  #stopping = false;

  constructor(server: Server, options: CollabSocketOptions) {
    this.#options = options;
    this.#places = new Places({ most: options.maxConnections, mostWaiting });
    this.#wss = socketServer(options.maxFrameBytes);
    this.#wss.on('headers', (headers, request) => {
      const id = this.#requestIds.get(request);
      if (id !== undefined) headers.push(idHeader(id));
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    const { beatMs = 10_000 } = options;
    this.#beat = setInterval(() => {
      for (const connection of this.#connections) connection.beat();
    }, beatMs);
    this.#beat.unref();
  }

  get size(): number {
    return this.#connections.size;
  }

  get status(): SocketsStatus {
    const stages = new Tally<Stage>();
    for (const { stage } of this.#connections) stages.add(stage);
    return { stages, people: this.#places.people, ...this.#counts };
  }

  /** Backpressure (D4): while on, no socket is read. */
  pauseAll(paused: boolean): void {
    this.#turns.hold(paused);
    for (const connection of this.#connections) connection.pressure(paused);
  }

  /** Takes no more connections and no more words; what is here can then be saved and closed (D5). */
  stopReading(): void {
    this.#stopping = true;
    this.#turns.stop();
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
    for (const socket of this.#refused) socket.destroy();
    this.#wss.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [pathname = '', query] = (request.url ?? '').split('?', 2);
    const [, pieceId] = path.exec(pathname) ?? [];
    const id = this.#options.newRequestId();
    if (this.#stopping) {
      this.#refuse(request, socket, id, '503 Service Unavailable\r\nRetry-After: 1');
      return;
    }
    if (pieceId === undefined) {
      this.#refuse(request, socket, id, '404 Not Found');
      return;
    }
    if (!this.#options.originAllowed(request.headers.origin, request.headers.host)) {
      this.#refuse(request, socket, id, '403 Forbidden');
      return;
    }
    if (head.length > mostHeadBytes) {
      this.#refuse(request, socket, id, '400 Bad Request');
      return;
    }
    const params = new URLSearchParams(query);
    const asked: ConnectionRequest = {
      id,
      pieceId,
      token: params.get('token') ?? bearer(request),
      session: this.#options.sessionOf(request.headers.cookie),
      person: params.get('person'),
      address: this.#options.addressOf(request),
      schema: params.get('schema'),
      ext: params.get('ext') === '1',
      order: ++this.#order,
    };
    // An 'upgrade' of a plain HTTP server always brings a net.Socket; Node's type is wider.
    const tcp = socket as Socket;
    const gone = () => tcp.destroy();
    tcp.on('error', gone);
    void this.#wait(asked).then((wait) => {
      tcp.off('error', gone);
      if (wait !== null) {
        const status = `429 Too Many Requests\r\nRetry-After: ${wait}`;
        this.#refuse(request, tcp, id, status);
      } else if (!tcp.destroyed) {
        this.#requestIds.set(request, id);
        this.#wss.handleUpgrade(request, tcp, head, (ws) => this.#accept(ws, tcp, asked));
      }
    });
  }

  /** Who guesses tokens is refused before the handshake: that costs least, and says for how long. */
  async #wait({ id, pieceId, token, address }: ConnectionRequest): Promise<number | null> {
    try {
      return token === null ? null : await this.#options.mustWait(token, address);
    } catch (err) {
      // The database cannot be asked; so joining will find, and tell the client to come back.
      this.#options.log.debug({ reqId: id, pieceId, err }, 'a token could not be looked up');
      return null;
    }
  }

  /** Refusals come after the handshake: a close code is all that a stock client gets to see. */
  #accept(ws: PieceSocket, socket: Socket, asked: ConnectionRequest): void {
    const { rooms, admit, lastsUntil, maxFrameBytes } = this.#options;
    const log = new ConnectionLog(this.#options.log, asked.id, asked.pieceId);
    const { address } = asked;
    ws.once('close', (code) => log.info({ code, remoteAddress: address }, 'socket closed'));
    const connection = new Connection(ws, socket, {
      rooms,
      ...{ log, turns: this.#turns, mostUnfinished: unfinishedFrames * maxFrameBytes },
      admit: (request) => admit(request),
      lastsUntil: (credential) => lastsUntil(credential),
      mayRead: () => !this.#stopping && rooms.canSave(),
      seat: (seated, personId) => this.#places.seat(seated, personId),
      onClosing: (closing, stranger) => this.#closing(closing, stranger),
      onClosed: (closed) => {
        this.#places.leave(closed);
        this.#connections.delete(closed);
        this.#going.delete(closed);
      },
    });
    this.#connections.add(connection);
    ws.on('close', (code) => {
      if (ws.closedWith === null) this.#counts.closedByClient.add(clientsCode(code));
      else this.#counts.closedByServer.add(ws.closedWith);
    });
    if (this.#stopping) connection.close(closeCode.restarting, 'restarting');
    else {
      this.#places.wait(connection, (full) => {
        full.close(closeCode.overloaded, 'too many are at the door; come back shortly');
      });
      void connection.join(asked);
    }
  }

  #closing(connection: Connection, stranger: boolean): void {
    this.#places.leave(connection);
    if (!stranger || !this.#connections.has(connection)) return;
    this.#going.add(connection);
    const [oldest] = this.#going;
    if (this.#going.size > mostGoing) oldest?.terminate();
  }

  #refuse(request: IncomingMessage, socket: Duplex, reqId: string, status: string): void {
    const req = { method: request.method, url: request.url, ip: this.#options.addressOf(request) };
    const statusCode = Number(status.slice(0, 3));
    this.#options.log.info({ reqId, req, res: { statusCode } }, 'socket refused');
    this.#counts.handshakesRefused.add(status.slice(0, 3));
    this.#refused.add(socket);
    const [oldest] = this.#refused;
    if (this.#refused.size > mostGoing) oldest?.destroy();
    const timer = setTimeout(() => socket.destroy(), refusedMs);
    let left = mostHeadBytes;
    socket.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      this.#refused.delete(socket);
    });
    const headers = `${idHeader(reqId)}\r\nConnection: close\r\nContent-Length: 0`;
    socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`);
  }
}

/** By it, who asked can say which lines of the log are theirs. */
const idHeader = (id: string) => `X-Request-Id: ${id}`;

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
