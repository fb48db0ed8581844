import type { JournalEntry, JournalStore, Log, HeldAppend } from '../collab/ports.ts';
import { sinceOfServer, type Stand } from './stand.ts';
import { isPooled, openClient, type Queryable, type Sql } from '../db/client.ts';
import { createLanes, type Lanes } from '../db/lanes.ts';
import { putParts, tooLong } from '../db/large-bytes.ts';
import { isReadOnly } from '../db/read-only.ts';
import { appendStatement } from './journal-statement.ts';

export interface JournalStoreOptions {
  readonly log: Log;
  /** How long one append may take, in ms; 10,000 where not given. */
  readonly deadlineMs?: number;
  /** As what this server has to stand among the servers to append anything; null, as where not given: it need not. */
  readonly standsAs?: () => Stand | null;
}

export interface OwnJournalStore extends JournalStore {
  /**
   * Connects, and has the statements of keystrokes planned: on a busy machine that takes most of a second,
   * for which whoever types first after a start would wait. Never rejects: an append connects by itself.
   */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** The database did not answer in time: nothing is known of this append. */
export class JournalTimeout extends Error {
  readonly code = 'JOURNAL_TIMEOUT';

  constructor(deadlineMs: number) {
    super(`The database did not answer an append within ${deadlineMs} ms`);
    this.name = 'JournalTimeout';
  }
}

/** The other servers have taken this one for dead: nothing was appended, nor is to be. */
export class TakenForDead extends Error {
  constructor() {
    super('The other servers have taken this one for dead');
    this.name = 'TakenForDead';
  }
}

/** How long a journal may be held while nothing is asked of the database, in ms. */
const mostHeldMs = 3_000;

interface Appended {
  readonly pieceId: string;
  readonly last: number;
  readonly rows: number;
}

/**
 * The journal in Postgres, on one connection of its own: nothing else that the server asks of the
 * database can stand in its way.
 *
 * An append whose answer is lost may have been committed; the caller's second try then writes it
 * again, under new numbers. That is harmless, because a Yjs update applied twice is the same
 * document. Deadlocks and all other failures of the database just reject.
 */
export function createJournalStore(url: string, options: JournalStoreOptions): OwnJournalStore {
  const { log, deadlineMs = 10_000, standsAs = () => null } = options;
  // A pooler lends connections for a transaction, and plans nothing ahead.
  const pooled = isPooled(url);
  // Null until the first append, and after each loss: a client that lost its connection is done for.
  let client: Sql | null = null;

  function open(): Sql {
    const how = { log, name: 'counterpoint journal', max: 1, statementTimeout: deadlineMs };
    const opened = openClient(url, how, () => {
      if (client === opened) client = null;
    });
    return opened;
  }

  // Null until the first append that goes in parts, since that needs a transaction.
  let lanes: Lanes | null = null;
  // What `client` is where there is a pooler.
  let short: Lanes | null = null;

  function openLanes(name: string): Lanes {
    const timeouts = { statementTimeout: deadlineMs, idleInTransaction: mostHeldMs };
    return createLanes(url, { log, name, ...timeouts }, 1);
  }

  /** Gives up a connection that hangs, or takes no writes; the socket of a database behind a black hole stays silent. */
  function giveUp(hung: Sql | Lanes): void {
    if (client === hung) client = null;
    if (lanes === hung) lanes = null;
    if (short === hung) short = null;
    hung.end({ timeout: 0 }).catch((err: unknown) => {
      log.warn({ err }, 'A connection of the journal could not be ended');
    });
  }

  /** The query, and what it runs on. */
  function ask(entries: readonly JournalEntry[]): [query: Promise<Appended[]>, on: Sql | Lanes] {
    const stand = standsAs();
    if (tooLong(entries.map(({ update }) => update))) {
      const used = (lanes ??= openLanes('counterpoint journal parts'));
      return [used.begin('', (tx) => appendInParts(tx, entries, stand)), used];
    }
    if (pooled) {
      const used = (short ??= openLanes('counterpoint journal'));
      return [used.begin('', (tx) => appendAtOnce(tx, entries, stand)), used];
    }
    const used = (client ??= open());
    return [appendAtOnce(used, entries, stand), used];
  }

  async function answered<T>(query: Promise<T>, used: Sql | Lanes): Promise<T> {
    return within(query, deadlineMs, () => giveUp(used)).catch((error: unknown) => {
      if (isReadOnly(error)) giveUp(used);
      throw error;
    });
  }

  return {
    async warmUp() {
      if (pooled) return;
      const used = (client ??= open());
      const fenced = options.standsAs !== undefined;
      const planned = Promise.all([plan(used, false, fenced), plan(used, true, fenced)]);
      await within(planned, deadlineMs, () => giveUp(used)).catch((err: unknown) => {
        log.warn({ err }, 'the journal is not connected yet');
      });
    },
    async append(entries) {
      if (entries.length === 0) return new Map();
      const rows = await answered(...ask(entries));
      return new Map(rows.map(({ pieceId, last, rows }) => [pieceId, { last, rows }]));
    },
    async appendHeld(pieceId, make) {
      const stand = standsAs();
      const used = (lanes ??= openLanes('counterpoint journal parts'));
      return answered(
        used.begin('', (tx) => appendHeld(tx, { pieceId, stand, make })),
        used,
      );
    },
    async close() {
      const last = [client, lanes, short];
      client = lanes = short = null;
      for (const each of last) await each?.end({ timeout: 5 });
    },
  };
}

/** The standing of no server. */
const nobody: Stand = { id: '00000000-0000-0000-0000-000000000000', since: '0' };

/** An append of nothing. `fenced`: as one that has to stand among the servers. */
async function plan(client: Queryable, binds: boolean, fenced: boolean): Promise<void> {
  const shape = { inParts: false, binds, hasVersions: false, fenced };
  const none = Array.from({ length: binds ? 7 : 4 }, () => '{}');
  if (fenced) none.push(nobody.id, nobody.since);
  await client.unsafe(appendStatement(shape), none, { prepare: true });
}

function appendAtOnce(
  client: Queryable,
  entries: readonly JournalEntry[],
  stand: Stand | null,
): Promise<Appended[]> {
  const updates = entries.map(({ update }) => {
    const bytes = Buffer.from(update.buffer, update.byteOffset, update.byteLength);
    return `"\\\\x${bytes.toString('hex')}"`;
  });
  return append(client, entries, { updates: `{${updates.join()}}`, inParts: false, stand });
}

/** The same for updates that are long; in a transaction. */
async function appendInParts(
  tx: Queryable,
  entries: readonly JournalEntry[],
  stand: Stand | null,
): Promise<Appended[]> {
  const updates = await putParts(
    tx,
    entries.map(({ update }) => update),
  );
  return append(tx, entries, { updates, inParts: true, stand });
}

interface How {
  /** As an array literal, or the batch of parts that they are. */
  readonly updates: string;
  readonly inParts: boolean;
  /** As what it has to stand among the servers; null: it need not. */
  readonly stand: Stand | null;
}

async function append(
  client: Queryable,
  entries: readonly JournalEntry[],
  { updates, inParts, stand }: How,
): Promise<Appended[]> {
  const bindings = bindingParameters(entries);
  const versions = versionParameters(entries);
  const more = versions === null ? bindings : [...(bindings ?? ['{}', '{}', '{}']), ...versions];
  const fenced = stand !== null;
  const shape = { inParts, binds: bindings !== null, hasVersions: versions !== null, fenced };
  const fence = stand === null ? [] : [stand.id, stand.since];
  const values = [...parameters(entries), updates, ...(more ?? []), ...fence];
  const rows = await client.unsafe<Appended[]>(appendStatement(shape), values, { prepare: true });
  if (stand !== null && rows.length === 0) await checkAlive(client, stand);
  return rows;
}

async function checkAlive(client: Queryable, { id, since }: Stand): Promise<void> {
  const alive = await client`
    select from servers where id = ${id} and ${client.unsafe(sinceOfServer)} = ${since}`;
  if (alive.length === 0) throw new TakenForDead();
}

interface Holding {
  readonly pieceId: string;
  readonly stand: Stand | null;
  readonly make: Parameters<JournalStore['appendHeld']>[1];
}

/**
 * In a transaction. Who locks or deletes the piece changes its row, so they wait for this, or this for them:
 * for that row first, since whoever writes in any piece would wait for who holds the head and waits for more.
 */
async function appendHeld(tx: Queryable, { pieceId, stand, make }: Holding): Promise<HeldAppend> {
  await tx.unsafe(`set local lock_timeout = ${mostHeldMs}`);
  const [[piece], [head]] = await Promise.all([
    tx<{ locked: boolean }[]>`
      select locked_at is not null as locked from pieces
      where id = ${pieceId} and deleted_at is null for share`,
    tx<{ seq: number }[]>`
      select seq from journal_heads where piece_id = ${pieceId} for no key update`,
  ]);
  if (piece === undefined || head === undefined) return 'gone';
  if (piece.locked) return 'locked';
  const made = await make(head.seq);
  if (made === null) return 'nothing';
  const entries = [{ ...made, pieceId }];
  const write = tooLong([made.update]) ? appendInParts : appendAtOnce;
  const rows = await write(tx, entries, stand);
  return rows.length === 0 ? 'gone' : 'appended';
}

/**
 * The columns as array literals, written by hand: the driver's own arrays cost up to twice the CPU,
 * and a parameter declared as text goes through it untouched. One blob with lengths, cut up by
 * substring(), was no faster here and took Postgres five times as long for 100 × 400 bytes, since
 * each cut copies the whole; base64 instead of hex saves nothing that can be measured.
 */
function parameters(entries: readonly JournalEntry[]): string[] {
  let pieces = '';
  let authors = '';
  let times = '';
  let comma = '';
  for (const { pieceId, author, at } of entries) {
    pieces += comma + pieceId;
    authors += comma + (author ?? 'null');
    times += comma + String(at.getTime());
    comma = ',';
  }
  return [`{${pieces}}`, `{${authors}}`, `{${times}}`];
}

/** Null where no row has a version before it. */
function versionParameters(entries: readonly JournalEntry[]): string[] | null {
  const rows = entries.flatMap(({ before }, i) => (before ? [{ ...before, ord: i + 1 }] : []));
  if (rows.length === 0) return null;
  return [
    `{${rows.map(({ ord }) => ord).join()}}`,
    `{${rows.map(({ id }) => id).join()}}`,
    `{${rows.map(({ kind }) => kind).join()}}`,
    `{${rows.map(({ by }) => by ?? 'null').join()}}`,
  ];
}

/** Null where no clientID is used for the first time. */
function bindingParameters(entries: readonly JournalEntry[]): string[] | null {
  const rows = entries.flatMap(({ pieceId, bound = [] }) =>
    bound.map(({ clientId, userId }) => ({ pieceId, clientId, userId: userId ?? 'null' })),
  );
  if (rows.length === 0) return null;
  const column = (name: 'pieceId' | 'clientId' | 'userId') =>
    `{${rows.map((row) => row[name]).join()}}`;
  return [column('pieceId'), column('clientId'), column('userId')];
}

/** What `work` gives, or a JournalTimeout after `deadlineMs`, when `late` has been called. */
async function within<T>(work: Promise<T>, deadlineMs: number, late: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new JournalTimeout(deadlineMs));
      late();
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
