import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { emptyQuestions, knowingQuestions } from './attacks/sync-questions.ts';
import { groundOn } from './ground.ts';

let server: TestRunningServer;

beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(async () => {
  await server.stop();
});

/** Counts the structs that this thread writes into updates: what an answer costs beside its bytes. */
function countWritten() {
  type Write = (this: Y.Item, ...args: Parameters<Y.Item['write']>) => void;
  const write: Write = Reflect.get(Y.Item.prototype, 'write');
  const count = { structs: 0 };
  const counted: Write = function (...args) {
    count.structs++;
    write.apply(this, args);
  };
  Y.Item.prototype.write = counted;
  return { count, stop: () => void (Y.Item.prototype.write = write) };
}

test.each([emptyQuestions, knowingQuestions])(
  'B1 B2 $name: the event loop writes nothing for it that is not there already',
  async (attack) => {
    const run = await attack.prepare(groundOn({ ...server, pid: process.pid }));
    const { count, stop } = countWritten();
    const through = new AbortController();
    setTimeout(() => through.abort(), 1_500);
    await run(through.signal);
    stop();
    expect(count.structs).toBeLessThan(1_000);
  },
);
