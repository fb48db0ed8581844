import { isPieceId } from '../pieces/roles.ts';
import { countPieces, verifyPieces, type PieceReport } from '../store/verify.ts';
import { CommandError, print, tell, withDatabase } from './context.ts';

/** Pieces between two lines of progress. */
const progressEvery = 100;

/**
 * Rebuilds one piece, or where `pieceId` is null every piece, from the journal alone, and tells what
 * differs from how it would be opened (D6). The exit code is 1 where anything does.
 */
export async function verify(pieceId: string | null): Promise<void> {
  await withDatabase(async ({ sql }) => {
    const id = pieceId?.toLowerCase() ?? null;
    const exists =
      id === null ||
      (isPieceId(id) && (await sql`select 1 from pieces where id = ${id}`).count > 0);
    if (!exists) throw new CommandError(`There is no piece ${pieceId}`);
    const total = id === null ? await countPieces(sql) : 1;
    let [done, rows, bad, written, deleted] = [0, 0, 0, 0, 0];
    for await (const report of verifyPieces(sql, id === null ? {} : { pieceIds: [id] })) {
      done += 1;
      rows += report.rows;
      written += report.written;
      deleted += report.deleted;
      if (report.problems.length > 0) bad += 1;
      complain(report);
      if (done % progressEvery === 0) tell(`${done}/${total}`);
    }
    if (bad > 0) throw new CommandError(`${bad} of ${done} pieces differ from their journal`);
    print(`Rebuilt ${done} of ${total} pieces from ${rows} journal rows: all are the same.`);
    print(`Of ${written} letters and marks that were ever written, ${deleted} have been deleted.`);
  });
}

function complain({ pieceId, problems, incomplete }: PieceReport): void {
  for (const problem of problems) tell(`${pieceId}: ${problem}`);
  if (incomplete) tell(`${pieceId}: waits for edits that their authors have never sent`);
}
