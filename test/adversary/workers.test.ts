import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { api } from './api.ts';
import { heavyDiffs } from './attacks/heavy-diffs.ts';
import { nestedImports } from './attacks/nested-imports.ts';
import { groundOn } from './ground.ts';

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server.stop());

/** What a stranger gets while an attack runs, and whether they got it before the attack was through. */
async function during(
  attack: typeof heavyDiffs,
  asks: (call: ReturnType<typeof api>, id: string) => Promise<Response>[],
) {
  const stranger = await createPerson(server, `Stranger ${attack.name.length}`);
  const call = api(server, stranger);
  const made = await call('POST', '/api/pieces', { content: '# Mine\n\nA few words.' });
  const { id } = (await made.json()) as { id: string };
  const run = await attack.prepare(groundOn({ url: server.url, pid: process.pid }));
  let through = false;
  const stop = new AbortController();
  const attacking = run(stop.signal).then(() => (through = true));
  const answers = await Promise.all(asks(call, id));
  const first = !through;
  stop.abort();
  await attacking;
  return { statuses: answers.map(({ status }) => status), first };
}

describe('B2 who asks for much waits for their own', () => {
  test(`a stranger's answers come before those of the attack: ${heavyDiffs.name}`, async () => {
    const { statuses, first } = await during(heavyDiffs, (call, id) => [
      call('GET', `/api/pieces/${id}/history`),
      call('GET', `/api/pieces/${id}/attribution`),
      call('GET', `/api/pieces/${id}/export`),
    ]);
    expect({ statuses, first }).toEqual({ statuses: [200, 200, 200], first: true });
  });

  test(`a stranger's answers come before those of the attack: ${nestedImports.name}`, async () => {
    const { statuses, first } = await during(nestedImports, (call, id) => [
      call('GET', `/api/pieces/${id}/export`),
      call('POST', '/api/pieces', { content: '# Another' }),
    ]);
    expect({ statuses, first }).toEqual({ statuses: [200, 201], first: true });
  });

  test('what one person has too much of is 429 with Retry-After, and the next one gets in', async () => {
    const [heavy, stranger] = await Promise.all([
      createPerson(server, 'Heavy'),
      createPerson(server, 'Light'),
    ]);
    const own = api(server, heavy);
    // The first ones hold the threads, so that the rest waits, however fast it would be read.
    const contents = Array.from({ length: 90 }, (_, i) => '*a_ '.repeat(i < 4 ? 1_500 : 100));
    const answers = await Promise.all(
      contents.map((content) => own('POST', '/api/pieces', { content })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 201 || status === 429)).toBe(true);
    for (const one of refused) {
      expect(Number(one.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await one.json()).toMatchObject({ code: 'too_many_tasks' });
    }
    const other = await api(server, stranger)('POST', '/api/pieces', { content: 'Mine' });
    expect(other.status).toBe(201);
  });
});
