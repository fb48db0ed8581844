/**
 * The composition root: every part of the server is made and joined here, and nowhere else.
 */
import type { Logger } from 'pino';
import { v7 as newId } from 'uuid';
import { buildApp } from './app.ts';
import { databaseIdentity } from './bus/identity.ts';
import { openBus, type OpenBusOptions, type ServerBus } from './bus/open.ts';
import { Journal } from './collab/journal/journal.ts';
import type { JournalStore } from './collab/ports.ts';
import { Rooms } from './collab/rooms/rooms.ts';
import { alone } from './collab/replication/servers.ts';
import { CollabSocket } from './collab/connection/socket.ts';
import { ClusterMember } from './cluster/member.ts';
import type { Config } from './config.ts';
import { connect, type Sql } from './db/connect.ts';
import { LateMigrations } from './db/migrations/late.ts';
import { openDatabase, type Database } from './db/open.ts';
import { shareOut } from './db/opening/pool-shares.ts';
import { StartupError } from './db/startup-error.ts';
import { warmUp } from './db/warm-up.ts';
import { createJournalReader } from './history/holds.ts';
import { HistoryKeeper } from './history/keeper.ts';
import { Jobs } from './jobs/jobs.ts';
import type { App } from './http/app-type.ts';
import { explainListen } from './http/explain-listen.ts';
import { addressReader } from './http/origins/addresses.ts';
import { originAllowed } from './http/origins/origins.ts';
import { SessionCookie } from './http/session-cookie.ts';
import { Metrics } from './metrics/metrics.ts';
import { createAdmit, type AdmitDeps } from './people/sign-in/admit.ts';
import { createAuthenticate } from './people/sign-in/authenticate.ts';
import { inviteUrl } from './people/invites.ts';
import { lastsUntil, Sessions } from './people/sessions/sessions.ts';
import { TokenGate } from './people/tokens/token-gate.ts';
import { TokenUses } from './people/tokens/token-uses.ts';
import { Tries } from './people/sign-in/tries.ts';
import { firstStart } from './pieces/first-start.ts';
import { saveSummary } from './pieces/summary.ts';
import { stateThreads, stateWorkOn } from './states/on-threads.ts';
import { createJournalStore } from './store/journal-store.ts';
import { createOpenPieces, someAreOpen } from './store/open-pieces.ts';
import { createPieceStore } from './store/piece-store.ts';
import { createRefusedStore } from './store/refused-store.ts';
import { createRights } from './store/rights.ts';
import { createWorkers, type Workers } from './workers/pool.ts';

/** Least time between two commits: a busy server makes larger groups, not more of them (D3). */
const commitGapMs = 14;
/** Journal rows after which a snapshot is written, so that the tail of an opening stays short. */
const snapshotEvery = 500;
/**
 * Threads for what is dear. They yield to the event loop, so they may be more than there are cores:
 * what is short finds a place whatever else runs.
 */
const workerLanes = { short: 3, long: 2 };
/** How long clients get to answer a close. */
const closeGraceMs = 1_000;

export interface RunningServer {
  /** Where it listens, as `http://host:port`. */
  readonly url: string;
  /** A line for the operator to see once; null where there is none. */
  readonly notice: string | null;
  /** Resolves, if ever, when it can do nothing any more, with a line that says why: it has to be ended. */
  readonly outdated: Promise<string>;
  /** Saves, says goodbye, closes (D5). False where not everything could be saved in time. */
  stop(): Promise<boolean>;
}

/**
 * Starts everything. @throws StartupError with one line for the operator.
 * @param open - gives the bus that other servers are reached by
 */
export async function startServer(
  config: Config,
  log: Logger,
  open: (options: OpenBusOptions) => ServerBus = openBus,
): Promise<RunningServer> {
  const began = performance.now();
  const pool = shareOut(config.databasePool);
  const threadPool = { max: pool.ofThread, maxTransactions: pool.transactionsOfThread };
  const db = await openDatabase({ ...config, pool, log });
  const { url } = db;
  const outdated = signal<string>();
  const { bus, cluster } = await meetOthers({
    ...{ db, config, log, open, onOutdated: ({ message }) => outdated.fire(message) },
  }).catch(async (err: unknown) => {
    await db.close();
    throw err;
  });
  const journalStore = createJournalStore(url, {
    log,
    ...(cluster !== null && { standsAs: () => cluster.standsAs }),
  });
  const workers = createWorkers({
    ...{ url, lanes: workerLanes, pool: threadPool, ...config.limits },
  });
  // Their own, so that who opens a piece or types in one waits for no export.
  const states = createWorkers({
    ...{ url: null, name: 'counterpoint states', ...stateThreads, ...config.limits },
  });
  // One of its own: packing must not hold up who asks.
  const packing = createWorkers({
    ...{ url, name: 'counterpoint packing', pool: threadPool, ...config.limits },
  });
  const late = new LateMigrations(db.migrated.waiting, {
    ...{ sql: db.sql, log, afterMs: config.limits.contractAfterMs },
  });
  const closeParts = async () => {
    await within(closeGraceMs, late.stop());
    await workers.close();
    await packing.close();
    await states.close();
    await journalStore.close();
    // Where it did not get as far as to be stopped.
    if (cluster !== null) await within(closeGraceMs, cluster.leave());
    await bus.close();
    await db.close();
  };
  try {
    const [invite] = await Promise.all([
      firstStart(db.sql, { config, fresh: db.fresh, began, workers, log }),
      journalStore.warmUp(),
      ...(db.embedded ? [warmUp(db.sql, log, pool)] : []),
    ]);
    const running = await join({
      config,
      log,
      db,
      bus,
      cluster,
      journalStore,
      workers,
      packing,
      states,
    });
    return {
      url: running.url,
      outdated: outdated.fired,
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

/** The way to the other servers, and this one among them. */
async function meetOthers(parts: {
  readonly db: Database;
  readonly config: Config;
  readonly log: Logger;
  readonly open: (options: OpenBusOptions) => ServerBus;
  readonly onOutdated: (err: Error) => void;
}): Promise<Pick<Parts, 'bus' | 'cluster'>> {
  const { db, log, open, onOutdated } = parts;
  const { redisUrl } = parts.config;
  const { sql, url, embedded } = db;
  const namespace = redisUrl === null ? '' : await databaseIdentity(sql);
  const bus = open({ redisUrl, databaseUrl: db.directUrl ?? url, embedded, namespace, log });
  // Of an embedded database there is one server, by the lock on its folder.
  if (embedded) return { bus, cluster: null };
  const own = { log, name: 'counterpoint servers', max: 1, maxTransactions: 1 };
  const { last: migration } = db.migrated;
  const cluster = new ClusterMember({
    ...{ sql, bus, log, migration, onOutdated, open: () => connect(url, own) },
  });
  return { bus, cluster };
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly bus: ServerBus;
  /** Null: this server is alone with its database. */
  readonly cluster: ClusterMember | null;
  readonly journalStore: JournalStore;
  readonly workers: Workers;
  readonly packing: Workers;
  readonly states: Workers;
}

async function join(parts: Parts) {
  const { config, log, db, bus, cluster, journalStore, workers, packing, states } = parts;
  const { limits } = config;
  const { sql } = db;
  const tries = new Tries(limits.maxTries);
  const tokens = new TokenGate(createAuthenticate(sql), tries);
  const uses = new TokenUses(sql, log);
  const sessions = new Sessions(sql, limits.sessionMs);
  const metrics = new Metrics();
  const journal = new Journal(journalStore, {
    maxPendingBytes: limits.maxPendingBytes,
    gapMs: commitGapMs,
    log,
    onPressure: (under) => sockets.pauseAll(under),
    onCommit: (ms) => metrics.committed(ms),
  });
  const rooms: Rooms = new Rooms({
    journal,
    store: createPieceStore(sql),
    openPieces: createOpenPieces(sql, bus.serverId),
    servers: cluster?.servers ?? alone,
    rights: createRights(sql),
    // Nobody who asks for a history waits for it.
    reader: createJournalReader(packing),
    refused: createRefusedStore(sql, limits.maxRefusedBytes),
    maxRefusedBytes: limits.maxRefusedBytes,
    maxPieceBytes: limits.maxPieceBytes,
    maxOpenBytes: limits.maxOpenBytes,
    work: stateWorkOn(states),
    log,
    idleMs: limits.idleUnloadMs,
    snapshotEvery,
    onChanged: async (pieceId, _doc, at) => {
      const state = await rooms.state(pieceId, null);
      await saveSummary(sql, pieceId, await workers.ask(null, 'summary', { state }), at);
    },
  });
  await cluster?.join(rooms);
  const jobs = new Jobs({ sql, log });
  const keeper = new HistoryKeeper({ sql, documents: rooms, jobs, packing, log });
  const app = await buildApp({
    ...{ config, log, sql, documents: rooms, workers },
    ...{ tokens, uses, sessions, tries, metrics },
  });
  const sockets: CollabSocket = openSockets({
    ...{ app, config, log, sql, rooms, tokens, uses, sessions },
  });
  metrics.watch({
    ...{ journal, rooms, sockets, workers: { workers, states, packing }, db, limits, bus, jobs },
    servers: () => 1 + (cluster?.others ?? 0),
  });
  const url = await listen(app, config);
  workers.start();
  states.start();
  // After a crash people bring words of which only the journal can tell whether they are saved (D2): where
  // its thread was still to be started, on a busy machine, they waited seconds to be told.
  if (await someAreOpen(sql)) packing.start();
  jobs.start();
  return {
    url,
    async stop(): Promise<boolean> {
      // A proxy gets no answer and tries another server, instead of one that is about to end.
      app.server.close();
      sockets.stopReading();
      const tended = Promise.all([jobs.stop(), keeper.stop()]).then(() => undefined);
      const saved = await within(limits.shutdownMs, rooms.stop());
      journal.giveUp();
      if (cluster !== null) await within(closeGraceMs, cluster.leave());
      await sockets.close(closeGraceMs);
      // A request that waits for a commit which will not come keeps its connection open.
      const cut = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
      await app.close();
      clearTimeout(cut);
      await within(closeGraceMs, tended);
      await within(closeGraceMs, uses.flush());
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
function openSockets(parts: SocketParts) {
  const { app, config, log, sql, rooms, tokens, uses, sessions } = parts;
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
    newRequestId: newId,
    mustWait: (token, address) => tokens.wait(token, address),
    admit: createAdmit({ sql, tokens, uses, sessions }),
    lastsUntil: (credential) => lastsUntil(sql, credential),
  });
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const explained = explainListen(code ?? '', host, port);
    throw explained === null ? cause : new StartupError(explained, { cause });
  }
}

/** A promise, and what fulfils it. */
function signal<T>() {
  let fire: (value: T) => void = () => undefined;
  const fired = new Promise<T>((resolve) => (fire = resolve));
  return { fired, fire };
}

/** Whether `work` was done in time, and did not say that it failed. What is late goes on, but is not waited for. */
async function within(ms: number, work: Promise<boolean | void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then((done) => done !== false), late]);
  } finally {
    clearTimeout(timer);
  }
}
