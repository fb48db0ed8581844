import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { Comparison } from '../../../shared/document/compare/index.ts';
import type { DocumentModel } from '../../../shared/document/index.ts';
import {
  api,
  applyRefused,
  connectListening,
  refusedOf,
  type ListeningClient,
} from '../../engine/people-in-room.ts';
import { createPiece, docHolds } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';

let server: TestRunningServer;
let [writer, reviewer, owner]: TestPerson[] = [];
let pieceId: string;

const content = '---\ntitle: T\ndate: 2024-01-05\ntags: [a, b]\n---\n\nText.\n';

beforeAll(async () => {
  server = await startRunningServer();
  [writer, reviewer, owner] = await Promise.all(
    ['Writer', 'Reviewer', 'Owner'].map((name) => createPerson(server, name)),
  );
});
afterAll(() => server.stop());
beforeEach(async () => {
  pieceId = await createPiece(server, { content });
  await addMember(server, pieceId, writer!, 'writer');
  await addMember(server, pieceId, reviewer!, 'reviewer');
  await addMember(server, pieceId, owner!, 'owner');
});

async function joined({ token }: TestPerson): Promise<ListeningClient> {
  const client = connectListening(server, pieceId, { token });
  onTestFinished(() => client.destroy());
  await client.synced();
  return client;
}

const metaOf = (doc: Y.Doc) => doc.getMap<unknown>('meta');
const exported = () => api<DocumentModel>(server, 'GET', `/pieces/${pieceId}/export?format=json`);
const meta = async () => (await exported()).meta;
async function put(text: string): Promise<void> {
  const answer = await fetch(`${server.url}/api/pieces/${pieceId}/content`, {
    method: 'PUT',
    headers: {
      ...{ authorization: `Bearer ${owner!.token}`, 'if-match': '*' },
      'content-type': 'application/json',
    },
    body: JSON.stringify({ content: text }),
  });
  expect(answer.status).toBe(200);
}
async function read(path: string): Promise<string> {
  const headers = { authorization: `Bearer ${owner!.token}` };
  return (await fetch(`${server.url}/api${path}`, { headers })).text();
}
const named = (name: string) =>
  api<{ id: string }>(server, 'POST', `/pieces/${pieceId}/versions`, { body: { name } });

test('P1 front matter comes in as data; a writer’s stock client changes it, and it is saved', async () => {
  expect(await exported()).toMatchObject({
    body: [{ insert: 'Text.\n' }],
    meta: { date: '2024-01-05', tags: ['a', 'b'] },
  });
  const client = await joined(writer!);
  expect(metaOf(client.doc).toJSON()).toEqual({ date: '2024-01-05', tags: ['a', 'b'] });
  metaOf(client.doc).set('byline', 'Ann Author');
  await client.allSaved();
  expect(await meta()).toMatchObject({ byline: 'Ann Author' });
  const stored = await api<DocumentModel>(
    server,
    'GET',
    `/pieces/${pieceId}/at/${new Date(Date.now() + 1000).toISOString()}`,
  );
  // Read from the journal alone.
  expect(stored.meta).toMatchObject({ byline: 'Ann Author', date: '2024-01-05' });
});

test('R4 a reviewer’s change of it is refused, shown to an owner in full, and can be applied', async () => {
  const client = await joined(reviewer!);
  metaOf(client.doc).set('byline', 'Somebody');
  const { id } = await client.event('refused');
  expect(await meta()).toEqual({ date: '2024-01-05', tags: ['a', 'b'] });
  const [refused] = await refusedOf(server, pieceId, owner!.token);
  expect(refused?.changes?.meta).toEqual([
    { name: 'byline', change: 'added', before: null, after: 'Somebody' },
  ]);
  await applyRefused(server, id as string, null, owner!.token);
  expect(await meta()).toMatchObject({ byline: 'Somebody' });
});

test('what a client puts there that is no plain value breaks no reader, and stays', async () => {
  const client = await joined(writer!);
  const map = metaOf(client.doc);
  client.doc.transact(() => {
    map.set('type', new Y.Map([['a', 1]]));
    map.set('big', 12n);
    map.set('bytes', new Uint8Array([1]));
    map.set('none', undefined);
    map.set('nan', [Number.NaN]);
    map.set('title', 'Not the title');
    map.set('long', 'x'.repeat(200_000));
    map.set('byline', ['Ann', { role: null }]);
  });
  await client.allSaved();
  const fields = { byline: ['Ann', { role: null }], date: '2024-01-05', tags: ['a', 'b'] };
  expect(await meta()).toEqual({ ...fields, long: 'x'.repeat(200_000) });
  for (const query of ['format=markdown&profile=working', 'frontMatter=true']) {
    const text = await read(`/pieces/${pieceId}/export?${query}`);
    expect(text).toContain('byline:\n  - Ann\n');
    expect(text).not.toContain('Not the title');
  }
  await put('---\ntitle: T\ndate: 2024-01-06\n---\n\nText.\n');
  expect(await meta()).toEqual({ date: '2024-01-06' });
  await docHolds(client.doc, () => metaOf(client.doc).get('date') === '2024-01-06');
  expect([...map.keys()].sort()).toEqual(
    ['big', 'bytes', 'date', 'nan', 'none', 'title', 'type'].sort(),
  );
});

test('S3 content from outside changes only the fields that are others, and none where it has none', async () => {
  const client = await joined(writer!);
  const changed: string[] = [];
  metaOf(client.doc).observe(({ keysChanged }) => changed.push(...(keysChanged as Set<string>)));
  await put(content.replace('2024-01-05', '2024-02-01'));
  await docHolds(client.doc, () => metaOf(client.doc).get('date') === '2024-02-01');
  expect(changed).toEqual(['date']);
  await put('# T\n\nOther text.\n');
  expect(await meta()).toEqual({ date: '2024-02-01', tags: ['a', 'b'] });
});

test('S3 history, diff and restore hold it', async () => {
  const before = await named('before');
  const client = await joined(writer!);
  metaOf(client.doc).set('slug', 'night');
  metaOf(client.doc).set('date', '2025-01-01');
  metaOf(client.doc).delete('tags');
  await client.allSaved();
  const diff = await api<Comparison>(
    server,
    'GET',
    `/pieces/${pieceId}/diff?from=${before.id}&to=now`,
  );
  expect(diff.same).toBe(false);
  expect(diff.meta).toEqual([
    { name: 'date', change: 'changed', before: '2024-01-05', after: '2025-01-01' },
    { name: 'slug', change: 'added', before: null, after: 'night' },
    { name: 'tags', change: 'removed', before: ['a', 'b'], after: null },
  ]);
  const html = await read(`/pieces/${pieceId}/diff?from=${before.id}&to=now&format=html`);
  expect(html).toContain('<dt>slug</dt><dd class="added"><ins>night</ins></dd>');
  const was = await api<DocumentModel>(server, 'GET', `/versions/${before.id}`);
  expect(was.meta).toEqual({ date: '2024-01-05', tags: ['a', 'b'] });
  const { changes } = await api<{ changes: Comparison }>(
    server,
    'POST',
    `/versions/${before.id}/restore`,
    { body: {} },
  );
  expect(changes.meta.map(({ name, change }) => `${name} ${change}`)).toEqual([
    ...['date changed', 'slug removed', 'tags added'],
  ]);
  expect(await meta()).toEqual(was.meta);
  const versions = await api<{ items: { kind: string; changes: { meta?: number } | null }[] }>(
    server,
    'GET',
    `/pieces/${pieceId}/versions`,
  );
  expect(versions.items.find(({ kind }) => kind === 'restore')?.changes?.meta).toBe(3);
});
