import type { FastifyReply } from 'fastify';
import { idParams } from '../../shared/api/common.ts';
import { atParams, restored, restoreRequest } from '../../shared/api/versions.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { sendJson, withMember } from '../http/responses/written.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import { requireVersion } from './access.ts';
import { stateAtTime } from './moments.ts';
import { Restores, type Restored } from './restores.ts';
import type { VersionDeps } from './routes.ts';
import { findVersion, presentVersion } from './store.ts';

const responses = {
  200: restored,
  ...problemResponses(400, 401, 403, 404, 409, 422, 429, 503),
} as const;

/** Bringing a version, or the text of any moment, back into the live piece (S3). */
export function restoreRoutes(app: App, deps: VersionDeps): void {
  const { sql, documents, workers } = deps;
  const restores = new Restores(deps);
  const present = async (reply: FastifyReply, { restored, version, changes }: Restored) => {
    const kept = version === null ? undefined : await findVersion(sql, version);
    const plain = { restored, version: kept === undefined ? null : presentVersion(kept) };
    return sendJson(reply, withMember(plain, 'changes', changes));
  };
  app.post(
    '/versions/:id/restore',
    {
      schema: {
        tags: ['history'],
        summary: 'Bring a version back, all of it or one section, as an edit of the live piece',
        params: idParams,
        body: restoreRequest,
        response: responses,
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { id, pieceId, seq } = await requireVersion(sql, user, request.params.id, 'restore');
      const past = { pieceId, seq, told: { versionId: id } };
      const asked = request.body ?? { preview: false };
      return present(reply, await restores.restore(past, user.id, asked));
    },
  );
  app.post(
    '/pieces/:id/at/:time/restore',
    {
      schema: {
        tags: ['history'],
        summary: 'Bring back the piece as it was at a time, all of it or one section',
        params: atParams,
        body: restoreRequest,
        response: responses,
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { id, time } = request.params;
      const { row } = await requirePiece(sql, user, id, 'restore');
      await documents.saved(row.id);
      const { seq } = await stateAtTime(workers, user.id, row.id, { time, as: null });
      const at = new Date(time).toISOString();
      const past = { pieceId: row.id, seq, told: { at } };
      const asked = request.body ?? { preview: false };
      return present(reply, await restores.restore(past, user.id, asked));
    },
  );
}
