import { idParams } from '../../shared/api/common.ts';
import { createdPiece, newContent, type NewContent } from '../../shared/api/pieces.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { untilGone, whileHere } from '../http/limits/while-here.ts';
import { requirePiece } from '../pieces/access.ts';
import { checkSize, type ImportDeps } from '../pieces/importer.ts';
import { presentPiece } from '../pieces/store.ts';
import { saveSummary } from '../pieces/summary.ts';
import type { AnchorCheck } from '../threads/anchors/anchor-check.ts';
import { anchorsOf, saveAnchors } from '../threads/thread-store.ts';
import type { Answer } from '../workers/tasks.ts';
import { ClientIdPool, type LentClientId } from './client-id-pool.ts';
import { EditWatch, type Watched } from './edit-watch.ts';
import { OneAtATime } from './one-at-a-time.ts';

export interface ContentDeps extends ImportDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly check: AnchorCheck;
}

/** The text of a piece, written outside of it, and brought in as the edit that it is (S3). */
export function contentRoutes(app: App, deps: ContentDeps): void {
  const { sql, documents } = deps;
  const turns = new OneAtATime();
  const edits = new EditWatch(documents);
  const clientIds = new ClientIdPool();
  app.put(
    '/pieces/:id/content',
    {
      bodyLimit: deps.config.limits.maxBodyBytes,
      schema: {
        tags: ['pieces'],
        summary:
          'Replace the text: a minimal edit of the live piece, if it is still what `If-Match` says (the ETag of the piece or of any export, or `*`)',
        params: idParams,
        body: newContent,
        response: {
          200: createdPiece,
          ...problemResponses(400, 401, 403, 404, 409, 412, 413, 422, 423, 428, 429, 503),
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
      checkSize(deps.config.limits, request.body.content);
      const wanted = { ifMatch, ...request.body };
      const own = { ...deps, workers: whileHere(deps.workers, reply) };
      const replaced = await turns.run(
        row.id,
        user.id,
        () =>
          clientIds.lend(row.id, user.id, (lent) =>
            replaceStill(own, edits, { pieceId: row.id, by: user.id, lent }, wanted),
          ),
        untilGone(reply),
      );
      if (replaced.changed) await saveSummary(sql, row.id, replaced.summary, new Date());
      const { title, standfirst } = replaced.summary;
      if (title !== row.title || standfirst !== row.standfirst) {
        documents.announce(row.id, { type: 'title', title, standfirst });
      }
      const now = await requirePiece(sql, user, row.id, 'read');
      reply.header('etag', replaced.etag);
      return { ...presentPiece(now.row, now.role), warnings: [...replaced.warnings] };
    },
  );
}

/** How often an edit is made again where the piece is edited meanwhile. */
const mostPlans = 5;

/**
 * Replaces the text that `If-Match` names, and no other: what was edited while the edit was made is
 * compared anew.
 */
async function replaceStill(
  deps: ContentDeps,
  edits: EditWatch,
  editing: Editing,
  wanted: Wanted,
): Promise<Replaced> {
  for (let left = mostPlans; left > 0; left--) {
    const done = await edits.during(editing.pieceId, (watched) =>
      replace(deps, editing, { ...wanted, watched }),
    );
    if (done !== null) return done;
  }
  throw changed();
}

interface Editing {
  readonly pieceId: string;
  readonly by: string;
  readonly lent: LentClientId;
}

type Wanted = NewContent & { readonly ifMatch: string };
type Replaced = Answer<'replace'> & object;

function changed(): Problem {
  const detail = 'The piece is not what it was. Read it again, and bring your changes into that.';
  return new Problem('precondition_failed', detail);
}

/**
 * Edits the live piece; resolves when that is committed. Its words are the caller's (P2). The edit is
 * made on a copy, off the event loop, and merged like anybody's: 2 MB took 10 s. So it is one at a
 * time in a piece, or two that go by one ETag would both be put in. Null: nothing was done, since the
 * piece was edited meanwhile and may read otherwise than `If-Match` says.
 */
async function replace(
  { sql, documents, workers, check }: ContentDeps,
  { pieceId, by, lent }: Editing,
  { content, format, ifMatch, watched }: Wanted & { readonly watched: Watched },
): Promise<Replaced | null> {
  const sought = check.sought(pieceId, await anchorsOf(sql, pieceId));
  const state = await documents.state(pieceId, by);
  const { clientId } = lent;
  const replaced = await workers.ask(by, 'replace', {
    ...{ state, content, format, ifMatch, sought, clientId },
  });
  if (replaced === null) throw changed();
  const { update, carried } = replaced;
  // Where nothing is to be changed, too: nobody changes a locked piece (R4).
  const credit = { clientId, userId: by };
  const still = await lent.merging(() =>
    documents.merge(pieceId, by, credit, {
      update,
      still: ifMatch.trim() === '*' ? null : () => !watched.edited,
    }),
  );
  if (!still) return null;
  if (!replaced.changed) return replaced;
  await sql.begin(async (tx) => {
    await saveAnchors(tx, carried.changes);
    await record(tx, { pieceId, actor: by, kind: 'content.replaced', data: { format } });
  });
  if (carried.moved.length > 0) check.announce(pieceId, carried.moved);
  return replaced;
}
