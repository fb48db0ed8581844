import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkers } from '../../../server/workers/pool.ts';
import { expectProblem, startTestServer, type TestServer } from './support.ts';

/** Takes a CommonMark parser far longer than any limit: emphasis that is not closed is quadratic. */
const nasty = '*a_ '.repeat(100_000);

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ IMPORT_TIMEOUT_MS: '1500', MAX_IMPORT_BYTES: '6000000' });
});
afterAll(() => server.close());

describe('reading content in', () => {
  test('nasty Markdown is 422, and the server answers others meanwhile', async () => {
    const slow = server.admin.call('POST', '/api/pieces', { content: nasty });
    let others = 0;
    let longest = 0;
    let done = false;
    void slow.then(() => (done = true));
    while (!done) {
      const began = performance.now();
      expect((await server.admin.call('GET', '/api/me')).statusCode).toBe(200);
      longest = Math.max(longest, performance.now() - began);
      others += 1;
      // Often enough is enough: it would only take the processor from the text.
      await sleep(others > 20 ? 20 : 0);
    }
    expectProblem(await slow, 422, 'import_too_complex');
    expect(others).toBeGreaterThan(20);
    expect(longest).toBeLessThan(1_000);
  });

  test('a thread that was stopped is replaced', async () => {
    const piece = await server.admin.call('POST', '/api/pieces', { content: '# After' });
    expect(piece.json()).toMatchObject({ title: 'After' });
  });

  test.each(['text', 'markdown'])(
    '5 MB of %s, where the operator allows it, is read or refused in time',
    async (format) => {
      const line = 'Some *words* in a line that is long enough to be a paragraph of its own.\n\n';
      const content = line.repeat(70_000);
      const began = performance.now();
      const answer = await server.admin.call('POST', '/api/pieces', { content, format });
      if (answer.statusCode !== 201) expectProblem(answer, 422, 'import_too_complex');
      expect(performance.now() - began).toBeLessThan(10_000);
      expect((await server.admin.call('GET', '/api/me')).statusCode).toBe(200);
    },
  );

  test('long pieces are written out beside the event loop', async () => {
    // As text, which is quick to read in; every star of it has to be escaped on its way out.
    const content = 'Some *words* in a [line](https://a.example) of text.\n'.repeat(20_000);
    const id = await server.piece(server.admin, { content, format: 'text' });
    let longest = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const answer = await server.admin.call('GET', `/api/pieces/${id}/export`);
    clearInterval(beat);
    if (answer.statusCode !== 200) expectProblem(answer, 422, 'export_too_complex');
    expect(longest).toBeLessThan(700);
  });

  test('two texts at a time, the others wait, and none is lost or mixed up', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        server.admin.call('POST', '/api/pieces', { content: `# Piece ${i}` }),
      ),
    );
    expect(answers.map((answer) => answer.json<{ title: string }>().title)).toEqual(
      Array.from({ length: 12 }, (_, i) => `Piece ${i}`),
    );
  });

  test('threads that are closed refuse, and lets nobody wait', async () => {
    const workers = createWorkers({ url: null, maxWaitingTasks: 10, importTimeoutMs: 60_000 });
    const waiting = workers.ask('a', 'read', { content: nasty, format: 'markdown' });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'restarting' });
    await workers.close();
    await refused;
    const late = workers.ask('a', 'read', { content: 'a', format: 'markdown' });
    await expect(late).rejects.toMatchObject({ code: 'restarting' });
  });
});
