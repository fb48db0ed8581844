import type { JournalEntry, JournalStore, Log } from '../collab/ports.ts';
import { openClient, type Sql } from '../db/client.ts';

export interface JournalStoreOptions {
  readonly log: Log;
  /** How long one append may take, in ms; 10,000 where not given. */
  readonly deadlineMs?: number;
}

export interface OwnJournalStore extends JournalStore {
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

/**
 * One statement, so one round trip and one transaction, for any number of pieces.
 *
 * `locked` takes the pieces' rows in the order of their ids, so that servers that append to the
 * same pieces wait for each other in a line and never in a circle. It reads `seq` after it has got
 * the lock (C1), also where it had to wait: Postgres then reads the row again. The numbers of a
 * batch follow from its order. A piece without such a row is in neither `written` nor the answer.
 */
const statement = statementWith('');

/**
 * The same, and in the same transaction whose clientIDs are used for the first time (P2). Few
 * commits have any, and the others should not pay for it. Who was first stays: another server may
 * have been.
 */
const bindingStatement = statementWith(`
  bound as (
    insert into client_ids (piece_id, client_id, user_id)
    select piece_id, client_id, user_id
    from unnest($5::text::uuid[], $6::text::bigint[], $7::text::uuid[])
      as entry (piece_id, client_id, user_id)
    where piece_id in (select piece_id from locked)
    on conflict do nothing
  ),`);

/**
 * The same, and with it versions of what there was before some rows; of a wipe also that it happened
 * (R5). Once an append whose answer was lost is tried again, they are there already.
 */
const versionStatement = statementWith(`
  bound as (
    insert into client_ids (piece_id, client_id, user_id)
    select piece_id, client_id, user_id
    from unnest($5::text::uuid[], $6::text::bigint[], $7::text::uuid[])
      as entry (piece_id, client_id, user_id)
    where piece_id in (select piece_id from locked)
    on conflict do nothing
  ),
  kept as (
    insert into versions (id, piece_id, seq, kind, created_by, created_at)
    select entry.id, batch.piece_id, locked.seq + batch.n - 1, entry.kind, entry.by, batch.at
    from unnest($8::text::bigint[], $9::text::uuid[], $10::text::text[], $11::text::uuid[])
      as entry (ord, id, kind, by)
      join batch using (ord) join locked using (piece_id)
    on conflict do nothing
  ),
  told as (
    insert into piece_events (piece_id, id, at, actor, kind, data)
    select batch.piece_id, entry.id, batch.at, entry.by, 'content.wiped',
      jsonb_build_object('versionId', entry.id)
    from unnest($8::text::bigint[], $9::text::uuid[], $10::text::text[], $11::text::uuid[])
      as entry (ord, id, kind, by)
      join batch using (ord)
    where entry.kind = 'wipe' and batch.piece_id in (select piece_id from locked)
    on conflict do nothing
  ),`);

function statementWith(more: string): string {
  return `
  with batch as (
    select piece_id, author, to_timestamp(ms / 1000.0) as at, update, ord,
      row_number() over (partition by piece_id order by ord) as n
    from unnest($1::text::uuid[], $2::text::uuid[], $3::text::float8[], $4::text::bytea[])
      with ordinality as entry (piece_id, author, ms, update, ord)
  ),
  counts as (
    select piece_id, count(*) as rows from batch group by piece_id
  ),
  locked as materialized (
    select head.piece_id, head.seq, counts.rows
    from journal_heads head join counts using (piece_id)
    order by head.piece_id
    for no key update of head
  ),${more}
  written as (
    insert into journal (piece_id, seq, author, at, update)
    select batch.piece_id, locked.seq + batch.n, batch.author, batch.at, batch.update
    from batch join locked using (piece_id)
  )
  update journal_heads head
  set seq = locked.seq + locked.rows
  from locked
  where head.piece_id = locked.piece_id
  returning head.piece_id as "pieceId", head.seq as last, locked.rows`;
}

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
  const { log, deadlineMs = 10_000 } = options;
  // Null until the first append, and after each loss: a client that lost its connection is done for.
  let client: Sql | null = null;

  function open(): Sql {
    const how = { log, name: 'counterpoint journal', max: 1, statementTimeout: deadlineMs };
    const opened = openClient(url, how, () => {
      if (client === opened) client = null;
    });
    return opened;
  }

  /** Gives up a connection that hangs; the socket of a database behind a black hole stays silent. */
  function giveUp(hung: Sql): void {
    if (client === hung) client = null;
    hung.end({ timeout: 0 }).catch((err: unknown) => {
      log.warn({ err }, 'A connection of the journal could not be ended');
    });
  }

  return {
    async append(entries) {
      if (entries.length === 0) return new Map();
      const used = (client ??= open());
      const [text, values] = queryFor(entries);
      const query = used.unsafe<Appended[]>(text, values, { prepare: true });
      const rows = await within(query, deadlineMs, () => giveUp(used));
      return new Map(rows.map(({ pieceId, last, rows }) => [pieceId, { last, rows }]));
    },
    async close() {
      const last = client;
      client = null;
      await last?.end({ timeout: 5 });
    },
  };
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
  let updates = '';
  let comma = '';
  for (const { pieceId, author, at, update } of entries) {
    const bytes = Buffer.from(update.buffer, update.byteOffset, update.byteLength);
    pieces += comma + pieceId;
    authors += comma + (author ?? 'null');
    times += comma + String(at.getTime());
    updates += `${comma}"\\\\x${bytes.toString('hex')}"`;
    comma = ',';
  }
  return [`{${pieces}}`, `{${authors}}`, `{${times}}`, `{${updates}}`];
}

function queryFor(entries: readonly JournalEntry[]): [text: string, values: string[]] {
  const bindings = bindingParameters(entries);
  const versions = versionParameters(entries);
  const values = parameters(entries);
  if (versions !== null) {
    const none = ['{}', '{}', '{}'];
    return [versionStatement, [...values, ...(bindings ?? none), ...versions]];
  }
  return bindings === null ? [statement, values] : [bindingStatement, [...values, ...bindings]];
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
