/**
 * A process of people who write in a piece: stock clients, each typing in a place of their own with
 * the caret shown. Its argument is the job as JSON; says `ready` when all are in, ends on disconnect.
 */
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Target } from '../load/wire.ts';

export interface CompanyJob {
  readonly target: Target;
  readonly pieceId: string;
  /** One a person. */
  readonly tokens: readonly string[];
  /** Keys of each person a second. */
  readonly pace: number;
}

const job = JSON.parse(process.argv[2] ?? '') as CompanyJob;
process.setMaxListeners(0);

await Promise.all(job.tokens.map((token, number) => join(token, number)));
process.send?.('ready');
process.once('disconnect', () => process.exit(0));

async function join(token: string, number: number): Promise<void> {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(job.target.url, job.pieceId, doc, {
    params: { token },
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  });
  await new Promise<void>((resolve) => provider.once('sync', () => resolve()));
  const body = doc.getText('body');
  const share = (number + 1) / (job.tokens.length + 1);
  const place = startOfLine(body.toJSON(), Math.floor(body.length * share));
  let caret = Y.createRelativePositionFromTypeIndex(body, place);
  const press = () => {
    const at = Y.createAbsolutePositionFromRelativePosition(caret, doc)?.index ?? 0;
    body.insert(at, 'the bus is late '.charAt(at % 16));
    caret = Y.createRelativePositionFromTypeIndex(body, at + 1);
    provider.awareness.setLocalStateField('cursor', { anchor: caret, head: caret });
  };
  // Not all in one moment: people are no metronomes.
  setTimeout(() => setInterval(press, 1_000 / job.pace), (number * 1_000) / job.pace / 10);
}

function startOfLine(text: string, index: number): number {
  return text.lastIndexOf('\n', index) + 1;
}
