import { v7 as newId } from 'uuid';
import type { NewPiece } from '../../shared/api/pieces.ts';
import type { Sql } from '../db/connect.ts';
import { insertPiece } from '../store/new-piece.ts';
import type { Importer } from './import-pool.ts';
import { readContent, type ReadContent } from './read-content.ts';

export interface CreateDeps {
  readonly sql: Sql;
  readonly importer: Importer;
}

/**
 * Makes a piece whose owner and first author is `ownerId`, out of content or blank. Resolves when it
 * is committed, with its id and what of the content could only be kept as text.
 */
export async function createPiece(
  { sql, importer }: CreateDeps,
  ownerId: string,
  piece: NewPiece,
): Promise<{ id: string; warnings: ReadContent['warnings'] }> {
  const { content, format, title, standfirst } = piece;
  const { update, summary, warnings } =
    content === undefined
      ? readContent({ content: '', format: 'text', title, standfirst })
      : await importer.read({ content, format, title, standfirst });
  const id = newId();
  await insertPiece(sql, { id, ownerId, state: update, ...summary });
  return { id, warnings };
}
