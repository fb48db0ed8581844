import { cancel } from '../db/cancel.ts';
import type { Sql } from '../db/connect.ts';
import { z } from 'zod';
import type { Documents } from '../collab/engine.ts';
import { Problem } from '../errors.ts';
import type { App } from './app-type.ts';
import { problemResponses } from './openapi.ts';

export interface HealthDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'canSave' | 'commitsInTime'>;
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
      if (!documents.commitsInTime()) {
        throw new Problem('not_ready', 'What people write cannot be saved.');
      }
      if (!(await answersInTime(sql))) {
        throw new Problem('not_ready', 'The database does not answer, or takes no writes.');
      }
      return { status: 'ok' as const };
    },
  );
}

/**
 * Whether the database answers a query in time, and takes writes; why not is told by whoever needs it.
 * A connection that takes none fails as with a write, so that the next look is at another one.
 */
export async function answersInTime(sql: Sql): Promise<boolean> {
  const query = sql`
    do $$ begin
      if current_setting('transaction_read_only') = 'on' then
        raise exception 'read only' using errcode = 'read_only_sql_transaction';
      end if;
    end $$`.execute();
  let patience: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    patience = setTimeout(() => {
      cancel(query);
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
