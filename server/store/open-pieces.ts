import { randomUUID } from 'node:crypto';
import type { OpenPieces, PieceOpening } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';

/**
 * Notes in Postgres of which pieces a server has open. `server` is its own id: the notes of others who are
 * not seen to live are of servers that have ended without a word.
 *
 * One statement at a time of each kind, for all that have come meanwhile: after a restart everybody
 * opens their pieces at once, and where writes hang, readers keep the other connections of the pool.
 */
export function createOpenPieces(sql: Queryable, server: string = randomUUID()): OpenPieces {
  return {
    opened: inGroups(async (openings: readonly PieceOpening[]) => {
      const rows = await sql<{ pieceId: string; foundMsAgo: number }[]>`
        with asked as (
          select piece_id, max(opening) as opening
          from unnest(${openings.map(({ pieceId }) => pieceId)}::uuid[],
                      ${openings.map(({ opening }) => opening)}::int[]) as one (piece_id, opening)
          group by piece_id
        ),
        found as (
          update open_pieces other set found_at = now() from asked
          where other.piece_id = asked.piece_id and other.server <> ${server}
            and other.found_at is null and other.server not in (select id from servers)
        ),
        noted as (
          insert into open_pieces (piece_id, server, opening)
          select asked.piece_id, ${server}, asked.opening
          from asked join pieces on pieces.id = asked.piece_id
          where pieces.deleted_at is null
          order by asked.piece_id
          on conflict (piece_id, server) do update
            set opening = excluded.opening, since = excluded.since, found_at = null
            where open_pieces.opening < excluded.opening
        )
        select piece_id as "pieceId",
          extract(epoch from now() - max(coalesce(found_at, now())))::float8 * 1000 as "foundMsAgo"
        from open_pieces join asked using (piece_id)
        where server <> ${server} and server not in (select id from servers)
        group by piece_id`;
      const found = new Map(rows.map(({ pieceId, foundMsAgo }) => [pieceId, foundMsAgo]));
      return openings.map(({ pieceId }) => found.get(pieceId) ?? null);
    }),

    closed: inGroups(
      async (openings: readonly (PieceOpening & { readonly forgetMs: number })[]) => {
        // What this server took words under is nobody's then (C6).
        await sql`
        with gone as (
        delete from open_pieces
        using unnest(${openings.map(({ pieceId }) => pieceId)}::uuid[],
                     ${openings.map(({ opening }) => opening)}::int[],
                     ${openings.map(({ forgetMs }) => forgetMs)}::float8[])
          as one (piece_id, opening, forget_ms)
        where open_pieces.piece_id = one.piece_id
          and case when server = ${server} then open_pieces.opening <= one.opening
              else found_at < now() - make_interval(secs => one.forget_ms / 1000) end
        returning open_pieces.piece_id, open_pieces.server
        )
        update client_ids set server = null, wanted = false
        where server = ${server}
          and piece_id in (select piece_id from gone where gone.server = ${server})`;
        return openings.map(() => undefined);
      },
    ),
  };
}

interface Asked<T, R> {
  readonly item: T;
  readonly resolve: (answer: R) => void;
  readonly reject: (err: unknown) => void;
}

/** In ms. A connection that has gone silent would keep everybody's notes waiting until TCP gives up. */
const deadlineMs = 5_000;

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`The database did not answer within ${deadlineMs} ms`);
    timer = setTimeout(() => reject(error), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether any server has a piece open, or had when it ended without a word. */
export async function someAreOpen(sql: Queryable): Promise<boolean> {
  const rows = await sql`select from open_pieces limit 1`;
  return rows.length > 0;
}

/** Calls `run` with all that has come since it was last called, never twice at once. */
function inGroups<T, R>(run: (items: readonly T[]) => Promise<R[]>): (item: T) => Promise<R> {
  let waiting: Asked<T, R>[] = [];
  let isRunning = false;
  const work = async () => {
    isRunning = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const answers = await within(run(group.map(({ item }) => item)));
        group.forEach(({ resolve }, i) => resolve(answers[i] as R));
      } catch (err) {
        for (const { reject } of group) reject(err);
      }
    }
    isRunning = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isRunning) void work();
    });
}
