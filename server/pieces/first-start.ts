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
  /** When this server began to start, in ms of `performance.now()`. */
  readonly began: number;
  readonly workers: Workers;
  readonly log: Log;
}

/**
 * Sees to it that somebody can sign in and, on a fresh embedded database, has something to look at.
 * Resolves with an invite to print where there is an admin who has never got in, else null. Makes
 * nothing twice when done again, or by two servers at once. Neither this nor the migrations are jobs:
 * a server cannot begin before they are done, so each waits for who is at it, by a lock that ends with
 * its transaction.
 */
export async function firstStart(
  sql: Sql,
  { config, fresh, began, workers, log }: FirstStart,
): Promise<Invite | null> {
  const startingMs = performance.now() - began;
  const first =
    config.admin === null ? await makeFirstAdmin(sql, config.limits.inviteMs, startingMs) : null;
  if (first?.invite === null) {
    log.info(
      {},
      'Another server has printed the link for the first admin; a start of one alone makes a new one',
    );
  }
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
