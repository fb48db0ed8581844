import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Person, type TestServer } from '../http/support.ts';

let server: TestServer;
let owner: Person;
let pieceId: string;
beforeAll(async () => {
  server = await startTestServer();
  owner = await server.person('Olga Owner');
});
afterAll(() => server.close());

const content = `Before all.

## One

Night buses are cheap.

### One and a half

They pay for themselves.

## Two

Taxis are not cheap at all.
`;

const begin = async (thread: object) =>
  (await owner.call('POST', `/api/pieces/${pieceId}/threads`, thread)).json<{ id: string }>().id;
const exported = async (query: string) =>
  (await owner.call('GET', `/api/pieces/${pieceId}/export?${query}`)).body;

test('the outline counts open threads, by section with its subsections', async () => {
  pieceId = await server.piece(owner, { content });
  const outline = async () =>
    (await owner.call('GET', `/api/pieces/${pieceId}/outline`)).json<{
      openThreads: number;
      orphanedThreads: number;
      lede: { openThreads: number };
      sections: { openThreads: number; sections: { openThreads: number }[] }[];
    }>();
  const counts = async () => {
    const { openThreads, orphanedThreads, lede, sections } = await outline();
    const inSections = sections.map((one) => [
      one.openThreads,
      ...one.sections.map((inner) => inner.openThreads),
    ]);
    return { openThreads, orphanedThreads, lede: lede.openThreads, sections: inSections };
  };
  expect(await counts()).toEqual({
    openThreads: 0,
    orphanedThreads: 0,
    lede: 0,
    sections: [[0, 0], [0]],
  });
  await begin({ anchor: { quote: 'Before' }, body: 'x' });
  await begin({ anchor: { quote: 'One', suffix: '\nNight' }, body: 'on a heading' });
  await begin({ anchor: { quote: 'buses are' }, suggestion: { replacement: 'buses may be' } });
  const resolved = await begin({ anchor: { quote: 'pay for' }, body: 'x' });
  await begin({ anchor: { quote: 'themselves.' }, body: 'x' });
  await begin({ anchor: { quote: 'themselves.\n' }, body: 'with its line break' });
  const gone = await begin({ anchor: { quote: 'not cheap at all' }, body: 'x' });
  await owner.call('POST', `/api/threads/${resolved}/resolve`);
  expect(await counts()).toEqual({
    openThreads: 6,
    orphanedThreads: 0,
    lede: 1,
    sections: [[4, 2], [1]],
  });
  await server.rooms.edit(pieceId, null, (doc) => {
    const body = doc.getText('body');
    body.delete(body.toJSON().indexOf('not cheap at all'), 16);
  });
  expect(await counts()).toEqual({
    openThreads: 6,
    orphanedThreads: 1,
    lede: 1,
    sections: [[4, 2], [0]],
  });
  expect(gone).toBeDefined();
  const bare = await server.piece(owner, { content: '## Only\n\nWords.\n' });
  pieceId = bare;
  await begin({ anchor: { quote: 'Only' }, body: 'at index 0' });
  expect(await counts()).toEqual({ openThreads: 1, orphanedThreads: 0, lede: 0, sections: [[1]] });
});

test('a working export with notes has the open threads in it, others do not', async () => {
  pieceId = await server.piece(owner, { content });
  const plain = await exported('profile=working');
  expect(await exported('profile=working&notes=true')).toBe(plain);
  const first = await begin({ anchor: { quote: 'Night buses' }, body: 'All of them?' });
  await owner.call('POST', `/api/threads/${first}/comments`, { body: 'Yes.' });
  const comment = await owner.call('POST', `/api/threads/${first}/comments`, { body: 'A secret.' });
  await owner.call('DELETE', `/api/comments/${comment.json<{ id: string }>().id}`);
  const resolved = await begin({ anchor: { quote: 'Taxis' }, body: 'Done.' });
  await owner.call('POST', `/api/threads/${resolved}/resolve`);
  await begin({ anchor: { quote: 'pay for' }, suggestion: { replacement: 'earn' } });
  expect(await exported('profile=working&notes=true')).toBe(
    plain
      .replace(
        'Night buses',
        '{==Night buses==}{>>Olga Owner: All of them?<<}{>>Olga Owner: Yes.<<}',
      )
      .replace('pay for', '{~~pay for~>earn~~}'),
  );
  expect(await exported('profile=working')).toBe(plain);
  expect(await exported('profile=publish&notes=true')).not.toContain('{==');
  const copy = await server.piece(owner, { content: plain });
  const again = await owner.call('GET', `/api/pieces/${copy}/export?profile=working`);
  expect(again.body, 'without notes it is what it was').toBe(plain);
});
