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
import { inTime, neverStopping, unless } from './deadlines.ts';
import { LateMigrations } from './db/migrations/late.ts';
import { openDatabase, type Database } from './db/open.ts';
import { shareOut } from './db/opening/pool-shares.ts';
import { StartupError } from './db/startup-error.ts';
import { warmUp } from './db/warm-up.ts';
import { createJournalReader } from './history/holds.ts';
import { HistoryKeeper } from './history/keeper.ts';
import { Jobs } from './jobs/jobs.ts';
import type { App } from './http/app-type.ts';
import { stopListening } from './http/closing.ts';
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
/** How long closing may take, in ms, where saving has taken all of the time that there is to stop. */
const leastCloseMs = 2_000;

export interface RunningServer {
  /** Where it listens, as `http://host:port`. */
  readonly url: string;
  /** A line for the operator to see once; null where there is none. */
  readonly notice: string | null;
  /** Resolves, if ever, when it can do nothing any more, with a line that says why: it has to be ended. */
  readonly outdated: Promise<string>;
  /**
   * Saves, says goodbye, closes (D5). False where not everything could be saved in time. What has not closed
   * by its end is left to the end of the process.
   */
  stop(): Promise<boolean>;
}

export interface StartOptions {
  /** Gives the bus that other servers are reached by. */
  readonly open?: (options: OpenBusOptions) => ServerBus;
  /** Aborted when it is not to start any more: then it rejects, with what it had opened closed. */
  readonly stopping?: AbortSignal;
}

/** Starts everything. @throws StartupError with one line for the operator. */
export async function startServer(
  config: Config,
  log: Logger,
  { open = openBus, stopping = neverStopping }: StartOptions = {},
): Promise<RunningServer> {
  const began = performance.now();
  const pool = shareOut(config.databasePool);
  const threadPool = { max: pool.ofThread, maxTransactions: pool.transactionsOfThread };
  const db = await openDatabase({ ...config, pool, log, stopping });
  const { url } = db;
  const outdated = signal<string>();
  const { bus, cluster } = await meetOthers({
    ...{ db, config, log, open, stopping, onOutdated: ({ message }) => outdated.fire(message) },
  }).catch(async (err: unknown) => {
    if (!(await inTime(leastCloseMs, db.close()))) db.abandon();
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
  // They load while the rest starts, so that who comes as soon as it listens finds them ready.
  workers.start(true);
  states.start();
  const late = new LateMigrations(db.migrated.waiting, {
    ...{ sql: db.sql, log, afterMs: config.limits.contractAfterMs },
  });
  const closeParts = async () => {
    await Promise.all([
      inTime(closeGraceMs, late.stop()),
      ...[workers, packing, states, journalStore].map((part) => part.close()),
      // Where it did not get as far as to be stopped.
      cluster === null ? null : inTime(closeGraceMs, cluster.leave()),
    ]);
    await bus.close();
    await db.close();
  };
  /** @param ms - the time for all of it */
  const closeIn = async (ms: number, close: () => Promise<void>) => {
    if (await inTime(ms, close())) return;
    log.warn({}, 'not everything could be closed in time');
    db.abandon();
  };
  try {
    const [invite] = await unless(
      stopping,
      Promise.all([
        firstStart(db.sql, { config, fresh: db.fresh, began, workers, log }),
        journalStore.warmUp(),
        ...(db.embedded ? [warmUp(db.sql, log, pool)] : []),
      ]),
    );
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
      stopping,
    });
    return {
      url: running.url,
      outdated: outdated.fired,
      notice:
        invite === null
          ? null
          : `Sign in as the first admin, once: ${inviteUrl(config.publicUrl ?? running.url, invite)}`,
      async stop() {
        const until = performance.now() + config.limits.shutdownMs;
        const saved = await running.save();
        await closeIn(Math.max(leastCloseMs, until - performance.now()), async () => {
          await running.close();
          await closeParts();
        });
        return saved;
      },
    };
  } catch (err) {
    await closeIn(config.limits.shutdownMs, closeParts);
    throw err;
  }
}

/** The way to the other servers, and this one among them. */
async function meetOthers(parts: {
  readonly db: Database;
  readonly config: Config;
  readonly log: Logger;
  readonly open: (options: OpenBusOptions) => ServerBus;
  readonly stopping: AbortSignal;
  readonly onOutdated: (err: Error) => void;
}): Promise<Pick<Parts, 'bus' | 'cluster'>> {
  const { db, log, open, stopping, onOutdated } = parts;
  const { redisUrl } = parts.config;
  const { sql, url, embedded } = db;
  const namespace = redisUrl === null ? '' : await unless(stopping, databaseIdentity(sql));
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
  readonly stopping: AbortSignal;
}

async function join(parts: Parts) {
  const { config, log, db, bus, cluster, journalStore, workers, packing, states } = parts;
  const { stopping } = parts;
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
  if (cluster !== null) await unless(stopping, cluster.join(rooms));
  const jobs = new Jobs({ sql, log });
  const keeper = new HistoryKeeper({ sql, documents: rooms, jobs, packing, log });
  let isStopping = false;
  const app = await buildApp({
    ...{ config, log, sql, documents: rooms, workers },
    ...{ tokens, uses, sessions, tries, metrics },
    isStopping: () => isStopping,
    ...(cluster !== null && { stands: () => cluster.stands() }),
  });
  const sockets: CollabSocket = openSockets({
    ...{ app, config, log, sql, rooms, tokens, uses, sessions },
  });
  metrics.watch({
    ...{ journal, rooms, sockets, workers: { workers, states, packing }, db, limits, bus, jobs },
    servers: () => 1 + (cluster?.others ?? 0),
  });
  // After a crash people bring words of which only the journal can tell whether they are saved (D2): where
  // its thread was still to be started, on a busy machine, they waited seconds to be told.
  const afterCrash = await unless(stopping, someAreOpen(sql));
  const url = await listen(app, config);
  if (afterCrash) packing.start();
  jobs.start();
  let tended: Promise<void> = Promise.resolve();
  return {
    url,
    /** Takes nothing any more, and saves what there is. False where that was not done in `SHUTDOWN_MS`. */
    async save(): Promise<boolean> {
      // A proxy gets no answer and tries another server, instead of one that is about to end.
      isStopping = true;
      stopListening(app);
      sockets.stopReading();
      tended = Promise.all([jobs.stop(), keeper.stop()]).then(() => undefined);
      const saved = await inTime(limits.shutdownMs, rooms.stop());
      journal.giveUp();
      return saved;
    },
    /** Says goodbye to everybody. */
    async close(): Promise<void> {
      const closeApp = async () => {
        await sockets.close(closeGraceMs);
        // A request that waits for a commit which will not come keeps its connection open.
        const cut = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
        await app.close();
        clearTimeout(cut);
      };
      // First, so that no other server reckons with this one when people come there.
      if (cluster !== null) await inTime(closeGraceMs, cluster.leave());
      await Promise.all([closeApp(), inTime(closeGraceMs, tended)]);
      await inTime(closeGraceMs, uses.flush());
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
