/**
 * Whether people reach the server where PUBLIC_URL says, through the proxy that stands there. While no
 * server runs, `doctor` listens in its place, so that it sees what the proxy passes on; beside one that
 * runs, it can only see what comes back.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { closeCode } from '../collab/close-codes.ts';
import type { Config } from '../config.ts';
import { trustIn } from '../http/origins/addresses.ts';
import { ok, problem, reasonOf, warning, type Finding } from './finding.ts';

type Reached = Pick<Config, 'host' | 'port' | 'trustProxy'> & { readonly publicUrl: string };

const answerMs = 10_000;

/** @param isRunning - a server of ours listens at HOST and PORT */
export async function publicUrl(config: Reached, isRunning: boolean): Promise<Finding[]> {
  return isRunning ? besideServer(config) : inItsPlace(config);
}

async function besideServer({ publicUrl: url }: Reached): Promise<Finding[]> {
  const http = await answers(`${url}/healthz`);
  if (http !== null) return [http];
  const found = [ok(`${url} leads to the server`)];
  const { code, reason } = await opened(`${url}/collab/doctor`, url);
  if (code === closeCode.notSignedIn) found.push(ok('WebSockets get through'));
  else found.push(noWebSocket(url, reason ?? `closed with ${code}`));
  return [...found, ok('What the proxy passes on can be looked at while the server is stopped')];
}

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly from: string;
}

async function inItsPlace(config: Reached): Promise<Finding[]> {
  const { publicUrl: url, host, port } = config;
  const place = new Stand();
  await place.listen(port, host);
  try {
    const http = await answers(`${url}/healthz?${place.word}`);
    const seen = place.seen;
    if (http !== null) return [http];
    if (seen === null) {
      return [
        problem(`${url} leads to another server than ${host}:${port}: point its proxy there`),
      ];
    }
    const found = [ok(`${url} leads to ${host}:${port}`), ...passedOn(config, seen)];
    const { code, reason } = await opened(`${url}/collab/doctor?${place.word}`, url);
    if (code === closeCode.notSignedIn) found.push(ok('WebSockets get through'));
    else found.push(noWebSocket(url, reason ?? `closed with ${code}`));
    return found;
  } finally {
    await place.close();
  }
}

/** Listens in the server's place, for requests that carry a word that nobody else knows. */
class Stand {
  readonly word = randomUUID();
  /** The first request that came for us. */
  seen: Seen | null = null;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor() {
    this.#server = createServer((request, response) => {
      this.#look(request);
      response.writeHead(request.url?.includes(this.word) ? 200 : 503).end();
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket, head) => {
      if (request.url?.includes(this.word) !== true) socket.destroy();
      else {
        this.#sockets.handleUpgrade(request, socket, head, (ws) => {
          ws.close(closeCode.notSignedIn);
        });
      }
    });
  }

  #look(request: IncomingMessage): void {
    if (request.url?.includes(this.word) !== true) return;
    this.seen ??= { headers: request.headers, from: request.socket.remoteAddress ?? '' };
  }

  async listen(port: number, host: string): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.clients) socket.terminate();
    await once(this.#server, 'close');
  }
}

/** Null: it answers, and well. */
async function answers(url: string): Promise<Finding | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerMs), redirect: 'manual' });
    await answer.arrayBuffer();
    if (answer.ok) return null;
    return problem(
      `${new URL(url).origin} answers ${answer.status}: point its proxy to HOST and PORT of the server`,
    );
  } catch (error) {
    const { origin } = new URL(url);
    return problem(
      `${origin} cannot be reached (${reasonOf(error)}): see to its name, certificate and proxy`,
    );
  }
}

/** How a socket from a page of this site ends; `code` is 0 where it was never one. */
async function opened(url: string, publicUrl: string): Promise<{ code: number; reason?: string }> {
  const origin = new URL(publicUrl).origin;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { origin, handshakeTimeout: answerMs });
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve({ code: 0, reason: reasonOf(error) }));
    socket.on('close', (code) => resolve({ code }));
    setTimeout(() => socket.terminate(), answerMs).unref();
  });
}

function noWebSocket(url: string, reason: string): Finding {
  return problem(
    `WebSockets do not get through ${url} (${reason}): let its proxy pass Upgrade and Connection on`,
  );
}

function passedOn({ publicUrl: url, trustProxy }: Reached, { headers, from }: Seen): Finding[] {
  const { host, protocol } = new URL(url);
  const found: Finding[] = [];
  const forwarded = headers['x-forwarded-for'];
  if (headers.host !== host) {
    found.push(
      problem(`The proxy passes Host on as ${headers.host ?? 'nothing'}: let it pass ${host}`),
    );
  }
  if (forwarded === undefined) {
    found.push(
      trustProxy === false
        ? ok('No proxy names itself, and none is trusted')
        : problem(
            'TRUST_PROXY is set, and no X-Forwarded-For comes: let the proxy send it, or anybody can',
          ),
    );
    return found;
  }
  if (headers['x-forwarded-proto'] !== protocol.slice(0, -1)) {
    const proto = String(headers['x-forwarded-proto'] ?? 'nothing');
    found.push(
      warning(
        `The proxy passes X-Forwarded-Proto on as ${proto}: let it be ${protocol.slice(0, -1)}`,
      ),
    );
  }
  const isTrusted = trustIn(trustProxy)(from, 0);
  found.push(
    isTrusted
      ? ok(`The proxy at ${from} is trusted, and names the client`)
      : problem(
          `A proxy at ${from} names the client, and is not trusted: set TRUST_PROXY to true, or to ${from}`,
        ),
  );
  return found;
}
