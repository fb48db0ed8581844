import { v7 as newId } from 'uuid';
import type { NewPiece } from '../../shared/api/pieces.ts';
import type { Sql } from '../db/connect.ts';
import { insertPiece } from '../store/new-piece.ts';
import { readIn, type ImportDeps } from './importer.ts';
import { readContent, type ReadContent } from './read-content.ts';

export interface CreateDeps extends ImportDeps {
  readonly sql: Sql;
}

/**
 * Makes a piece whose owner and first author is `ownerId`, out of content or blank. Resolves when it
 * is committed, with its id and what of the content could only be kept as text.
 */
export async function createPiece(
  deps: CreateDeps,
  ownerId: string,
  piece: NewPiece,
): Promise<{ id: string; warnings: ReadContent['warnings'] }> {
  const { content, format, title, standfirst } = piece;
  const { update, clientId, summary, warnings } =
    content === undefined
      ? readContent({ content: '', format: 'text', title, standfirst })
      : await readIn(deps, ownerId, { content, format, title, standfirst });
  const id = newId();
  const first = { state: update, clientIds: [clientId] };
  await insertPiece(deps.sql, { id, ownerId, ...first, ...summary });
  return { id, warnings };
}
