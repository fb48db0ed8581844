import { vi } from 'vitest';
import type { TaskName } from '../../../server/workers/tasks.ts';
import type { TestServer } from '../http/support.ts';

/**
 * Does something each time when a thread has planned an edit, before that is merged.
 *
 * @returns how often it did; `restore` ends it
 */
export function meanwhile(server: TestServer, task: TaskName, work: () => Promise<unknown>) {
  const { workers } = server;
  const ask = workers.ask.bind(workers);
  const done = { times: 0 };
  const spy = vi.spyOn(workers, 'ask').mockImplementation(async (person, name, asked, how) => {
    const answer = await ask(person, name, asked, how);
    if (name !== task) return answer;
    done.times++;
    await work();
    return answer;
  });
  return { done, restore: () => spy.mockRestore() };
}
