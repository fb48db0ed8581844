/** People whom nobody knows, who begin to say something and never end. */
import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A body that was announced and is sent for ever, in pieces of this size. */
const chunk = Buffer.alloc(16 * 1024, 'a');
/** How long somebody whose connection takes no more bytes waits until they try again, in ms. */
const dripMs = 500;

const piece = '019b0000-0000-7000-8000-000000000000';

/** What they begin with; each then sends bytes as long as somebody takes them, or drips one. */
const beginnings: Readonly<Record<string, (host: string) => Buffer>> = {
  'not a byte': () => Buffer.alloc(0),
  'a head, byte by byte': (host) => Buffer.from(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\nx-`),
  'a body, byte by byte': (host) => post(host, '/api/session', 'content-length: 8000000'),
  'a head without an end': (host) => Buffer.from(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\nx-`),
  'a body of 8 MB at the door': (host) => post(host, '/api/session', 'content-length: 8000000'),
  'a body in chunks at the door': (host) =>
    Buffer.concat([
      post(host, '/api/session', 'transfer-encoding: chunked'),
      Buffer.from('7a1200\r\n'),
    ]),
  'a body where one has to be signed in': (host) =>
    post(host, '/api/pieces', 'content-length: 8000000'),
  'a frame of 15 MiB without a token': (host) => unfinishedFrame(host, ''),
  'a frame of 15 MiB with a token that is none': (host) =>
    unfinishedFrame(host, `?token=${randomBytes(24).toString('hex')}`),
};

export const kindsOfUnfinished: readonly string[] = Object.keys(beginnings);

function post(host: string, path: string, length: string): Buffer {
  const head = ['content-type: application/json', length, '', ''].join('\r\n');
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${head}`);
}

function unfinishedFrame(host: string, query: string): Buffer {
  const handshake = [
    `GET /collab/${piece}${query} HTTP/1.1`,
    `host: ${host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
  const header = Buffer.alloc(14);
  header.set([0x82, 0xff]);
  header.writeUInt32BE(15 * 1024 * 1024, 6);
  return Buffer.concat([Buffer.from(handshake), header]);
}

export interface Unfinished {
  readonly kind: string;
  /** Resolves with the ms from its beginning to its end, whoever ended it. */
  readonly gone: Promise<number>;
}

/** One connection of each kind in turn, `count` in all; all are cut when `signal` is aborted. */
export async function openUnfinished(
  url: string,
  count: number,
  signal: AbortSignal,
  kinds: readonly string[] = kindsOfUnfinished,
): Promise<Unfinished[]> {
  const opened: Unfinished[] = [];
  setMaxListeners(0, signal);
  for (let n = 0; n < count && !signal.aborted; n++) {
    const kind = kinds[n % kinds.length]!;
    opened.push({ kind, gone: goOn(await dial(url), { kind, url, signal }) });
  }
  return opened;
}

async function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // What ends it comes as 'close'; a reset is as good as any.
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

async function goOn(
  socket: Socket,
  {
    kind,
    url,
    signal,
  }: { readonly kind: string; readonly url: string; readonly signal: AbortSignal },
): Promise<number> {
  const from = performance.now();
  const gone = new Promise<number>((resolve) => {
    socket.once('close', () => resolve(performance.now() - from));
  });
  socket.resume();
  socket.write(beginnings[kind]!(new URL(url).host));
  const stop = kind === 'not a byte' ? () => undefined : goOnSending(socket, kind);
  const cut = () => socket.destroy();
  signal.addEventListener('abort', cut);
  const took = await gone;
  signal.removeEventListener('abort', cut);
  stop();
  return took;
}

function goOnSending(socket: Socket, kind: string): () => void {
  const more = kind.endsWith('byte by byte') ? chunk.subarray(0, 1) : chunk;
  const drip = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(more);
  }, dripMs);
  if (more === chunk) {
    socket.on('drain', () => socket.write(chunk));
    socket.write(chunk);
  }
  return () => clearInterval(drip);
}
