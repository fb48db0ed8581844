/** How long what servers say to each other is, written by their own code. */
import { randomUUID } from 'node:crypto';
import { encodeServerMessage } from '../../../../server/collab/replication/messages.ts';
import type { Bytes } from '../costs.ts';
import { keystroke } from '../typical.ts';

/** On Redis the sender's id stands before each message, and around it what Redis says of it. */
const idLength = 36;
const channel = `counterpoint:0123456789abcdef:piece:${randomUUID()}`;
const around = `*3\r\n$7\r\nmessage\r\n$72\r\n${channel}\r\n$400\r\n\r\n`.length;

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
    message: around + idLength + rows(0),
    row: rows(1) - rows(0),
    presence: encodeServerMessage({ kind: 'presence', states: [state] }).length - none,
    // A piece of its own for nearly everybody, where servers are many (`cluster/who.ts`).
    person: JSON.stringify([randomUUID(), [{ ...user, role: undefined }]]).length,
  };
}
