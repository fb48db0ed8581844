import type { Sql } from '../db/connect.ts';
import { holds } from '../history/holds.ts';
import { packPiece } from '../history/packer.ts';
import { historyOf } from '../history/questions.ts';
import { namesOf } from '../versions/names.ts';
import type { HistoryTasks, PerformsOfPieces } from './tasks.ts';
import { writtenJson } from './written.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** What is asked of journals and needs to read no text; answers that grow with them are written out here. */
export function ofHistories(sql: Sql): Pick<PerformsOfPieces, HistoryTasks> {
  return {
    history: ({ pieceId }) => writeHistory(sql, pieceId),
    holds: ({ pieceId, updates }) => holds(sql, pieceId, updates),
    pack: ({ pieceId, unfilled }) => packPiece(sql, pieceId, { unfilled }),
  };
}

async function writeHistory(sql: Sql, pieceId: string): Promise<Uint8Array> {
  const found = await historyOf(sql, pieceId);
  const names = await namesOf(
    sql,
    found.map(({ author }) => author),
  );
  const items = found.map(({ author, from, to, ...words }) => ({
    author: author === null ? null : { id: author, name: names.get(author) ?? '' },
    ...{ from: iso(from), to: iso(to), ...words },
  }));
  return writtenJson({ items, nextCursor: null });
}
