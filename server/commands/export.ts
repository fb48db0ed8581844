import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as Y from 'yjs';
import { readDocument, sharedTypes } from '../../shared/document/index.ts';
import { exportMarkdown } from '../../shared/markdown/index.ts';
import { hydrate } from '../collab/rooms/hydrate.ts';
import type { PieceStore } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { slug } from '../export/filename.ts';
import { isPieceId } from '../pieces/roles.ts';
import { createPieceStore } from '../store/piece-store.ts';
import { CommandError, print, tell, withDatabase } from './context.ts';

export interface ExportOptions {
  readonly profile: 'publish' | 'working';
  /** A folder, made where missing. Needed for more than one piece. */
  readonly out?: string;
}

/** Writes one piece, or where `pieceId` is null every piece that is not deleted, as Markdown. */
export async function exportPieces(pieceId: string | null, options: ExportOptions): Promise<void> {
  await withDatabase(async ({ sql }) => {
    const store = createPieceStore(sql);
    const ids = pieceId === null ? await allPieces(sql) : [pieceId.toLowerCase()];
    if (options.out !== undefined) await mkdir(options.out, { recursive: true });
    for (const [index, id] of ids.entries()) {
      const doc = await loadDocument(store, id);
      const text = exportMarkdown(readDocument(doc), { profile: options.profile });
      if (options.out === undefined) process.stdout.write(text);
      else {
        const file = path.join(options.out, fileName(doc, id));
        await writeFile(file, text);
        tell(`${index + 1}/${ids.length} ${file}`);
      }
      doc.destroy();
    }
    if (options.out !== undefined) print(`Wrote ${ids.length} of ${ids.length} pieces.`);
  });
}

async function allPieces(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from pieces where deleted_at is null order by id`;
  return rows.map(({ id }) => id);
}

async function loadDocument(store: PieceStore, id: string): Promise<Y.Doc> {
  const stored = isPieceId(id) ? await store.load(id) : null;
  if (stored === null) throw new CommandError(`There is no piece ${id}`);
  return hydrate(stored);
}

/** The same title may be there twice, the same id not. */
function fileName(doc: Y.Doc, id: string): string {
  return `${slug(doc.getText(sharedTypes.title).toJSON())}-${id}.md`;
}
