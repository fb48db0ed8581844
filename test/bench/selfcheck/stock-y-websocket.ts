/** Real y-websocket clients for the self-check: types, counts the frames, tells the bench, ends. */
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { Tally } from '../load/tally.ts';
import type { StockJob } from './check.ts';

const job = JSON.parse(process.argv[2] ?? '') as StockJob;
const tally = new Tally();

class CountingSocket extends WebSocket {
  constructor(address: string) {
    super(address);
    this.on('message', (data: ArrayBuffer) => tally.received(new Uint8Array(data), 0));
  }

  override send(data: Uint8Array): void {
    tally.sent(data, 0);
    super.send(data);
  }
}

const clients = Array.from({ length: job.people }, (_, i) => {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(job.target.url, job.room, doc, {
    connect: false,
    params: { ...job.target.params },
    // Two clients of one process would otherwise talk past the server.
    disableBc: true,
    WebSocketPolyfill: CountingSocket as unknown as typeof globalThis.WebSocket,
  });
  provider.awareness.setLocalStateField('user', { name: `Person ${i + 1}`, color: '#30bced' });
  return { text: doc.getText('body'), provider };
});

await Promise.all(
  clients.map(({ provider }) => {
    const synced = new Promise((resolve) => provider.once('sync', resolve));
    provider.connect();
    return synced;
  }),
);
const typists = clients.slice(0, job.typists);
typists[0]?.text.insert(0, 'x'.repeat(100));
for (let key = 0; key < job.keys; key++) {
  for (const { text, provider } of typists) {
    await new Promise((resolve) => setTimeout(resolve, job.keyMs / job.typists));
    text.insert(text.length, 'x');
    const position = Y.createRelativePositionFromTypeIndex(text, text.length);
    provider.awareness.setLocalStateField('cursor', { anchor: position, head: position });
  }
}
await new Promise((resolve) => setTimeout(resolve, 300));
process.send?.(tally.counted(), () => process.exit(0));
