import type { Sql } from '../db/connect.ts';
import { z } from 'zod';
import type { Documents } from '../collab/engine.ts';
import { Problem } from '../errors.ts';
import type { App } from './app-type.ts';
import { problemResponses } from './openapi.ts';

export interface HealthDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'canSave'>;
}

/** How long the database may take to answer, in milliseconds, and still count as there. */
const databasePatience = 2_000;

const ok = z.object({ status: z.literal('ok') });

/** `/healthz`: the process answers. `/readyz`: it can serve and save, so send it traffic. */
export function healthRoutes(app: App, { sql, documents }: HealthDeps): void {
  app.get(
    '/healthz',
    { schema: { tags: ['operations'], summary: 'Alive', security: [], response: { 200: ok } } },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['operations'],
        summary: 'Can serve and save',
        security: [],
        response: { 200: ok, ...problemResponses(503) },
      },
    },
    async () => {
      if (!documents.canSave()) throw new Problem('not_ready', 'Saving is behind.');
      if (!(await answersInTime(sql))) {
        throw new Problem('not_ready', 'The database does not answer.');
      }
      return { status: 'ok' as const };
    },
  );
}

/** Whether the database answers a query in time; why it does not is told by whoever needs it. */
async function answersInTime(sql: Sql): Promise<boolean> {
  const query = sql`select 1`.execute();
  let patience: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    patience = setTimeout(() => {
      query.cancel();
      resolve(false);
    }, databasePatience);
  });
  try {
    return await Promise.race([query.then(() => true), silence]);
  } catch {
    return false; // Refused, cut off or cancelled: the answer is no.
  } finally {
    clearTimeout(patience);
  }
}
