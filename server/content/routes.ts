import { randomInt } from 'node:crypto';
import * as Y from 'yjs';
import { idParams } from '../../shared/api/common.ts';
import { createdPiece, newContent, type NewContent } from '../../shared/api/pieces.ts';
import { readDocument, type DocumentModel } from '../../shared/document/index.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import type { Importer } from '../pieces/import-pool.ts';
import { presentPiece } from '../pieces/store.ts';
import { saveSummary, summarise, type Summary } from '../pieces/summary.ts';
import type { AnchorCheck } from '../threads/anchor-check.ts';
import { carryThrough, type Carried } from '../threads/carry-anchors.ts';
import { anchorsOf, saveAnchors } from '../threads/thread-store.ts';
import { etagOf, matches } from './etag.ts';
import { replaceDocument } from './replace-document.ts';

export interface ContentDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly importer: Importer;
  readonly check: AnchorCheck;
}

/** The text of a piece, written outside of it, and brought in as the edit that it is (S3). */
export function contentRoutes(app: App, deps: ContentDeps): void {
  const { sql, documents } = deps;
  app.put(
    '/pieces/:id/content',
    {
      schema: {
        tags: ['pieces'],
        summary:
          'Replace the text: a minimal edit of the live piece, if it is still what `If-Match` says (the ETag of the piece or of any export, or `*`)',
        params: idParams,
        body: newContent,
        response: {
          200: createdPiece,
          ...problemResponses(400, 401, 403, 404, 412, 413, 422, 423, 428, 503),
        },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'edit');
      const ifMatch = request.headers['if-match'];
      if (ifMatch === undefined) {
        const detail = 'Send `If-Match` with the ETag of the text that yours comes from, or `*`.';
        throw new Problem('precondition_required', detail);
      }
      const { model, warnings } = await readModel(deps.importer, request.body);
      const replaced = await replace(deps, row.id, user.id, { model, ifMatch, ...request.body });
      if (replaced.changed) await saveSummary(sql, row.id, replaced.summary, new Date());
      const { title, standfirst } = replaced.summary;
      if (title !== row.title || standfirst !== row.standfirst) {
        documents.announce(row.id, { type: 'title', title, standfirst });
      }
      const now = await requirePiece(sql, user, row.id, 'read');
      reply.header('etag', replaced.etag);
      return { ...presentPiece(now.row, now.role), warnings: [...warnings] };
    },
  );
}

async function readModel(importer: Importer, { content, format }: NewContent) {
  const { update, warnings } = await importer.read({ content, format });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const model = readDocument(doc);
  doc.destroy();
  return { model, warnings };
}

interface Replaced extends Carried {
  readonly etag: string;
  /** False: the piece read so already. */
  readonly changed: boolean;
  readonly summary: Summary;
}

/** Edits the live piece; resolves when that is committed. Its words are the caller's (P2). */
async function replace(
  { sql, documents, check }: ContentDeps,
  pieceId: string,
  by: string,
  wanted: NewContent & { readonly model: DocumentModel; readonly ifMatch: string },
): Promise<Replaced> {
  const anchors = await anchorsOf(sql, pieceId);
  const outcome: { is: Replaced | null } = { is: null };
  const credit = { clientId: randomInt(1, 2 ** 32), userId: by };
  await documents.editCredited(pieceId, by, credit, (doc) => {
    const before = etagOf(doc);
    if (!matches(wanted.ifMatch, before)) return;
    const threads = check.look(pieceId, doc, anchors);
    const edit = () => replaceDocument(doc, wanted.model, wanted.format);
    // A passage that was moved elsewhere is found there by its words, later.
    carryThrough(doc, threads, edit, (carried) => {
      const etag = etagOf(doc);
      outcome.is = { ...carried, etag, changed: etag !== before, summary: summarise(doc) };
    });
  });
  const replaced = outcome.is;
  if (replaced === null) {
    const detail = 'The piece is not what it was. Read it again, and bring your changes into that.';
    throw new Problem('precondition_failed', detail);
  }
  if (!replaced.changed) return replaced;
  await sql.begin(async (tx) => {
    await saveAnchors(tx, replaced.changes);
    await record(tx, {
      pieceId,
      actor: by,
      kind: 'content.replaced',
      data: { format: wanted.format },
    });
  });
  if (replaced.moved.length > 0) check.announce(pieceId, replaced.moved);
  return replaced;
}
