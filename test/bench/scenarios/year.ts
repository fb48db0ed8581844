/**
 * What a piece costs as a newsroom's year goes on: forty people write in one (`year/newsroom.ts`), and at three
 * sizes it is measured what somebody waits for who is the first after a start of the server, what memory it
 * takes, and what disk. What is opened, read, told and exported has to be what was written.
 */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import { openDatabase, type Database } from '../../../server/db/open.ts';
import { silentLog } from '../../support/silent-log.ts';
import { temporaryFolder, trackChild } from '../cleanup.ts';
import { names, type Figure, type YearSubject } from '../figures.ts';
import { peakBytes, residentBytes } from '../load/proc.ts';
import type { OpenJob, Opened } from '../open/newcomer.ts';
import { compact, sizeOfAll } from '../open/stored.ts';
import type { Options } from '../options.ts';
import { ask } from '../page/piece.ts';
import { printTable } from '../report.ts';
import type { Server } from '../servers/server.ts';
import { startServer } from '../servers/start.ts';
import { median } from '../stats.ts';
import { growthOf } from '../year/growth.ts';
import { Newsroom } from '../year/newsroom.ts';
import { questionsOf, type Expected } from '../year/questions.ts';
import { YearWriter } from '../year/write.ts';

/** In edits; half a block of rows is as it was written, at each of them. */
const sizes = new Map<number, YearSubject>([
  [130_000, 'year 130,000'],
  [522_000, 'year 522,000'],
  [2_082_000, 'year 2,082,000'],
]);
const people = 40;
/** Each needs a start of the server. */
const times = 3;
const mib = (bytes: number) => bytes / 1024 / 1024;

/** One question is asked at a time, so more work than cores is others'. */
function doubtOf(busy: number): string | null {
  if (busy <= cpus().length) return null;
  return `The machine had other work: ${busy.toFixed(1)} threads waited for ${cpus().length} cores.`;
}

interface Place {
  readonly folder: string;
  readonly pieceId: string;
  /** An empty piece. */
  readonly other: string;
}

export async function measureYear({ edits: most }: Pick<Options, 'edits'>): Promise<Figure[]> {
  const wanted = [...sizes].filter(([size]) => size <= most);
  const folder = temporaryFolder();
  const { place, writers } = await begin(folder);
  const { first, used } = await inDatabase(folder, (db) => firstRow(db, place.pieceId));
  const newsroom = new Newsroom(first, writers);
  const sizesWanted = wanted.map(([size]) => size);
  const writer = new YearWriter(newsroom, place.pieceId, sizesWanted);
  const figures: Figure[] = [];
  for (const [size, scenario] of wanted) {
    console.log(`  writing up to ${size} edits (${newsroom.source}) …`);
    const packed = await inDatabase(folder, (db) => writer.writeTo(db, size));
    const lost = await inDatabase(folder, (db) => writer.discussion.lost(db.sql));
    tellOf(newsroom, writer.discussion.begun, lost);
    const middle = writer.moments.get(size / 2);
    if (middle === undefined) throw new Error('its middle was passed over');
    const expected: Expected = {
      ...{ pieceId: place.pieceId, text: newsroom.text, middle, people: writers, lost },
      titles: newsroom.sections.all.map(({ title }) => title),
      threads: writer.discussion.begun,
    };
    const found = new Map<string, number>([
      [names.yearPacking, (packed.took * 1000) / packed.rows],
      [names.yearOneBlock, packed.oneMore],
      ...(await openings(place, newsroom.doc)),
      ...(await answers(place, expected)),
      ...(await packing(folder, size, used)),
    ]);
    const busy = loadavg()[0] ?? 0;
    for (const [name, value] of found) {
      console.log(`  ${name}: ${value.toFixed(1)}`);
      figures.push({ scenario, server: 'ours', round: 1, name, value, doubt: doubtOf(busy) });
    }
  }
  printTable(growthOf(figures, sizes));
  return figures;
}

function tellOf({ doc, text, begunSessions, now }: Newsroom, threads: number, lost: number): void {
  let [items, standing] = [0, 0];
  for (let item = doc.getText('body')._start; item !== null; item = item.right) {
    items++;
    if (!item.deleted) standing++;
  }
  const until = new Date(now).toISOString().slice(0, 10);
  console.log(
    `  ${begunSessions} sessions until ${until}, ${doc.store.clients.size} clientIDs, ` +
      `${text.length} letters, ${items} items (${standing} not deleted), ` +
      `${threads} threads (${lost} without a passage)`,
  );
}

/** Makes the piece, and who writes it. */
async function begin(folder: string): Promise<{ place: Place; writers: string[] }> {
  const server = await startServer('ours', { folder });
  try {
    const [pieceId, other] = await server.rooms(2);
    if (pieceId === undefined || other === undefined) throw new Error('no piece was made');
    const writers: string[] = [];
    for (let n = 1; n <= people; n++) {
      const body = { email: `writer-${n}@example.org`, name: `Writer ${n}`, role: 'member' };
      const { id } = await ask<{ id: string }>(server.target, 'POST', '/api/users', body);
      await ask(server.target, 'PUT', `/api/pieces/${pieceId}/members/${id}`, { role: 'writer' });
      writers.push(id);
    }
    return { place: { folder, pieceId, other }, writers };
  } finally {
    await server.stop();
  }
}

/** What the piece was made with, at the beginning of the year; and what is on disk before it. */
async function firstRow(db: Database, pieceId: string) {
  const at = new Date('2025-01-01T08:00:00Z');
  const [row] = await db.sql<{ update: Uint8Array }[]>`
    update journal set at = ${at} where piece_id = ${pieceId} returning update`;
  if (row === undefined) throw new Error('the piece has no first row');
  return { first: row.update, used: await sizeOfAll(db) };
}

async function openings({ folder, pieceId, other }: Place, doc: Y.Doc) {
  const stateFile = join(folder, 'state.bin');
  writeFileSync(stateFile, Y.encodeStateAsUpdate(doc));
  const found: Record<'first' | 'whole' | 'applying' | 'memory' | 'own', number[]> = {
    ...{ first: [], whole: [], applying: [], memory: [], own: [] },
  };
  for (let i = 0; i < times; i++) {
    const server = await startServer('ours', { folder, collectable: true });
    await server.collectGarbage();
    const before = residentBytes(server.pid);
    const job = { target: server.target, room: pieceId, other, stateFile, times: 1 };
    const opened = await open(job);
    await server.collectGarbage();
    const after = residentBytes(server.pid);
    found.first.push(...opened.first);
    found.whole.push(...opened.opening);
    found.applying.push(median(opened.applying));
    found.memory.push(mib(after));
    found.own.push(mib(after - before));
    await server.stop();
  }
  const ratios = found.whole.map((whole, i) => whole / (found.applying[i] ?? NaN));
  return new Map([
    [names.yearFirstByte, median(found.first)],
    [names.yearOpening, median(found.whole)],
    [names.yearByApply, median(ratios)],
    [names.yearMemory, median(found.memory)],
    [names.yearOwnMemory, median(found.own)],
  ]);
}

/** Opens in a process of its own, whose heap holds nothing of the writing. */
function open(job: OpenJob): Promise<Opened> {
  const child = fork(join(import.meta.dirname, '..', 'open', 'newcomer.ts'), [JSON.stringify(job)]);
  trackChild(child);
  return new Promise((resolve, reject) => {
    child.once('message', (opened: Opened) => resolve(opened));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the newcomer ended with ${code}`)));
  });
}

/** Each question is the first that its server is asked. */
async function answers({ folder }: Place, expected: Expected): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let peak = 0;
  for (const { name, ask: put } of questionsOf(expected)) {
    const [took, cpu]: [number[], number[]] = [[], []];
    for (let i = 0; i < times; i++) {
      const server = await startServer('ours', { folder });
      const before = await secondsOf(server);
      const from = performance.now();
      const check = await put(server.target);
      took.push(performance.now() - from);
      cpu.push((await secondsOf(server)) - before);
      check();
      peak = Math.max(peak, peakBytes(server.pid) ?? 0);
      await server.stop();
    }
    // On a machine that does other things too, this is what can be compared.
    found.set(name, median(took));
    const [clock, processors] = [median(took), 1000 * median(cpu)].map((ms) => ms.toFixed(0));
    console.log(`  ${name}: ${clock}; of processors ${processors} ms`);
  }
  return found.set(names.yearPeak, mib(peak));
}

/** CPU time of a server and its Postgres. */
async function secondsOf(server: Server): Promise<number> {
  const { user, system, database } = await server.usage();
  return user + system + database;
}

async function packing(folder: string, size: number, used: number): Promise<Map<string, number>> {
  const from = performance.now();
  await compact(folder);
  const took = (performance.now() - from) / 1000;
  const bytes = (await inDatabase(folder, sizeOfAll)) - used;
  return new Map([
    [names.yearCompact, took],
    [names.yearBytes, bytes / size],
  ]);
}

async function inDatabase<T>(folder: string, work: (db: Database) => Promise<T>): Promise<T> {
  const how = { dataDir: join(folder, 'data'), log: silentLog, statementTimeout: 0 };
  const db = await openDatabase({ databaseUrl: null, ...how });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
