import { deviceKeys as answer } from '../../../shared/api/people.ts';
import type { Sql } from '../../db/connect.ts';
import { Problem } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { problemResponses } from '../../http/openapi.ts';
import type { SessionCookie } from '../../http/session-cookie.ts';
import { deviceKeys } from './device-keys.ts';
import type { Sessions } from './sessions.ts';

export interface DeviceKeyDeps {
  readonly sql: Sql;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
}

/** For browsers alone: a token has no device, so it gets no keys. */
export function deviceKeyRoutes(app: App, { sql, sessions, cookie }: DeviceKeyDeps): void {
  app.get(
    '/session/device-keys',
    {
      schema: {
        tags: ['people'],
        summary: 'The keys of this session for what its browser keeps on the device',
        response: { 200: answer, ...problemResponses(401) },
      },
    },
    async (request, reply) => {
      const secret = cookie.read(request);
      const found = secret === null ? 'unknown' : await sessions.authenticate(secret);
      if (secret === null || typeof found === 'string') {
        throw new Problem('not_signed_in', 'These keys are given to the session of a browser.');
      }
      reply.header('cache-control', 'no-store');
      return deviceKeys(sql, secret);
    },
  );
}
