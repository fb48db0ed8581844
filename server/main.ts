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
import type { Sql } from './db/connect.ts';
import { openDatabase, type Database } from './db/open.ts';
import { StartupError } from './db/startup-error.ts';
import { createJournalReader } from './history/holds.ts';
import { HistoryKeeper } from './history/keeper.ts';
import { createHistory, type History } from './history/history-thread.ts';
import type { App } from './http/app-type.ts';
import { addressReader } from './http/addresses.ts';
import { originAllowed } from './http/origins.ts';
import { SessionCookie } from './http/session-cookie.ts';
import { createAdmit, type AdmitDeps } from './people/admit.ts';
import { createAuthenticate } from './people/authenticate.ts';
import { inviteUrl } from './people/invites.ts';
import { lastsUntil, Sessions } from './people/sessions.ts';
import { TokenGate } from './people/token-gate.ts';
import { Tries } from './people/tries.ts';
import { createImporter, type Importer } from './pieces/import-pool.ts';
import { firstStart } from './pieces/first-start.ts';
import { saveSummary, summarise } from './pieces/summary.ts';
import { createJournalStore } from './store/journal-store.ts';
import { createPieceStore } from './store/piece-store.ts';
import { createRefusedStore } from './store/refused-store.ts';

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
  const history = createHistory(db.url);
  const packing = createHistory(db.url, 'counterpoint packing');
  const closeParts = async () => {
    await importer.close();
    await history.close();
    await packing.close();
    await journalStore.close();
    await db.close();
  };
  try {
    const invite = await firstStart(db.sql, { config, fresh: db.fresh, importer, log });
    const running = await join({ config, log, db, importer, journalStore, history, packing });
    return {
      url: running.url,
      notice:
        invite === null
          ? null
          : `Sign in as the first admin, once: ${inviteUrl(config.publicUrl ?? running.url, invite)}`,
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
  readonly history: History;
  readonly packing: History;
}

async function join({ config, log, db, importer, journalStore, history, packing }: Parts) {
  const { limits } = config;
  const { sql } = db;
  const tries = new Tries(limits.maxTries);
  const tokens = new TokenGate(createAuthenticate(sql), tries);
  const sessions = new Sessions(sql, limits.sessionMs);
  const journal = new Journal(journalStore, {
    maxPendingBytes: limits.maxPendingBytes,
    gapMs: commitGapMs,
    log,
    onPressure: (under) => sockets.pauseAll(under),
  });
  const rooms = new Rooms({
    journal,
    store: createPieceStore(sql),
    // Nobody who asks for a history waits for it.
    reader: createJournalReader(packing),
    refused: createRefusedStore(sql, limits.maxRefusedBytes),
    maxRefusedBytes: limits.maxRefusedBytes,
    maxPieceBytes: limits.maxPieceBytes,
    log,
    idleMs: limits.idleUnloadMs,
    snapshotEvery,
    onChanged: (pieceId, doc, at) => saveSummary(sql, pieceId, summarise(doc), at),
  });
  const keeper = new HistoryKeeper({ sql, documents: rooms, packing, log });
  const app = await buildApp({
    ...{ config, log, sql, documents: rooms, importer, history },
    ...{ tokens, sessions, tries },
  });
  const sockets: CollabSocket = openSockets({ app, config, log, sql, rooms, tokens, sessions });
  const url = await listen(app, config);
  history.start();
  return {
    url,
    async stop(): Promise<boolean> {
      sockets.stopReading();
      const tended = keeper.stop();
      const saved = await within(limits.shutdownMs, rooms.stop());
      journal.giveUp();
      await sockets.close(closeGraceMs);
      // A request that waits for a commit which will not come keeps its connection open.
      const cut = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
      await app.close();
      clearTimeout(cut);
      await tended;
      return saved;
    },
  };
}

interface SocketParts extends AdmitDeps {
  readonly app: App;
  readonly config: Config;
  readonly log: Logger;
  readonly sql: Sql;
  readonly rooms: Rooms;
}

/** The sockets beside the HTTP API: the same people, cookies, addresses and limits. */
function openSockets({ app, config, log, sql, rooms, tokens, sessions }: SocketParts) {
  const { limits, allowedOrigins } = config;
  const cookie = new SessionCookie(config.publicUrl);
  return new CollabSocket(app.server, {
    rooms,
    log,
    maxFrameBytes: limits.maxFrameBytes,
    maxConnections: limits.maxConnections,
    originAllowed: (origin, host) => originAllowed(origin, host, allowedOrigins),
    sessionOf: (header) => app.parseCookie(header ?? '')[cookie.name] ?? null,
    addressOf: addressReader(config.trustProxy),
    mustWait: (token, address) => tokens.wait(token, address),
    admit: createAdmit({ sql, tokens, sessions }),
    lastsUntil: (credential) => lastsUntil(sql, credential),
  });
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
