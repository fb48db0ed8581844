/**
 * The composition root: every part of the server is made and joined here, and nowhere else.
 */
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { Journal } from './collab/journal.ts';
import type { JournalStore } from './collab/ports.ts';
import { Rooms } from './collab/rooms.ts';
import { CollabSocket } from './collab/socket.ts';
import type { Config } from './config.ts';
import { openDatabase, type Database } from './db/open.ts';
import { StartupError } from './db/startup-error.ts';
import type { App } from './http/app-type.ts';
import { originAllowed } from './http/origins.ts';
import { createAdmit } from './people/admit.ts';
import { createAuthenticate } from './people/authenticate.ts';
import { createImporter, type Importer } from './pieces/import-pool.ts';
import { firstStart } from './pieces/first-start.ts';
import { saveSummary, summarise } from './pieces/summary.ts';
import { createJournalStore } from './store/journal-store.ts';
import { createPieceStore } from './store/piece-store.ts';

/** Least time between two commits: a busy server makes larger groups, not more of them (D3). */
const commitGapMs = 14;
/** Journal rows after which a snapshot is written, so that the tail of an opening stays short. */
const snapshotEvery = 500;
/** How long clients get to answer a close. */
const closeGraceMs = 1_000;

export interface RunningServer {
  /** Where it listens, as `http://host:port`. */
  readonly url: string;
  /** A line for the operator to see once; null where there is none. */
  readonly notice: string | null;
  /** Saves, says goodbye, closes (D5). False where not everything could be saved in time. */
  stop(): Promise<boolean>;
}

/** Starts everything. @throws StartupError with one line for the operator. */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const db = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, log });
  const importer = createImporter(config.limits);
  const journalStore = createJournalStore(db.url, { log });
  const closeParts = async () => {
    await importer.close();
    await journalStore.close();
    await db.close();
  };
  try {
    const notice = await firstStart(db.sql, { config, fresh: db.fresh, importer, log });
    const running = await join({ config, log, db, importer, journalStore });
    return {
      url: running.url,
      notice,
      async stop() {
        const saved = await running.stop();
        await closeParts();
        return saved;
      },
    };
  } catch (err) {
    await closeParts();
    throw err;
  }
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly importer: Importer;
  readonly journalStore: JournalStore;
}

async function join({ config, log, db, importer, journalStore }: Parts) {
  const { limits } = config;
  const { sql } = db;
  const authenticate = createAuthenticate(sql);
  const journal = new Journal(journalStore, {
    maxPendingBytes: limits.maxPendingBytes,
    gapMs: commitGapMs,
    log,
    onPressure: (under) => sockets.pauseAll(under),
  });
  const rooms = new Rooms({
    journal,
    store: createPieceStore(sql),
    log,
    idleMs: limits.idleUnloadMs,
    snapshotEvery,
    onChanged: (pieceId, doc, at) => saveSummary(sql, pieceId, summarise(doc), at),
  });
  const app = await buildApp({ config, log, sql, documents: rooms, authenticate, importer });
  const sockets: CollabSocket = new CollabSocket(app.server, {
    rooms,
    log,
    maxFrameBytes: limits.maxFrameBytes,
    maxConnections: limits.maxConnections,
    originAllowed: (origin, host) => originAllowed(origin, host, config.allowedOrigins),
    admit: createAdmit(sql, authenticate),
  });
  const url = await listen(app, config);
  return {
    url,
    async stop(): Promise<boolean> {
      sockets.stopReading();
      const saved = await within(limits.shutdownMs, rooms.stop());
      await sockets.close(closeGraceMs);
      await app.close();
      return saved;
    },
  };
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw cause;
    throw new StartupError(`port ${port} on ${host} is taken; set PORT to another`, { cause });
  }
}

/** Whether `work` was done in time. What is late goes on, but is not waited for. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
