// Real Hocuspocus clients for the bench's self-check: types, counts the frames, tells the bench,
// ends. Plain JavaScript in this folder, because the packages exist here only once installed.
import { Buffer } from 'node:buffer';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import * as Y from 'yjs';

const job = JSON.parse(process.argv[2]);
const counts = new Map();
const prefixLength = Buffer.byteLength(job.room) + 1;

function count(direction, data) {
  const key = `${direction} ${new Uint8Array(data)[prefixLength]}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

class CountingSocket extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols);
    this.on('message', (data) => count('received', data));
  }

  send(data) {
    count('sent', data);
    super.send(data);
  }
}

const clients = Array.from({ length: job.people }, (_, i) => {
  const document = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: job.target.url,
    WebSocketPolyfill: CountingSocket,
    autoConnect: false,
  });
  const provider = new HocuspocusProvider({ name: job.room, document, websocketProvider });
  provider.awareness.setLocalStateField('user', { name: `Person ${i + 1}`, color: '#30bced' });
  return { text: document.getText('body'), provider, websocketProvider };
});

await Promise.all(
  clients.map(({ provider, websocketProvider }) => {
    const synced = new Promise((resolve) => provider.on('synced', resolve));
    provider.attach();
    void websocketProvider.connect();
    return synced;
  }),
);
const typists = clients.slice(0, job.typists);
typists[0]?.text.insert(0, 'x'.repeat(100));
for (let key = 0; key < job.keys; key++) {
  for (const { text, provider } of typists) {
    await pause(job.keyMs / job.typists);
    text.insert(text.length, 'x');
    const position = Y.createRelativePositionFromTypeIndex(text, text.length);
    provider.awareness.setLocalStateField('cursor', { anchor: position, head: position });
  }
}
await pause(300);
process.send(Object.fromEntries(counts), () => process.exit(0));
