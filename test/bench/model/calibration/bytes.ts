/** How long what servers say to each other is, written by their own code. */
import { randomUUID } from 'node:crypto';
import { encodeServerMessage } from '../../../../server/collab/replication/messages.ts';
import type { Bytes } from '../costs.ts';
import { keystroke } from '../typical.ts';

/** The sender's id stands before each message on Redis. */
const idLength = 36;

export function measureBytes(): Pick<Bytes, 'message' | 'row' | 'presence' | 'person'> {
  const user = { id: randomUUID(), name: 'Ada Lovelace', color: '#30bced', role: 'writer' };
  const at = { type: null, tname: 'body', item: { client: 2 ** 31, clock: 1_000 }, assoc: -1 };
  const json = JSON.stringify({ user, cursor: { anchor: at, head: at } });
  const row = { seq: 1_000, author: user.id, at: new Date(), update: keystroke() };
  const rows = (count: number) =>
    encodeServerMessage({ kind: 'rows', rows: Array.from({ length: count }, () => row) }).length;
  const state = { clientId: 2 ** 31, clock: 1_000, userId: user.id, json };
  const none = encodeServerMessage({ kind: 'presence', states: [] }).length;
  return {
    message: idLength + rows(0),
    row: rows(1) - rows(0),
    presence: encodeServerMessage({ kind: 'presence', states: [state] }).length - none,
    // A piece of its own for nearly everybody, where servers are many (`cluster/who.ts`).
    person: JSON.stringify([randomUUID(), [{ ...user, role: undefined }]]).length,
  };
}
