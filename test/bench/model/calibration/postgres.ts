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
import {
  createJournalStore,
  type OwnJournalStore,
} from '../../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../../server/store/piece-store.ts';
import { makePiece } from '../../../support/pieces.ts';
import { startOwnPostgres } from '../../../support/postgres.ts';
import type { Random } from '../../../support/random.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { median } from '../../stats.ts';
import type { Bytes, PostgresCosts, ServerCosts } from '../costs.ts';
import { keystroke, typedPiece } from '../typical.ts';
import { fitCosts, type Observation } from './fit.ts';
import { Meter, type Measured } from './meter.ts';

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

/** A database with pieces, a person and a server of its own among the servers. */
interface Parts {
  readonly sql: Sql;
  readonly meter: Meter;
  readonly random: Random;
  readonly pieces: readonly string[];
  readonly author: string;
  readonly serverId: string;
  readonly bus: ServerBus;
  readonly journal: OwnJournalStore;
  readonly table: ServersTable;
  /** Since when it stands there. */
  readonly since: string;
}

export async function calibratePostgres(random: Random): Promise<PostgresCalibration> {
  const postgres = await startOwnPostgres();
  try {
    const db = await openDatabase({ databaseUrl: postgres.url, dataDir: '', log: silentLog });
    try {
      return await prepare(db.sql, postgres.url, random);
    } finally {
      await db.close();
    }
  } finally {
    await postgres.remove();
  }
}

async function prepare(sql: Sql, url: string, random: Random): Promise<PostgresCalibration> {
  const pieces: string[] = [];
  while (pieces.length < pieceCount) pieces.push(await makePiece(sql, 'The case is not closed.'));
  const author = randomUUID();
  await sql`insert into users (id, email, name) values (${author}, 'a@example.org', 'Ada')`;
  const serverId = randomUUID();
  // No more of a bus is asked for.
  const bus = { serverId, live: true, redisLive: true } as unknown as ServerBus;
  const one = { log: silentLog, name: 'servers', max: 1, maxTransactions: 1 };
  const table = new ServersTable(() => connect(url, one), bus, '0020_deploys.sql');
  const stand = await table.enter();
  const journal = createJournalStore(url, { log: silentLog, standsAs: () => stand });
  try {
    await journal.warmUp();
    const meter = await Meter.of(sql);
    return await measureAll({
      ...{ sql, meter, random, pieces, author, serverId, bus, journal, table },
      since: stand.since,
    });
  } finally {
    await journal.close();
    await table.close();
  }
}

async function measureAll(parts: Parts): Promise<PostgresCalibration> {
  const { sql, meter, random, pieces, author, serverId, journal } = parts;
  const commits = await measureCommits(parts);
  const looks = await measureLooks(parts);
  const heads = await measureHeads(parts);
  const owners = createClientIdOwners(sql, serverId);
  const claim = await meter.measure(() =>
    owners.claim(random.pick(pieces), author, [random.int(2 ** 31)]),
  );
  const text = { title: 'Night buses', standfirst: 'They pay for themselves.', words: 1_000 };
  const summary = await meter.measure(() =>
    saveSummary(sql, random.pick(pieces), text, new Date()),
  );
  const snapshot = await measureSnapshots(parts);
  const blocks = await writeBlocks(sql, journal, author);
  const packed = await meter.measure(
    () => packPiece(sql, blocks.pop() ?? '', { unfilled: false }),
    blocks.length,
  );
  return {
    postgres: {
      ...commits.cpu,
      ...looks.cpu,
      ...heads,
      claim: claim.cpu,
      summary: summary.cpu,
      snapshot: snapshot.cpu,
      pack: packed.cpu / blockRows,
      flush: flushTime(),
    },
    bytes: {
      walCommit: commits.wal.commit,
      walRow: commits.wal.row,
      walPiece: commits.wal.piece,
      walLook: looks.wal,
      walClaim: claim.wal,
      walSummary: summary.wal,
      walSnapshot: snapshot.wal,
      walPack: packed.wal / blockRows,
    },
    server: { snapshot: snapshot.own, pack: packed.own / blockRows },
  };
}

async function measureCommits({ meter, journal, pieces, author, random }: Parts) {
  const update = keystroke();
  const all: { counts: Record<'commit' | 'row' | 'piece', number>; measured: Measured }[] = [];
  for (const [row, piece] of shapes) {
    const append = () => journal.append(entriesOf(pieces, row, piece, author, update, random));
    all.push({ counts: { commit: 1, row, piece }, measured: await meter.measure(append) });
  }
  const fit = (what: (measured: Measured) => number) =>
    fitCosts(
      ['commit', 'row', 'piece'],
      all.map(({ counts, measured }) => ({ counts, total: what(measured) })),
    );
  return { cpu: fit(({ cpu }) => cpu), wal: fit(({ wal }) => wal) };
}

/** Among more and more servers, each of which knows all. */
async function measureLooks({ sql, meter, serverId, table, since }: Parts) {
  const observations: Observation<'look' | 'lookPair'>[] = [];
  const known: string[] = [];
  let wal = 0;
  for (const count of serverCounts) {
    while (known.length < count - 1) known.push(randomUUID());
    const knows = `{${[...known, serverId].join()}}`;
    for (const id of known) {
      await sql`
        insert into servers (id, host, pid, hears, knows)
        values (${id}, 'elsewhere', 1, true, ${knows}::text::uuid[])
        on conflict (id) do update set knows = excluded.knows`;
    }
    const measured = await meter.measure(() => table.look(known, since));
    wal = measured.wal;
    observations.push({ counts: { look: 1, lookPair: count ** 2 }, total: measured.cpu });
  }
  return { cpu: fitCosts(['look', 'lookPair'], observations), wal };
}

async function measureHeads({ sql, meter, bus, pieces }: Parts) {
  // The rest of it is not asked.
  const servers = createServers({ sql, bus } as unknown as ServersDeps);
  const observations: Observation<'heads' | 'headsPiece'>[] = [];
  for (const count of headCounts) {
    const { cpu } = await meter.measure(() => servers.headsOf(pieces.slice(0, count)));
    observations.push({ counts: { heads: 1, headsPiece: count }, total: cpu });
  }
  return fitCosts(['heads', 'headsPiece'], observations);
}

function measureSnapshots({ sql, meter, pieces, random }: Parts): Promise<Measured> {
  const store = createPieceStore(sql);
  const doc = typedPiece(random);
  const last = new Map<string, number>();
  return meter.measure(() => {
    const piece = random.pick(pieces);
    const seq = (last.get(piece) ?? 1) + 1;
    last.set(piece, seq);
    return store.saveSnapshot(piece, seq, Y.encodeStateAsUpdate(doc));
  });
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
