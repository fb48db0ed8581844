/**
 * The thread that turns text into documents and back, so that neither nasty nor long text can hold
 * up the server (import-pool.ts). Says `ready` once, then answers each task with one result. An
 * error ends it.
 */
import { parentPort } from 'node:worker_threads';
import type { DocumentModel } from '../../shared/document/index.ts';
import { exportMarkdown, type ExportOptions } from '../../shared/markdown/index.ts';
import { readContent, type Beginning, type ReadContent } from './read-content.ts';

export type Task =
  | { readonly type: 'read'; readonly beginning: Beginning }
  | { readonly type: 'write'; readonly model: DocumentModel; readonly options: ExportOptions };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'read'; readonly content: ReadContent }
  | { readonly type: 'written'; readonly markdown: string };

const port = parentPort;
if (port === null) throw new Error('import-worker runs as a worker thread only');

port.on('message', (task: Task) => port.postMessage(perform(task)));
port.postMessage({ type: 'ready' } satisfies FromWorker);

function perform(task: Task): FromWorker {
  switch (task.type) {
    case 'read':
      return { type: 'read', content: readContent(task.beginning) };
    case 'write':
      return { type: 'written', markdown: exportMarkdown(task.model, task.options) };
  }
}
