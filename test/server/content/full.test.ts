import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';

const most = 200_000;

let server: TestServer;
let writer: Person;
beforeAll(async () => {
  server = await startTestServer({ MAX_PIECE_BYTES: String(most) });
  writer = await server.person('Writer');
});
afterAll(() => server.close());

/** So many letters in paragraphs, of words that no other call has. */
let made = 0;
function words(letters: number): string {
  const mark = `w${++made}`;
  const paragraph = `${mark} ${'abcd '.repeat(200)}`.trim();
  const count = Math.ceil(letters / (paragraph.length + 2));
  return Array.from({ length: count }, (_, i) => `${i} ${paragraph}`)
    .join('\n\n')
    .slice(0, letters);
}

const put = (pieceId: string, content: string) =>
  writer.call(
    'PUT',
    `/api/pieces/${pieceId}/content`,
    { content, format: 'markdown' },
    { 'if-match': '*' },
  );
const bodyOf = (pieceId: string) =>
  server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());

describe.each([
  ['a few words', 5_000],
  ['more than is put in at once', 90_000],
])('R4 a piece that is as large as it may be, and %s', (_name, letters) => {
  const fill = most - letters / 2;
  /** Nearly full. */
  const full = async () => server.piece(writer, { content: words(fill) });

  test('are not put in where they come on top, by PUT', async () => {
    const pieceId = await full();
    const before = await bodyOf(pieceId);
    const standing = words(fill - 1_000);
    expect((await put(pieceId, standing)).statusCode).toBe(200);
    expectProblem(await put(pieceId, `${standing}\n\n${words(letters)}`), 409, 'piece_full');
    expect(await bodyOf(pieceId)).not.toBe(before);
    expect((await bodyOf(pieceId)).length).toBeLessThan(fill);
  });

  test('are put in where as many go, by PUT and restore', async () => {
    const pieceId = await full();
    const first = await bodyOf(pieceId);
    const kept = (
      await writer.call('POST', `/api/pieces/${pieceId}/versions`, { name: 'First' })
    ).json<{ id: string }>();
    expect((await put(pieceId, words(letters))).statusCode).toBe(200);
    expect((await put(pieceId, words(fill))).statusCode).toBe(200);
    const restored = await writer.call('POST', `/api/versions/${kept.id}/restore`);
    expect(restored.statusCode).toBe(200);
    expect(await bodyOf(pieceId)).toBe(first);
  });
});

test('R4 in a piece that is as large as it may be, a suggestion and a title that bring more are 409, and stay as they were', async () => {
  const pieceId = await server.piece(writer, {
    content: `Lead.\n\n${words(most - 40)}`,
    title: 'Title',
  });
  const suggest = async (replacement: string) => {
    const answer = await writer.call('POST', `/api/pieces/${pieceId}/threads`, {
      ...{ anchor: { field: 'body', quote: 'Lead' }, suggestion: { replacement } },
    });
    expect(answer.statusCode).toBe(201);
    return answer.json<{ id: string }>().id;
  };
  const accept = (id: string) => writer.call('POST', `/api/threads/${id}/accept`);
  const long = await suggest('x'.repeat(1_000));
  const before = await bodyOf(pieceId);
  expectProblem(await accept(long), 409, 'piece_full');
  expect(await bodyOf(pieceId)).toBe(before);
  expect((await writer.call('GET', `/api/threads/${long}`)).json()).toMatchObject({
    status: 'open',
  });
  expect((await accept(await suggest('Led'))).statusCode).toBe(200);
  const rename = (title: string) => writer.call('PATCH', `/api/pieces/${pieceId}`, { title });
  expectProblem(await rename('t'.repeat(280)), 409, 'piece_full');
  expect((await rename('Tile')).statusCode).toBe(200);
  // Less was in the way, and more has room again.
  expect((await put(pieceId, words(most / 2))).statusCode).toBe(200);
  expect((await rename('t'.repeat(280))).statusCode).toBe(200);
});
