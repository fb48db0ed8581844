import { once } from 'node:events';
import { WebSocket } from 'ws';
import { adminToken } from './server-process.ts';

/** A socket to a piece, without a client that would know the protocol. */
export async function openRaw(
  server: { readonly url: string },
  pieceId: string,
  query = `token=${adminToken}`,
): Promise<WebSocket> {
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}/collab/${pieceId}?${query}`);
  await once(ws, 'open');
  return ws;
}

/** Resolves with the code with which the server closes. */
export async function closeCodeOf(ws: WebSocket): Promise<number> {
  ws.on('error', () => undefined); // A reset after the close frame is no news.
  const [code] = (await once(ws, 'close')) as [number];
  return code;
}

/** Sends one frame on a connection of its own and resolves with the code it is closed with. */
export async function closedFor(
  server: { readonly url: string },
  pieceId: string,
  frame: Uint8Array | string,
): Promise<number> {
  const ws = await openRaw(server, pieceId);
  const closed = closeCodeOf(ws);
  ws.send(frame);
  return closed;
}
