import { pino } from 'pino';
import type { Sql } from '../db/connect.ts';
import { packPiece } from '../history/packer.ts';
import { createLog } from '../http/log.ts';
import { isPieceId } from '../pieces/roles.ts';
import { shrink, sizeOf } from '../store/shrink.ts';
import { CommandError, print, tell, withDatabase } from './context.ts';

/** Pieces between two lines of progress. */
const progressEvery = 100;

/**
 * Packs the journal of one piece, or where `pieceId` is null of every piece, and gives the room back.
 * No moment of any history is lost; `verify` proves it. A server may run meanwhile.
 */
export async function compact(pieceId: string | null): Promise<void> {
  await withDatabase(async ({ sql, directUrl }) => {
    const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
    const ids = await piecesToPack(sql, pieceId);
    const size = await sizeOf(sql);
    let [done, before, after] = [0, 0, 0];
    for (const id of ids) {
      const packing = await packPiece(sql, id, { unfilled: true });
      done += 1;
      before += packing.before;
      after += packing.after;
      if (done % progressEvery === 0) tell(`${done}/${ids.length}`);
    }
    if (directUrl === null) {
      tell('The room is kept for what is written next: to give it back, set DATABASE_DIRECT_URL.');
    } else if (!(await shrink(directUrl, log))) {
      tell('The database is busy: the room is kept for what is written next.');
    }
    const saved = `${mib(size)} MiB are ${mib(await sizeOf(sql))} MiB`;
    print(`Packed ${done} of ${ids.length} pieces: ${before} journal rows are ${after}, ${saved}.`);
  });
}

async function piecesToPack(sql: Sql, pieceId: string | null): Promise<string[]> {
  const id = pieceId?.toLowerCase() ?? null;
  if (id !== null && !isPieceId(id)) throw new CommandError(`There is no piece ${pieceId}`);
  const rows = await sql<{ id: string }[]>`
    select id from pieces where ${id === null ? sql`true` : sql`id = ${id}`} order by id`;
  if (id !== null && rows.length === 0) throw new CommandError(`There is no piece ${pieceId}`);
  return rows.map((row) => row.id);
}

const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
