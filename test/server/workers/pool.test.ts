import { afterEach, expect, test } from 'vitest';
import { createWorkers, type Workers } from '../../../server/workers/pool.ts';

const open: Workers[] = [];
afterEach(() => Promise.all(open.splice(0).map((workers) => workers.close())));

/** One thread, and one place in each person's line. */
function oneThread() {
  const workers = createWorkers({ url: null, maxWaitingTasks: 1, importTimeoutMs: 30_000 });
  open.push(workers);
  return workers;
}

const text = { content: 'Words.', format: 'text' } as const;

test('B2 whoever goes away takes what waits for a thread along, and leaves the place free', async () => {
  const workers = oneThread();
  const client = new AbortController();
  // The thread has not started yet: all of it waits.
  const left = workers.ask('a', 'read', text, client);
  const over = workers.ask('a', 'read', text);
  await expect(over).rejects.toMatchObject({ code: 'too_many_tasks' });
  client.abort();
  await expect(left).rejects.toMatchObject({ code: 'timeout' });
  await expect(workers.ask('a', 'read', text)).resolves.toMatchObject({ warnings: [] });
});

test('B2 what is asked for somebody who is gone already does not even wait', async () => {
  const workers = oneThread();
  await expect(
    workers.ask('a', 'read', text, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({
    code: 'timeout',
  });
});

test('what has begun is answered, whoever is gone by then', async () => {
  const workers = oneThread();
  const client = new AbortController();
  await workers.ask('a', 'read', text);
  const begun = workers.ask('a', 'read', text, client);
  client.abort();
  await expect(begun).resolves.toMatchObject({ warnings: [] });
});

test('B2 the answer to what has been stored comes, however much waits: it must not be stored twice', async () => {
  const workers = oneThread();
  const first = workers.ask('a', 'read', text);
  await expect(workers.ask('a', 'read', text)).rejects.toMatchObject({ code: 'too_many_tasks' });
  const due = workers.ask('a', 'read', text, { stored: true });
  await expect(first).resolves.toMatchObject({ warnings: [] });
  await expect(due).resolves.toMatchObject({ warnings: [] });
});
