import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Version } from '../../../shared/api/versions.ts';
import { HistoryKeeper } from '../../../server/history/keeper.ts';
import { Jobs } from '../../../server/jobs/jobs.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { createWorkers } from '../../../server/workers/pool.ts';
import { silentLog } from '../../support/silent-log.ts';
import { startTestServer, type Person, type TestServer } from '../http/support.ts';

const packingOn = (url: string) =>
  createWorkers({ url, name: 'test', maxWaitingTasks: 1, importTimeoutMs: 1_000 });

let server: TestServer;
let writer: Person;
let keeper: HistoryKeeper;
let sweep: () => Promise<void>;
let pieceId: string;
beforeAll(async () => {
  server = await startTestServer();
  writer = await server.person('Writer');
  const jobs = new Jobs({ sql: server.sql, log: silentLog });
  sweep = () => keeper.noteJobs().then(() => jobs.runDue());
  keeper = new HistoryKeeper({
    ...{ sql: server.sql, documents: server.rooms, jobs, log: silentLog },
    ...{ packing: packingOn(server.databaseUrl), quietMs: 0, noteMs: 3_600_000 },
  });
});
afterAll(async () => {
  await keeper.stop();
  await server.close();
});
beforeEach(async () => {
  pieceId = await server.piece(writer, { content: 'Some words.' });
});

const write = (text: string) =>
  server.rooms.edit(pieceId, writer.id, (doc) => doc.getText('body').insert(0, text));
const kinds = async () => {
  const answer = await writer.call('GET', `/api/pieces/${pieceId}/versions`);
  return answer.json<{ items: Version[] }>().items.map(({ kind }) => kind);
};
const rows = async () => {
  const [row] = await server.sql<{ all: number; packs: number }[]>`
    select count(*) as all, count(moments) as packs from journal where piece_id = ${pieceId}`;
  return row!;
};

test('when people have stopped after much work, a version is kept; after little, none', async () => {
  await write('A word. ');
  await sweep();
  expect(await kinds()).toEqual([]);
  await write('Many more words. '.repeat(400));
  await sweep();
  await sweep();
  expect(await kinds()).toEqual(['quiet']);
  await write('A word. ');
  await sweep();
  expect(await kinds()).toEqual(['quiet']);
});

test('much work in many short sittings is much work, though each has been packed', async () => {
  for (let sitting = 0; sitting < 4; sitting++) {
    expect(await kinds()).toEqual([]);
    await write('Many more words. '.repeat(100));
    await sweep();
  }
  expect(await kinds()).toEqual(['quiet']);
});

test('what a server that was stopped has left unpacked is packed by the next one', async () => {
  for (let i = 0; i < 20; i++) await write(`${i} `);
  const { sql, rooms: documents, databaseUrl } = server;
  const packing = packingOn(databaseUrl);
  // It has seen nobody write.
  const jobs = new Jobs({ sql, log: silentLog });
  const next = new HistoryKeeper({
    ...{ sql, documents, jobs, log: silentLog, packing, quietMs: 0, noteMs: 3_600_000 },
  });
  await next.noteJobs();
  await jobs.runDue();
  await next.stop();
  expect(await rows()).toEqual({ all: 1, packs: 1 });
});

test('all that was left is found, a page of pieces at a time, also where no page can be looked at for a while', async () => {
  const others: string[] = [];
  for (let i = 0; i < 7; i++) others.push(await server.piece(writer, { content: `${i}` }));
  for (const id of others) {
    await server.rooms.edit(id, writer.id, (doc) => doc.getText('body').insert(0, 'Left. '));
  }
  await write('Left. ');
  const added: string[] = [];
  const jobs = {
    handle: () => undefined,
    add: async (_kind: unknown, some: readonly { readonly key: string }[]) => {
      added.push(...some.map(({ key }) => key));
    },
  };
  const { sql, rooms: documents, databaseUrl } = server;
  const packing = packingOn(databaseUrl);
  let heed: (id: string) => void = () => undefined;
  const next = new HistoryKeeper({
    ...{
      sql,
      jobs,
      log: silentLog,
      packing,
      quietMs: 60_000,
      noteMs: 3_600_000,
      lookBackPieces: 2,
    },
    documents: {
      saved: (id) => documents.saved(id),
      announce: () => undefined,
      onEdited: (listener) => (heed = listener),
    },
  });
  await sql`alter table journal rename to journal_away`;
  heed(pieceId);
  await next.noteJobs();
  await sql`alter table journal_away rename to journal`;
  expect(added, 'what is edited is noted all the same').toEqual([pieceId]);
  added.length = 0;
  const [pieces] = await sql<{ count: number }[]>`select count(*)::int as count from journal_heads`;
  for (let page = 0; page <= pieces!.count / 2; page++) await next.noteJobs();
  expect(added).toEqual(expect.arrayContaining([...others, pieceId]));
  added.length = 0;
  await next.noteJobs();
  expect(added).toEqual([]);
  await next.stop();
});

test('automatic versions are thinned as they grow old, named ones never', async () => {
  for (const kind of ['status', 'named', 'quiet', 'quiet'] as const) {
    await server.sql`
      insert into versions (id, piece_id, seq, kind, name, created_at)
      values (gen_random_uuid(), ${pieceId}, 1, ${kind}, ${kind === 'named' ? 'Mine' : null},
        '2020-01-02T10:00:00Z')`;
  }
  await write('A word. ');
  await sweep();
  const left = await kinds();
  expect(left).toHaveLength(2);
  expect(left).toContain('named');
});

test('D1 a quiet piece is packed, and read as before by who opens it, asks for a moment, and catches up', async () => {
  for (let i = 0; i < 120; i++) await write(`${i} `);
  const text = await server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());
  expect(await rows()).toEqual({ all: 121, packs: 0 });
  await sweep();
  expect(await rows()).toEqual({ all: 1, packs: 1 });
  await write('Later. ');
  const now = new Date().toISOString();
  const at = await writer.call('GET', `/api/pieces/${pieceId}/at/${now}?format=html`);
  expect(at.body).toContain('Later. 119 118');
  const history = await writer.call('GET', `/api/pieces/${pieceId}/history`);
  expect(history.json()).toMatchObject({ items: [{ added: 123, removed: 0 }] });
  const store = createPieceStore(server.sql);
  const after = await store.rowsAfter(pieceId, 100);
  expect(after.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, i) => 101 + i));
  expect(after.every(({ author }) => author === writer.id)).toBe(true);
  const stored = await store.load(pieceId);
  expect(stored?.tail.length).toBeLessThanOrEqual(2);
  expect(text.startsWith('119 118')).toBe(true);
});
