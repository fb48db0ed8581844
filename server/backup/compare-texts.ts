import type { Sql } from '../db/connect.ts';
import { verifyPieces } from '../store/verify.ts';
import type { PieceText } from './manifest.ts';

/** Pieces between two lines of progress. */
const progressEvery = 100;

/**
 * Rebuilds every piece from its journal alone, as `verify` does, and compares what it reads with what it
 * read at the moment of the backup. Gives a line for each difference.
 */
export async function compareTexts(
  sql: Sql,
  texts: ReadonlyMap<string, PieceText>,
  tell: (line: string) => void,
): Promise<string[]> {
  const found: string[] = [];
  let done = 0;
  for await (const { pieceId, rows, digest, problems } of verifyPieces(sql)) {
    const wanted = texts.get(pieceId);
    for (const problem of problems) found.push(`${pieceId}: ${problem}`);
    if (wanted === undefined) found.push(`${pieceId}: the backup does not name it`);
    else if (wanted.seq !== rows) {
      found.push(`${pieceId}: it has ${rows} journal rows, and had ${wanted.seq}`);
    } else if (wanted.digest !== digest) found.push(`${pieceId}: it reads differently`);
    done += 1;
    if (done % progressEvery === 0) tell(`read ${done}/${texts.size} pieces`);
  }
  if (done !== texts.size) found.push(`There are ${done} pieces, and were ${texts.size}`);
  return found;
}
