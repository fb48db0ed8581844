/**
 * One person of a recorded session, in a process of their own: a stock client that makes each of
 * its edits as soon as it has what the edit builds on. Prints `saved` when all of its edits are
 * reported saved, then `same` when it has come to hold the session's end.
 */
import { readFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import * as Y from 'yjs';
import { connectSaved, docHolds } from '../support/clients.ts';
import { until } from '../support/until.ts';
import type { ReplayScript } from './replay.ts';

/** Edits between two looks at the socket: somebody who types also reads. */
const atOnce = 16;

const [url, piece, file] = process.argv.slice(2);
if (url === undefined || piece === undefined || file === undefined) {
  throw new Error('Usage: replay-agent.ts <server> <piece> <script>');
}
const { steps, endContent } = JSON.parse(await readFile(file, 'utf8')) as ReplayScript;
const client = connectSaved({ url }, piece);
const { doc } = client;
await client.synced();

for (const [i, { update, needs }] of steps.entries()) {
  const ready = () => needs.every(([id, clock]) => Y.getState(doc.store, id) >= clock);
  if (!ready()) await docHolds(doc, ready);
  Y.applyUpdate(doc, Buffer.from(update, 'base64'), 'keyboard');
  if (i % atOnce === 0) await turn();
}
await client.allSaved();
console.log('saved');
await until('this copy is the end of the session', () => client.body.toJSON() === endContent);
console.log('same');
client.destroy();
