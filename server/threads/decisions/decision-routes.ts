import { idParams } from '../../../shared/api/common.ts';
import { thread } from '../../../shared/api/threads.ts';
import type { App } from '../../http/app-type.ts';
import { problemResponses } from '../../http/openapi.ts';
import { caller } from '../../http/sign-in.ts';
import { requirePiece } from '../../pieces/access.ts';
import type { ThreadRouteDeps } from '../thread-routes.ts';

/** Comments are resolved by reviewers, suggestions decided by writers; their proposers withdraw them. */
export function decisionRoutes(app: App, deps: ThreadRouteDeps): void {
  commentDecisions(app, deps);
  suggestionDecisions(app, deps);
}

const answers = { 200: thread, ...problemResponses(400, 401, 403, 404, 409, 423, 429, 503) };

function commentDecisions(app: App, { sql, threads }: ThreadRouteDeps): void {
  app.post(
    '/threads/:id/resolve',
    {
      schema: {
        tags: ['threads'],
        summary: 'Resolve a comment thread',
        params: idParams,
        response: answers,
      },
    },
    async (request) => {
      const user = caller(request);
      const row = await threads.require(user, request.params.id, 'comment');
      const changed = await threads.decisions.resolve(row, user.id);
      return changed
        ? threads.tell(row.id, 'resolved', user.id)
        : threads.presentOne(row.id, user.id);
    },
  );
  app.post(
    '/threads/:id/reopen',
    {
      schema: {
        tags: ['threads'],
        summary:
          'Reopen what was resolved or rejected, or a suggestion that was accepted and then undone in the text',
        params: idParams,
        response: answers,
      },
    },
    async (request) => {
      const user = caller(request);
      const row = await threads.require(user, request.params.id, 'comment');
      if (row.status === 'accepted') await requirePiece(sql, user, row.pieceId, 'acceptSuggestion');
      const changed = await threads.decisions.reopen(row, user.id);
      return changed
        ? threads.tell(row.id, 'reopened', user.id)
        : threads.presentOne(row.id, user.id);
    },
  );
}

function suggestionDecisions(app: App, { sql, threads }: ThreadRouteDeps): void {
  app.post(
    '/threads/:id/accept',
    {
      schema: {
        tags: ['threads'],
        summary: 'Put a suggestion into the text; 409 gives the passage where it has changed',
        params: idParams,
        response: answers,
      },
    },
    async (request) => {
      const user = caller(request);
      const row = await threads.require(user, request.params.id, 'acceptSuggestion');
      await threads.decisions.accept(row, user.id);
      return threads.tell(row.id, 'accepted', user.id);
    },
  );
  app.post(
    '/threads/:id/reject',
    {
      schema: {
        tags: ['threads'],
        summary: 'Reject a suggestion, or withdraw your own; its record stays',
        params: idParams,
        response: answers,
      },
    },
    async (request) => {
      const user = caller(request);
      const row = await threads.require(user, request.params.id, 'suggest');
      if (row.author.id !== user.id) await requirePiece(sql, user, row.pieceId, 'rejectSuggestion');
      await threads.decisions.reject(row, user.id);
      return threads.tell(row.id, 'rejected', user.id);
    },
  );
}
