import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPiece } from '../support/clients.ts';
import { createPerson, addMember, type TestPerson } from '../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { api } from './api.ts';

let server: TestRunningServer;
let reader: TestPerson;
let owner: TestPerson;
let pieceId: string;
let versionId: string;

beforeAll(async () => {
  // A machine that has more to do may take longer to write all of it than people would wait.
  server = await startRunningServer({ IMPORT_TIMEOUT_MS: '120000' });
  [reader, owner] = [await createPerson(server, 'Reader'), await createPerson(server, 'Owner')];
  // What is told of it is long; how it came to be is not told.
  const paragraph = 'Words of a long article. '.repeat(20);
  const content = Array.from({ length: 300 }, (_, i) => `${i} ${paragraph}`).join('\n\n');
  pieceId = await createPiece(server, { title: 'Long', content, format: 'text' });
  await addMember(server, pieceId, reader, 'reader');
  await addMember(server, pieceId, owner, 'owner');
  const named = await api(server, owner)('POST', `/api/pieces/${pieceId}/versions`, { name: 'A' });
  ({ id: versionId } = (await named.json()) as { id: string });
});
afterAll(() => server.stop());

/** The longest text that was written as JSON on this thread, the server's, while `work` ran. */
async function longestWritten(work: () => Promise<unknown>): Promise<number> {
  const write = JSON.stringify;
  let longest = 0;
  const spy = vi.spyOn(JSON, 'stringify').mockImplementation((...args) => {
    const text = write(...args) as string | undefined;
    longest = Math.max(longest, text?.length ?? 0);
    return text as string;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return longest;
}

describe('B1 what is told of a long piece is written out on a thread', () => {
  const cases: readonly [name: string, path: () => string][] = [
    ['a version', () => `/api/versions/${versionId}`],
    ['a moment', () => `/api/pieces/${pieceId}/at/${new Date().toISOString()}`],
    ['a comparison', () => `/api/pieces/${pieceId}/diff?from=${versionId}&to=now`],
    ['an export', () => `/api/pieces/${pieceId}/export?format=json`],
    ['an outline', () => `/api/pieces/${pieceId}/outline`],
  ];
  for (const [name, path] of cases) {
    test(`${name}: the event loop writes none of it`, async () => {
      let bytes = 0;
      let is: unknown = null;
      const longest = await longestWritten(async () => {
        const answer = await api(server, reader)('GET', path());
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
        const text = await answer.text();
        bytes = text.length;
        is = JSON.parse(text);
      });
      expect(is).toBeTypeOf('object');
      expect(longest, `of ${bytes} characters`).toBeLessThan(16_384);
      if (name !== 'an outline') expect(bytes).toBeGreaterThan(100_000);
    });
  }

  test('what a restore would change', async () => {
    let bytes = 0;
    const longest = await longestWritten(async () => {
      const answer = await api(server, owner)('POST', `/api/versions/${versionId}/restore`, {
        preview: true,
      });
      const text = await answer.text();
      bytes = text.length;
      expect(JSON.parse(text)).toMatchObject({ restored: false, version: null });
    });
    expect(longest, `of ${bytes} characters`).toBeLessThan(16_384);
    expect(bytes).toBeGreaterThan(100_000);
  });
});
