import * as decoding from 'lib0/decoding';
import type { RefusedChanges } from '../../shared/api/refused.ts';
import { connectSaved, type SavedClient } from '../support/clients.ts';
import { adminToken } from '../support/server-process.ts';

interface Server {
  readonly url: string;
}

/** An event (type 101) as a client with `ext=1` gets it. */
export interface HeardEvent {
  readonly type: string;
  readonly [more: string]: unknown;
}

/** A client with `ext=1` that keeps the events it is told. */
export interface ListeningClient extends SavedClient {
  readonly events: HeardEvent[];
  /** Resolves with the next event of this type, one that has come already included. */
  event(type: string): Promise<HeardEvent>;
}

export function connectListening(
  server: Server,
  pieceId: string,
  options: Parameters<typeof connectSaved>[2] = {},
): ListeningClient {
  const client = connectSaved(server, pieceId, options);
  const events: HeardEvent[] = [];
  const waiting = new Set<() => void>();
  client.provider.messageHandlers[101] = (_encoder, decoder) => {
    events.push(JSON.parse(decoding.readVarString(decoder)) as HeardEvent);
    for (const look of waiting) look();
  };
  return {
    ...client,
    events,
    event: (type) =>
      new Promise((resolve) => {
        const look = () => {
          const at = events.findIndex((event) => event.type === type);
          if (at < 0) return;
          waiting.delete(look);
          resolve(events.splice(at, 1)[0]!);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A call of the API, as the admin where no token is given. Gives the body, or null for none. */
export async function api<T = unknown>(
  server: Server,
  method: string,
  path: string,
  { token = adminToken, body }: { token?: string; body?: object } = {},
): Promise<T> {
  const answer = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

export interface RefusedItem {
  readonly id: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly added: string;
  readonly removed: string;
  readonly changes: RefusedChanges | null;
  readonly blocked: string | null;
  readonly shown: string | null;
}

/** Applies a refused edit, as the admin where no token is given; gives the status and, where it was not applied, the problem. */
export async function applyRefused(
  server: Server,
  id: string,
  shown: string | null = null,
  token = adminToken,
): Promise<{ status: number; code?: string; refused?: RefusedItem }> {
  const answer = await fetch(`${server.url}/api/refused/${id}/apply`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(shown !== null && { 'if-match': shown === '*' ? shown : `"${shown}"` }),
    },
  });
  const problem = answer.status === 204 ? {} : ((await answer.json()) as object);
  return { status: answer.status, ...problem };
}

/** Whose the letters of the body are: by user id (`null`: the server), in their order. */
export async function lettersBy(
  server: Server,
  pieceId: string,
): Promise<{ userId: string | null; text: string }[]> {
  const { items } = await api<{ items: { from: number; to: number; userId: string | null }[] }>(
    ...([server, 'GET', `/pieces/${pieceId}/attribution`] as const),
  );
  const text = await textOf(server, pieceId);
  return items.map(({ from, to, userId }) => ({ userId, text: text.slice(from, to) }));
}

export async function refusedOf(
  server: Server,
  pieceId: string,
  token = adminToken,
): Promise<RefusedItem[]> {
  const path = `/pieces/${pieceId}/refused`;
  return (await api<{ items: RefusedItem[] }>(server, 'GET', path, { token })).items;
}

export async function textOf(server: Server, pieceId: string): Promise<string> {
  const model = await api<{ body: { insert: unknown }[] }>(
    server,
    'GET',
    `/pieces/${pieceId}/export?format=json`,
  );
  // An embed is one letter wide.
  return model.body.map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc')).join('');
}
