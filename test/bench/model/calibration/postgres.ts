/** What the statements of a server cost a real Postgres: the server's own code runs them, at full speed. */
import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import type { ServerBus } from '../../../../server/bus/open.ts';
import { ServersTable } from '../../../../server/cluster/servers-table.ts';
import { createServers, type ServersDeps } from '../../../../server/cluster/servers.ts';
import type { JournalEntry, JournalStore } from '../../../../server/collab/ports.ts';
import { connect, type Sql } from '../../../../server/db/connect.ts';
import { openDatabase } from '../../../../server/db/open.ts';
import { packPiece } from '../../../../server/history/packer.ts';
import { blockRows } from '../../../../server/history/stretches.ts';
import { saveSummary } from '../../../../server/pieces/summary.ts';
import { createClientIdOwners } from '../../../../server/store/client-id-owners.ts';
import { createJournalStore } from '../../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../../server/store/piece-store.ts';
import { makePiece } from '../../../support/pieces.ts';
import { startOwnPostgres } from '../../../support/postgres.ts';
import type { Random } from '../../../support/random.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { median } from '../../stats.ts';
import { mainThreadSeconds, parentOf, treeSeconds } from '../../load/proc.ts';
import type { Bytes, PostgresCosts, ServerCosts } from '../costs.ts';
import { keystroke, typedPiece } from '../typical.ts';
import { fitCosts } from './fit.ts';

export interface PostgresCalibration {
  readonly postgres: PostgresCosts;
  readonly bytes: Omit<Bytes, 'message' | 'row' | 'presence' | 'person'>;
  /** What this process used itself for what a server does. */
  readonly server: Pick<ServerCosts, 'snapshot' | 'pack'>;
}

const pieceCount = 1_000;
/** Rows, and pieces that they are of, of the commits that are measured. */
const shapes = [
  [1, 1],
  [8, 8],
  [32, 32],
  [32, 8],
  [128, 128],
  [256, 128],
] as const;
const serverCounts = [2, 16, 64] as const;
const headCounts = [10, 100, 1_000] as const;
const packs = 5;
const flushes = 300;
/** How long each is measured, in ms. */
const stretchMs = 2_000;

interface Measured {
  /** Of each run: processor time of Postgres and of this process in µs, … */
  readonly cpu: number;
  readonly own: number;
  /** … and bytes of the write-ahead log. */
  readonly wal: number;
}

export async function calibratePostgres(random: Random): Promise<PostgresCalibration> {
  const postgres = await startOwnPostgres();
  const db = await openDatabase({ databaseUrl: postgres.url, dataDir: '', log: silentLog });
  try {
    return await measureAll(db.sql, postgres.url, random);
  } finally {
    await db.close();
    await postgres.remove();
  }
}

async function measureAll(sql: Sql, url: string, random: Random): Promise<PostgresCalibration> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const root = parentOf(backend?.pid ?? 0);
  const measure = async (run: () => Promise<unknown>, most = Infinity): Promise<Measured> => {
    for (let i = 0; i < 20 && most === Infinity; i++) await run();
    const before = [
      treeSeconds(root),
      await walPosition(sql),
      mainThreadSeconds(process.pid),
    ] as const;
    const end = performance.now() + stretchMs;
    let runs = 0;
    for (; performance.now() < end && runs < most; runs++) await run();
    const after = [
      treeSeconds(root),
      await walPosition(sql),
      mainThreadSeconds(process.pid),
    ] as const;
    return {
      cpu: ((after[0] - before[0]) * 1e6) / runs,
      own: ((after[2] - before[2]) * 1e6) / runs,
      wal: (after[1] - before[1]) / runs,
    };
  };

  const pieces: string[] = [];
  while (pieces.length < pieceCount) pieces.push(await makePiece(sql, 'The case is not closed.'));
  const [{ id: author } = { id: '' }] = await sql<{ id: string }[]>`
    insert into users (id, email, name) values (${randomUUID()}, 'a@example.org', 'Ada')
    returning id`;
  const serverId = randomUUID();
  const bus = { serverId, live: true, redisLive: true } as unknown as ServerBus;
  const table = new ServersTable(
    () => connect(url, { log: silentLog, name: 'servers', max: 1, maxTransactions: 1 }),
    bus,
  );
  await table.enter();
  const journal = createJournalStore(url, { log: silentLog, standsAs: () => serverId });
  try {
    await journal.warmUp();
    const update = keystroke();
    const commits: { rows: number; pieces: number; measured: Measured }[] = [];
    for (const [rows, of] of shapes) {
      const measured = await measure(() =>
        journal.append(entriesOf(pieces, rows, of, author, update, random)),
      );
      commits.push({ rows, pieces: of, measured });
    }
    const commitFit = (what: (measured: Measured) => number) =>
      fitCosts(
        ['commit', 'row', 'piece'],
        commits.map(({ rows, pieces, measured }) => ({
          counts: { commit: 1, row: rows, piece: pieces },
          total: what(measured),
        })),
      );
    const [cpu, wal] = [commitFit((one) => one.cpu), commitFit((one) => one.wal)];

    const looks: { servers: number; measured: Measured }[] = [];
    const known: string[] = [];
    for (const count of serverCounts) {
      while (known.length < count - 1) known.push(randomUUID());
      const list = `{${[...known, serverId].join()}}`;
      for (const id of known) {
        await sql`
          insert into servers (id, host, pid, hears, knows)
          values (${id}, 'elsewhere', 1, true, ${list}::text::uuid[])
          on conflict (id) do update set knows = excluded.knows`;
      }
      looks.push({ servers: count, measured: await measure(() => table.look(known)) });
    }
    const look = fitCosts(
      ['look', 'pair'],
      looks.map(({ servers, measured }) => ({
        counts: { look: 1, pair: servers ** 2 },
        total: measured.cpu,
      })),
    );

    const servers = createServers({ sql, bus, cluster: {}, who: {} } as unknown as ServersDeps);
    const heads: { of: number; measured: Measured }[] = [];
    for (const of of headCounts) {
      heads.push({ of, measured: await measure(() => servers.headsOf(pieces.slice(0, of))) });
    }
    const head = fitCosts(
      ['heads', 'piece'],
      heads.map(({ of, measured }) => ({ counts: { heads: 1, piece: of }, total: measured.cpu })),
    );

    const owners = createClientIdOwners(sql, serverId);
    const claim = await measure(() =>
      owners.claim(random.pick(pieces), author, [random.int(2 ** 31)]),
    );
    const text = { title: 'Night buses', standfirst: 'They pay for themselves.', words: 1_000 };
    const summary = await measure(() => saveSummary(sql, random.pick(pieces), text, new Date()));
    const store = createPieceStore(sql);
    const doc = typedPiece(random);
    const snapshots = new Map<string, number>();
    const snapshot = await measure(() => {
      const piece = random.pick(pieces);
      const seq = (snapshots.get(piece) ?? 1) + 1;
      snapshots.set(piece, seq);
      return store.saveSnapshot(piece, seq, Y.encodeStateAsUpdate(doc));
    });
    const blocks = await writeBlocks(sql, journal, author);
    const packed = await measure(
      () => packPiece(sql, blocks.pop() ?? '', { unfilled: false }),
      blocks.length,
    );
    return {
      postgres: {
        ...cpu,
        look: look.look,
        lookPair: look.pair,
        heads: head.heads,
        headsPiece: head.piece,
        claim: claim.cpu,
        summary: summary.cpu,
        snapshot: snapshot.cpu,
        pack: packed.cpu / blockRows,
        flush: flushTime(),
      },
      bytes: {
        walCommit: wal.commit,
        walRow: wal.row,
        walPiece: wal.piece,
        walLook: looks[0]?.measured.wal ?? 0,
        walClaim: claim.wal,
        walSummary: summary.wal,
        walSnapshot: snapshot.wal,
        walPack: packed.wal / blockRows,
      },
      server: { snapshot: snapshot.own, pack: packed.own / blockRows },
    };
  } finally {
    await journal.close();
    await table.close();
  }
}

function entriesOf(
  pieces: readonly string[],
  rows: number,
  of: number,
  author: string,
  update: Uint8Array,
  random: Random,
): JournalEntry[] {
  const from = random.int(pieces.length);
  return Array.from({ length: rows }, (_, i) => ({
    pieceId: pieces[(from + (i % of)) % pieces.length] ?? '',
    author,
    at: new Date(),
    update,
  }));
}

/** Pieces with as many rows as one pack holds, a letter each; gives their ids. */
async function writeBlocks(sql: Sql, journal: JournalStore, author: string): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < packs) {
    const pieceId = await makePiece(sql);
    const doc = new Y.Doc();
    const entries: JournalEntry[] = [];
    doc.on('update', (update: Uint8Array) => {
      entries.push({ pieceId, author, at: new Date(), update });
    });
    const body = doc.getText('body');
    while (body.length < blockRows) body.insert(body.length, 'x');
    await journal.append(entries);
    ids.push(pieceId);
  }
  return ids;
}

/**
 * How long the disk takes to keep a page of the log, in µs. Not read off commits: on a busy machine these
 * wait for a core as well.
 */
function flushTime(): number {
  const folder = mkdtempSync(join(tmpdir(), 'counterpoint-flush-'));
  const file = openSync(join(folder, 'log'), 'w');
  try {
    const page = Buffer.alloc(8_192, 'x');
    writeSync(file, Buffer.alloc(flushes * page.length), 0, flushes * page.length, 0);
    fdatasyncSync(file);
    const times = Array.from({ length: flushes }, (_, i) => {
      writeSync(file, page, 0, page.length, i * page.length);
      const from = performance.now();
      fdatasyncSync(file);
      return (performance.now() - from) * 1_000;
    });
    return median(times);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

async function walPosition(sql: Sql): Promise<number> {
  const [row] = await sql<{ at: number }[]>`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as at`;
  return row?.at ?? 0;
}
