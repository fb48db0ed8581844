import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../http/support.ts';
import { begin, edit, makeDesk, textOf, threadNow, type ThreadDesk } from './desk.ts';

const table = '| Line | Cost |\n|---|---|\n| N1 | five |';
const content = `Before\n\n${table}\n\n<aside>\nfree\n</aside>\n\nBehind`;

let server: TestServer;
let desk: ThreadDesk;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  desk = await makeDesk(server, { content });
});

const exported = async () =>
  (await desk.reader.call('GET', `/api/pieces/${desk.pieceId}/export?format=markdown`)).body;

test('S2 a comment on source stays on its words while others change them', async () => {
  const { id } = await begin(desk, desk.reviewer, { anchor: { quote: 'five' }, body: 'Euros?' });
  await edit(server, desk, (body) =>
    body.insert(body.toJSON().indexOf('| N1'), '| N0 | two |\n', { raw: 'markdown' }),
  );
  expect(await threadNow(desk.reader, id)).toMatchObject({ quote: 'five', orphaned: false });
  expect(await exported()).toContain('| N0 | two |\n| N1 | five |');
});

test.each([
  ['a cell', 'five', 'six', content.replace('five', 'six')],
  [
    'a row more',
    '| N1 | five |',
    '| N1 | five |\n| N2 | six |',
    content.replace('five |', 'five |\n| N2 | six |'),
  ],
  ['words of HTML', 'free', 'paid\nfor', content.replace('free', 'paid\nfor')],
])('S3 a suggestion on source is accepted into it: %s', async (_, quote, replacement, expected) => {
  const suggestion = { replacement };
  const { id } = await begin(desk, desk.reviewer, { anchor: { quote }, suggestion });
  expect(await textOf(server, desk)).toContain(quote);
  const answer = await desk.writer.call('POST', `/api/threads/${id}/accept`);
  expect(answer.statusCode).toBe(200);
  expect(await exported()).toBe(`# ${await titleOf()}\n\n${expected}\n`.replace(/^# \n\n/, ''));
});

async function titleOf(): Promise<string> {
  const answer = await desk.reader.call('GET', `/api/pieces/${desk.pieceId}`);
  return answer.json<{ title: string }>().title;
}

test('a reviewer and a reader change no source, and a writer replaces it from outside', async () => {
  const url = `/api/pieces/${desk.pieceId}/content`;
  const at = await desk.writer.call('GET', `/api/pieces/${desk.pieceId}`);
  const headers = { 'if-match': String(at.headers['etag']) };
  const change = { content: content.replace('five', 'six'), format: 'markdown' };
  for (const person of [desk.reviewer, desk.reader]) {
    expect((await person.call('PUT', url, change, headers)).statusCode).toBe(403);
  }
  expect((await desk.writer.call('PUT', url, change, headers)).statusCode).toBe(200);
  expect(await exported()).toContain('| N1 | six |');
});

test('HTML of a version shows the table, and nothing of the source runs', async () => {
  await edit(server, desk, (body) =>
    body.insert(body.toJSON().indexOf('free'), '<img src=x onerror=alert(1)>\n', { raw: 'html' }),
  );
  const made = await desk.writer.call('POST', `/api/pieces/${desk.pieceId}/versions`, {
    name: 'One',
  });
  const { id } = made.json<{ id: string }>();
  const { body } = await desk.reader.call('GET', `/api/versions/${id}?format=html`);
  expect(body).toMatch(/<table>[^]*<td>N1<\/td>/);
  expect(body).toContain('free');
  expect(body).not.toMatch(/onerror|<aside/);
});
