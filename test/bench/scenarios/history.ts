/**
 * A long history, looked at: what its middle and its stretches take who asks first after a start, as
 * the running server leaves the journal, and what a keystroke takes up on disk after `compact`. Its
 * stretches twice: with rows that nobody has packed yet, and of a piece in which people have stopped. Every
 * edit is a journal row of its own, as of people who type in no hurry.
 */
import { join } from 'node:path';
import * as Y from 'yjs';
import { openDatabase, type Database } from '../../../server/db/open.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { deltaText, type DeltaOp } from '../../../shared/document/index.ts';
import { silentLog } from '../../support/silent-log.ts';
import { temporaryFolder } from '../cleanup.ts';
import { names, type Figure } from '../figures.ts';
import { historyOf, type Edit } from '../open/history.ts';
import { compact, sizeOfAll } from '../open/stored.ts';
import { ask } from '../page/piece.ts';
import type { Server } from '../servers/server.ts';
import { startServer } from '../servers/start.ts';
import { median } from '../stats.ts';

const editCount = 260_000;
const rowsAtOnce = 2_000;
/** Each needs a start of the server. */
const times = 3;
const begun = Date.parse('2025-03-03T09:00:00Z');
/** Between two keystrokes, and after each hundredth, in ms. */
const [gapMs, pauseMs] = [180, 90_000];

export async function measureHistory(): Promise<Figure[]> {
  // Of its own: compacting would tidy up after other scenarios too.
  const folder = temporaryFolder();
  const pieceId = await makePiece(folder);
  const { size, middle } = await inDatabase(folder, (db) => fill(db, pieceId));
  const past = await answers(folder, async (server) => {
    const path = `/api/pieces/${pieceId}/at/${middle.at.toISOString()}`;
    const { body } = await ask<{ body: DeltaOp[] }>(server.target, 'GET', path);
    if (deltaText(body) !== middle.text) throw new Error('the middle reads differently');
  });
  const askHistory = async (server: Server) => {
    const path = `/api/pieces/${pieceId}/history`;
    const { items } = await ask<{ items: unknown[] }>(server.target, 'GET', path);
    if (items.length === 0) throw new Error('the history is empty');
  };
  const written = await answers(folder, askHistory);
  // As it does once nobody has written for ten minutes.
  await inDatabase(folder, (db) => packPiece(db.sql, pieceId, { unfilled: true }));
  const quiet = await answers(folder, askHistory);
  await compact(folder);
  const each = ((await inDatabase(folder, sizeOfAll)) - size) / editCount;
  return [
    figure(names.pastState, past.first),
    figure(names.stretches, written.first),
    figure(names.stretchesAgain, written.again),
    figure(names.stretchesQuiet, quiet.first),
    figure(names.bytes, each),
  ];
}

function figure(name: string, value: number): Figure {
  console.log(`  ${name}: ${value.toFixed(1)}`);
  return { scenario: 'history', server: 'ours', round: 1, name, value, doubt: null };
}

async function makePiece(folder: string): Promise<string> {
  const server = await startServer('ours', { folder });
  const [pieceId] = await server.rooms(1);
  await server.stop();
  if (pieceId === undefined) throw new Error('no piece was made');
  return pieceId;
}

async function inDatabase<T>(folder: string, work: (db: Database) => Promise<T>): Promise<T> {
  const dataDir = join(folder, 'data');
  const how = { dataDir, log: silentLog, statementTimeout: 0 };
  const db = await openDatabase({ databaseUrl: null, ...how });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Writes the history; gives what there was on disk before, and the text in the middle. */
async function fill(db: Database, pieceId: string) {
  const { edits, source } = historyOf(editCount);
  console.log(`  writing ${editCount} edits (${source}) …`);
  const size = await sizeOfAll(db);
  await db.sql`update journal set at = ${new Date(begun)} where piece_id = ${pieceId}`;
  const [row] = await db.sql<{ author: string }[]>`
    select author from journal where piece_id = ${pieceId}`;
  const journal = createJournalStore(db.url, { log: silentLog });
  const pen = new Pen();
  let at = begun;
  let middle = { at: new Date(begun), text: '' };
  for (let from = 0; from < edits.length; from += rowsAtOnce) {
    const updates = pen.write(edits.slice(from, from + rowsAtOnce));
    const entries = updates.map((update, i) => {
      at += i % 100 === 0 ? pauseMs : gapMs;
      return { pieceId, author: row?.author ?? null, at: new Date(at), update };
    });
    await journal.append(entries);
    if (from <= edits.length / 2) middle = { at: new Date(at), text: pen.text };
  }
  await journal.close();
  // As the running server does while people write: what fills no block yet stays as it is.
  await packPiece(db.sql, pieceId, { unfilled: false });
  return { size, middle };
}

/** Makes edits into updates, one for each. */
class Pen {
  readonly #doc = new Y.Doc();
  readonly #body = this.#doc.getText('body');

  get text(): string {
    return this.#body.toJSON();
  }

  write(edits: readonly Edit[]): Uint8Array[] {
    const updates: Uint8Array[] = [];
    const collect = (update: Uint8Array) => updates.push(update);
    this.#doc.on('update', collect);
    for (const { at, deleted, inserted } of edits) {
      this.#doc.transact(() => {
        if (deleted > 0) this.#body.delete(at, deleted);
        if (inserted !== '') this.#body.insert(at, inserted);
      });
    }
    this.#doc.off('update', collect);
    return updates;
  }
}

/** How long the first answer after a start takes, and the next, in ms: medians of several starts. */
async function answers(folder: string, question: (server: Server) => Promise<void>) {
  const first: number[] = [];
  const again: number[] = [];
  for (let i = 0; i < times; i++) {
    const server = await startServer('ours', { folder });
    for (const took of [first, again]) {
      const from = performance.now();
      await question(server);
      took.push(performance.now() - from);
    }
    await server.stop();
  }
  return { first: median(first), again: median(again) };
}
