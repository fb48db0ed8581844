import { readFile } from 'node:fs/promises';
import type { Log } from '../collab/ports.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../db/connect.ts';
import { packageFile } from '../package-root.ts';
import { ensureAdmin, makeFirstAdmin } from '../people/ensure-admin.ts';
import type { Invite } from '../people/invites.ts';
import { createPiece, type CreateDeps } from './create.ts';
import type { Workers } from '../workers/pool.ts';

export interface FirstStart {
  readonly config: Pick<Config, 'admin' | 'limits'>;
  /** Whether the database is an embedded one with neither people nor pieces; see `Database`. */
  readonly fresh: boolean;
  readonly workers: Workers;
  readonly log: Log;
}

/**
 * Sees to it that somebody can sign in and, on a fresh embedded database, has something to look at.
 * Resolves with an invite to print where there is an admin who has never got in, else null. Makes
 * nothing twice when done again.
 */
export async function firstStart(
  sql: Sql,
  { config, fresh, workers, log }: FirstStart,
): Promise<Invite | null> {
  const first = config.admin === null ? await makeFirstAdmin(sql, config.limits.inviteMs) : null;
  const adminId =
    config.admin === null ? (first?.userId ?? null) : await ensureAdmin(sql, config.admin);
  if (config.admin !== null && adminId === null) {
    log.warn({}, 'The person of ADMIN_EMAIL is disabled: ADMIN_TOKEN signs nobody in');
  }
  if (fresh && adminId !== null && (await makeSample({ sql, workers, config }, adminId))) {
    log.info({}, 'Made a sample piece');
  }
  return first?.invite ?? null;
}

/** Makes the sample piece, unless there are pieces, deleted ones included. */
async function makeSample(deps: CreateDeps, ownerId: string): Promise<boolean> {
  const [some] = await deps.sql`select 1 from pieces limit 1`;
  if (some !== undefined) return false;
  const content = await readFile(packageFile('server/sample/sample.md'), 'utf8');
  await createPiece(deps, ownerId, { content, format: 'markdown' });
  return true;
}
