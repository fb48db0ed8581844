import { setTimeout as passes } from 'node:timers/promises';
import postgres from 'postgres';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { newDocument } from '../../shared/document/index.ts';
import { api, connectListening, refusedOf } from '../engine/people-in-room.ts';
import { connect, connectSaved, createPiece, docHolds } from '../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../support/people.ts';
import { runSeed, seeded } from '../support/random.ts';
import { startRunningServers, type TestRunningServers } from '../support/running-server.ts';
import { until } from '../support/until.ts';

let servers: TestRunningServers;
let [here, there] = [{ url: '' }, { url: '' }];
let [own, ann, bob]: TestPerson[] = [];

beforeAll(async () => {
  servers = await startRunningServers(2);
  [here, there] = servers.urls.map((url) => ({ url })) as [{ url: string }, { url: string }];
  [own, ann, bob] = await Promise.all(
    ['Owner', 'Ann', 'Bob'].map((name) => createPerson(here, name)),
  );
});
afterAll(async () => {
  expect(servers.warnings).toEqual([]);
  await servers.stop();
});

interface Kind {
  /** Makes ready what is to be done; `answer`: does it, and tells the status. */
  prepare(pieceId: string): Promise<{ readonly answer: () => Promise<Response> }>;
  /** Words that it brings, by which its row is told. */
  readonly brings: string;
  /** What it makes of the text that it was made for; null: it was not made for this. */
  becomes(text: string): string | null;
}

const text = 'One two three.\n';
const replacesTwo = (text: string) => (text.includes('two') ? text.replace('two', 'zwei') : null);

function call(method: string, path: string, more: { body?: object; ifMatch?: string } = {}) {
  return fetch(`${here.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${own!.token}`,
      ...(more.ifMatch !== undefined && { 'if-match': more.ifMatch }),
      ...(more.body && { 'content-type': 'application/json' }),
    },
    ...(more.body && { body: JSON.stringify(more.body) }),
  });
}

const kinds: Record<string, Kind> = {
  'a suggestion that is accepted replaces the passage that it was made for': {
    brings: 'zwei',
    becomes: replacesTwo,
    async prepare(pieceId) {
      const { id } = await api<{ id: string }>(here, 'POST', `/pieces/${pieceId}/threads`, {
        body: { anchor: { quote: 'two' }, suggestion: { replacement: 'zwei' } },
      });
      return { answer: () => call('POST', `/threads/${id}/accept`) };
    },
  },
  'content that is put replaces the text that its ETag stands for': {
    brings: 'Something',
    becomes: (before) => (before === text ? 'Something else.\n' : null),
    async prepare(pieceId) {
      const { headers } = await call('GET', `/pieces/${pieceId}`);
      const ifMatch = headers.get('etag')!;
      const body = { content: 'Something else.', format: 'text' };
      return { answer: () => call('PUT', `/pieces/${pieceId}/content`, { body, ifMatch }) };
    },
  },
  'a refused edit that is applied does what the owner was shown': {
    brings: 'zwei',
    becomes: replacesTwo,
    async prepare(pieceId) {
      await addMember(here, pieceId, ann!, 'reader');
      const reader = connectListening(here, pieceId, { token: ann!.token });
      await reader.synced();
      reader.doc.transact(() => {
        reader.body.delete(4, 3);
        reader.body.insert(4, 'zwei');
      });
      await reader.event('refused');
      reader.destroy();
      const [refused] = await refusedOf(here, pieceId);
      const path = `/refused/${refused!.id}/apply`;
      return { answer: () => call('POST', path, { ifMatch: `"${refused!.shown}"` }) };
    },
  },
};

interface Row {
  readonly update: Uint8Array;
}

/**
 * What the text was before the row that brings some words, and after it; null: there is none. Without words:
 * before and after the last row.
 */
async function aroundRow(pieceId: string, words: string | null) {
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
  const rows = await sql<Row[]>`
    select update from journal where piece_id = ${pieceId} order by seq`;
  await sql.end();
  const doc = newDocument();
  const read = () => doc.getText('body').toJSON();
  let before = read();
  for (const { update } of rows) {
    before = read();
    Y.applyUpdate(doc, update);
    if (words !== null && read().includes(words)) return { before, after: read() };
  }
  return words === null ? { before, after: read() } : null;
}

/** The text as the journal has it. */
async function textIn(pieceId: string): Promise<string> {
  return (await aroundRow(pieceId, null))?.after ?? '';
}

/** How many wait to append to a piece, or to hold it. */
async function waiting(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
      and (query like '%journal_heads%' or query like '%for share%')`;
  return row!.count;
}

const rounds = 6;

for (const [name, kind] of Object.entries(kinds)) {
  test(`A1 ${name}, while somebody writes in just that on another server`, async () => {
    const random = seeded(runSeed());
    const statuses: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const pieceId = await createPiece(here, { content: text, format: 'text' });
      await addMember(here, pieceId, own!, 'owner');
      await addMember(here, pieceId, bob!, 'writer');
      const { answer } = await kind.prepare(pieceId);
      const writer = connect(there, pieceId, { token: bob!.token });
      await writer.synced();
      let ended = false;
      const answering = answer().finally(() => (ended = true));
      // In and out of the passage: at every other moment it is what it was. The first time nobody writes.
      while (!ended && round > 0) {
        await passes(random.int(12));
        writer.body.insert(5, 'X');
        await passes(random.int(3));
        const at = writer.body.toJSON().indexOf('X');
        if (at >= 0) writer.body.delete(at, 1);
      }
      const { status } = await answering;
      statuses.push(status);
      const around = await aroundRow(pieceId, kind.brings);
      if (status < 300) {
        expect(around).not.toBeNull();
        const reader = connect(here, pieceId, { token: own!.token });
        await reader.synced();
        await until('both are the same', () => reader.body.toJSON() === writer.body.toJSON());
        reader.destroy();
      }
      if (around !== null) expect(around.after).toBe(kind.becomes(around.before));
      writer.destroy();
    }
    expect(statuses[0]).toBeLessThan(300);
    expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
  });
}

for (const [name, kind] of Object.entries(kinds)) {
  test(`A1 ${name}, though another server commits something in between`, async () => {
    const pieceId = await createPiece(here, { content: text, format: 'text' });
    await addMember(here, pieceId, own!, 'owner');
    await addMember(here, pieceId, bob!, 'writer');
    const writer = connect(there, pieceId, { token: bob!.token });
    await writer.synced();
    // So that what is claimed for them is claimed before.
    writer.body.insert(writer.body.length - 1, '!');
    await until('it is committed', async () => (await textIn(pieceId)).includes('!'));
    const { answer } = await kind.prepare(pieceId);
    const sql = postgres(servers.databaseUrl, { max: 2, onnotice: () => undefined });
    let answering: Promise<Response> | undefined;
    await sql.begin(async (tx) => {
      await tx`select from journal_heads where piece_id = ${pieceId} for update`;
      writer.body.insert(5, 'X');
      await until('their row waits', async () => (await waiting(sql)) === 1);
      answering = answer();
      await until('so does the edit', async () => (await waiting(sql)) === 2);
    });
    const { status } = await answering!;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await textIn(pieceId)).toBe('One tXwo three.!\n');
    await sql.end();
    writer.destroy();
  });
}

/** Puts other content in the place of what there is; gives the status. */
async function put(pieceId: string, content: string): Promise<number> {
  const { headers } = await call('GET', `/pieces/${pieceId}`);
  const body = { content, format: 'text' };
  const ifMatch = headers.get('etag')!;
  return (await call('PUT', `/pieces/${pieceId}/content`, { body, ifMatch })).status;
}

test('R5 B1 content of any size that is put, on one of two servers, is one row with the version before it', async () => {
  const words = (word: string, bytes: number) =>
    `${word} `.repeat(bytes / (word.length + 1)).trim();
  for (const bytes of [4_000, 200_000]) {
    const before = words('before', bytes);
    const pieceId = await createPiece(here, { content: before, format: 'text' });
    await addMember(here, pieceId, own!, 'owner');
    const reader = connectListening(there, pieceId, { token: own!.token });
    await reader.synced();
    const after = words('after', bytes / 4);
    expect(await put(pieceId, after)).toBe(200);
    expect(await reader.event('version')).toMatchObject({ kind: 'wipe', by: own!.id });
    await docHolds(reader.doc, () => reader.body.toJSON() === `${after}\n`);
    expect(await aroundRow(pieceId, null)).toEqual({ before: `${before}\n`, after: `${after}\n` });
    const { items } = await api<{ items: { id: string; kind: string }[] }>(
      there,
      'GET',
      `/pieces/${pieceId}/versions`,
    );
    expect(items).toMatchObject([{ kind: 'wipe' }]);
    await api(there, 'POST', `/versions/${items[0]!.id}/restore`, { body: {} });
    await docHolds(reader.doc, () => reader.body.toJSON() === `${before}\n`);
    reader.destroy();
  }
});

test('R4 an edit for a piece that was locked at another server just before is not made', async () => {
  const pieceId = await createPiece(here, { content: text, format: 'text' });
  await addMember(here, pieceId, own!, 'owner');
  const sql = postgres(servers.databaseUrl, { max: 2, onnotice: () => undefined });
  const putting = await sql.begin(async (tx) => {
    await tx`update pieces set locked_at = now() where id = ${pieceId}`;
    const putting = put(pieceId, 'Something else.');
    await until('it waits for the lock', async () => (await waiting(sql)) === 1);
    return { status: putting };
  });
  await sql.end();
  expect(await putting.status).toBe(423);
  expect(await textIn(pieceId)).toBe(text);
});

test('D4 who waits to hold a piece holds up nobody who writes, in it or in another', async () => {
  const [pieceId, otherId] = [
    await createPiece(here, { content: text, format: 'text' }),
    await createPiece(here, { content: text, format: 'text' }),
  ];
  for (const id of [pieceId, otherId]) {
    await addMember(here, id, own!, 'owner');
    await addMember(here, id, bob!, 'writer');
  }
  const [writer, elsewhere, reader] = [
    connect(there, pieceId, { token: bob!.token }),
    connect(there, otherId, { token: bob!.token }),
    connect(here, otherId, { token: own!.token }),
  ];
  for (const client of [writer, elsewhere, reader]) await client.synced();
  for (const { body } of [writer, elsewhere]) body.insert(0, 'a');
  await until('they write', async () => (await textIn(pieceId)).startsWith('a'));
  const sql = postgres(servers.databaseUrl, { max: 3, onnotice: () => undefined });
  // The one that waits, and for how long, by what it asked last.
  const holders = () => sql<{ pid: number; since: string }[]>`
    select pid, query_start::text as since from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%for share%'`;
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  let has = () => undefined as void;
  const begun = new Promise<void>((resolve) => (has = resolve));
  // As a server leaves it that lost its power in the middle of changing a title.
  const holding = sql.begin(async (tx) => {
    await tx`update pieces set updated_at = updated_at where id = ${pieceId}`;
    has();
    await held;
  });
  await begun;
  const putting = put(pieceId, 'Something else.');
  const [waits] = await until('it waits', async () => {
    const rows = await holders();
    return rows.length > 0 && rows;
  });
  writer.body.insert(0, 'x');
  elsewhere.body.insert(0, 'y');
  await until('another piece', () => reader.body.toJSON().startsWith('ya'));
  await until('the same piece', async () => (await textIn(pieceId)).startsWith('xa'));
  expect([...(await holders())], 'it waits still').toEqual([waits]);
  release();
  await holding;
  // It was made for the text as it was before.
  expect(await putting).toBe(412);
  await sql.end();
  for (const client of [writer, elsewhere, reader]) client.destroy();
});

test('A1 a row of any size that another server commits just before keeps no edit from being made', async () => {
  for (const size of [1_000, 60_000, 400_000]) {
    const pieceId = await createPiece(here, { content: text, format: 'text' });
    await addMember(here, pieceId, own!, 'owner');
    await addMember(here, pieceId, bob!, 'writer');
    const [writer, typist] = [
      connect(there, pieceId, { token: bob!.token }),
      connect(here, pieceId, { token: own!.token }),
    ];
    for (const client of [writer, typist]) await client.synced();
    writer.body.insert(writer.body.length - 1, '!');
    await until('it is committed', async () => (await textIn(pieceId)).includes('!'));
    await until('it is here', () => typist.body.toJSON().includes('!'));
    const { answer } =
      await kinds[
        'a suggestion that is accepted replaces the passage that it was made for'
      ]!.prepare(pieceId);
    const sql = postgres(servers.databaseUrl, { max: 2, onnotice: () => undefined });
    let answering: Promise<Response> | undefined;
    await sql.begin(async (tx) => {
      await tx`select from journal_heads where piece_id = ${pieceId} for update`;
      writer.body.insert(writer.body.length - 1, 'y'.repeat(size));
      await until('their row waits', async () => (await waiting(sql)) === 1);
      answering = answer();
      await until('so does the edit', async () => (await waiting(sql)) === 2);
    });
    expect((await answering!).status, `${size} bytes`).toBe(200);
    typist.body.insert(0, 'T');
    const whole = `TOne zwei three.!${'y'.repeat(size)}\n`;
    await until('both have all of it', () =>
      [writer, typist].every(({ body }) => body.length === whole.length),
    );
    for (const client of [writer, typist]) {
      expect(client.body.toJSON() === whole).toBe(true);
      client.destroy();
    }
    await sql.end();
  }
});

test('B2 a suggestion for which a piece has no room stays open, and is rejected', async () => {
  const small = await startRunningServers(2, { MAX_PIECE_BYTES: '20000' });
  onTestFinished(() => small.stop());
  const [one, two] = small.urls.map((url) => ({ url })) as [{ url: string }, { url: string }];
  const owner = await createPerson(one, 'Owner');
  const pieceId = await createPiece(one, { content: text, format: 'text' });
  await addMember(one, pieceId, owner, 'owner');
  const { id } = await api<{ id: string }>(one, 'POST', `/pieces/${pieceId}/threads`, {
    body: { anchor: { quote: 'two' }, suggestion: { replacement: 'z'.repeat(15_000) } },
  });
  const writer = connectSaved(two, pieceId, { token: owner.token });
  await writer.synced();
  writer.body.insert(0, 'q'.repeat(10_000));
  await writer.allSaved();
  const decide = async (how: 'accept' | 'reject') => {
    const headers = { authorization: `Bearer ${owner.token}` };
    const answer = await fetch(`${one.url}/api/threads/${id}/${how}`, { method: 'POST', headers });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  expect(await decide('accept')).toEqual([409, 'piece_full']);
  expect(await decide('accept')).toEqual([409, 'piece_full']);
  expect(await decide('reject')).toEqual([200, undefined]);
  writer.destroy();
});
