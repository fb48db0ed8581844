import { readFile } from 'node:fs/promises';
import type { ContentFormat } from '../../shared/markdown/index.ts';
import { decodeText } from '../../shared/text-import/index.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../db/connect.ts';
import { ensureAdmin } from '../people/ensure-admin.ts';
import { findUserByEmail } from '../people/store.ts';
import { createPiece, type CreateDeps } from '../pieces/create.ts';
import { createWorkers } from '../workers/pool.ts';
import { CommandError, messageOf, print, tell, withDatabase } from './context.ts';

export interface ImportOptions {
  readonly format?: ContentFormat;
  /** An email address. */
  readonly owner?: string;
}

/** Makes a piece of each file. A file that cannot be read is told and passed over; the code is 1. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  await withDatabase(async ({ sql }, config) => {
    const ownerId = await findOwner(sql, config, options.owner);
    const workers = createWorkers({ url: null, ...config.limits });
    let failed = 0;
    try {
      for (const [index, file] of files.entries()) {
        tell(`${index + 1}/${files.length} ${file}`);
        if (!(await importFile({ sql, workers, config }, ownerId, file, options.format)))
          failed += 1;
      }
    } finally {
      await workers.close();
    }
    if (failed > 0) throw new CommandError(`${failed} of ${files.length} files were not imported`);
  });
}

async function importFile(
  deps: CreateDeps,
  ownerId: string,
  file: string,
  format: ContentFormat | undefined,
): Promise<boolean> {
  try {
    const { text: content, warnings: ofBytes } = decodeText(await readFile(file));
    const { id, warnings } = await createPiece(deps, ownerId, {
      content,
      format: format ?? (/\.te?xt$/i.test(file) ? 'text' : 'markdown'),
    });
    for (const { line, message } of [...ofBytes, ...warnings])
      tell(`  ${file}:${line}: ${message}`);
    print(`${id} ${file}`);
    return true;
  } catch (error) {
    tell(`  ${file}: ${messageOf(error)}`);
    return false;
  }
}

async function findOwner(sql: Sql, config: Config, email: string | undefined): Promise<string> {
  if (config.admin !== null) await ensureAdmin(sql, config.admin);
  if (email !== undefined) {
    const user = await findUserByEmail(sql, email);
    if (user === undefined) throw new CommandError(`Nobody has the email address ${email}`);
    return user.id;
  }
  const [admin] = await sql<{ id: string }[]>`
    select id from users where role = 'admin' and disabled_at is null order by created_at, id limit 1`;
  if (admin === undefined) {
    throw new CommandError(
      'There are no people yet: run `counterpoint serve` once, or set ADMIN_EMAIL and ADMIN_TOKEN',
    );
  }
  return admin.id;
}
